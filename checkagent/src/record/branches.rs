//! What a live model says to the cases of a test, while it is recorded.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use checkagent_cassette::origin::{origin_of, user_info};
use checkagent_cassette::redact::{Redactor, basic_credentials};
use checkagent_cassette::{Branch, CODE, Cassette, Channel, ChannelKind, Interaction, Reply};

use super::storm;
use crate::sync::lock;

/// Records the branches of one cassette, one case at a time; what it has of a case is written when the case is over.
#[derive(Debug)]
pub(crate) struct BranchRecorder {
    path: PathBuf,
    /// The channels beside the model's that are asked for real.
    live: Vec<String>,
    upstreams: BTreeMap<String, String>,
    /// The [`Cassette::base_hash`] of the recording as the test reads it.
    base: String,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    cassette: Cassette,
    /// By case.
    branches: BTreeMap<String, Branch>,
    /// What the case that is running has, by branch.
    running: BTreeMap<String, Running>,
    asked: Asked,
}

/// A branch while its case is running.
#[derive(Clone, Debug)]
struct Running {
    branch: Branch,
    /// What was known before the case began; of a branch that was void nothing is.
    known: usize,
    used: bool,
}

/// When a live system was asked last.
#[derive(Debug)]
struct Asked {
    under_way: usize,
    last: Instant,
    problem: Option<String>,
}

/// What became of the branches of one case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Whether anything beyond the recording was asked for.
    pub needed: bool,
    /// Branches that are new, or have something new.
    pub recorded: usize,
    /// Branches that had all that was asked for.
    pub complete: usize,
}

impl BranchRecorder {
    /// Goes on with what the file of a cassette has; `base` is the hash of the recording as the test reads it. Branches of
    /// cases for which `exists` is not true are left out, and those of another recording.
    ///
    /// # Errors
    ///
    /// As [`Cassette::load`].
    pub(crate) fn open(
        path: &Path,
        base: &str,
        upstreams: &BTreeMap<String, String>,
        live: &[String],
        exists: impl Fn(&str) -> bool,
    ) -> Result<Self, checkagent_cassette::Error> {
        let cassette = Cassette::load(path)?;
        // Those of another recording answer no test any more.
        let of_this = |branch: &&Branch| branch.base == base && exists(&branch.case);
        let known = cassette.branches().iter().filter(of_this).cloned();
        let branches = known.map(|branch| (branch.case.clone(), branch)).collect();
        let asked = Asked { under_way: 0, last: Instant::now(), problem: None };
        let state = State { cassette, branches, running: BTreeMap::new(), asked };
        Ok(Self {
            path: path.to_owned(),
            live: live.to_vec(),
            upstreams: upstreams.clone(),
            base: base.to_owned(),
            state: Mutex::new(state),
        })
    }

    /// Whether a channel is asked for real, whatever goes over it.
    pub(crate) fn is_live(&self, channel: &str) -> bool {
        self.live.iter().any(|live| live == channel)
    }

    /// The real service behind a channel.
    ///
    /// # Errors
    ///
    /// When none is declared.
    pub(crate) fn upstream(&self, channel: &str) -> Result<&str, String> {
        let declared = self.upstreams.get(channel).map(String::as_str);
        declared.ok_or_else(|| {
            format!("no upstream is declared for `{channel}`: add `upstream({channel} = \"https://...\")`")
        })
    }

    /// The real origin of each channel.
    pub(crate) fn origins(&self) -> Vec<(String, String)> {
        self.upstreams.iter().filter_map(|(name, base)| Some((name.clone(), origin_of(base)?))).collect()
    }

    /// Tells a redactor the logins that stand in declared addresses.
    pub(crate) fn teach(&self, redactor: &mut Redactor) {
        for user in self.upstreams.values().filter_map(|base| user_info(base)) {
            redactor.learn_headers([("authorization", basic_credentials(user).as_str())]);
        }
    }

    /// A run with these faults begins; what is known of it already.
    pub(crate) fn begin(&self, case: &str, operators: BTreeMap<String, u32>) -> Vec<Interaction> {
        let State { branches, running, .. } = &mut *lock(&self.state);
        let running = running.entry(case.to_owned()).or_insert_with(|| {
            let valid = |branch: &&Branch| branch.base == self.base && branch.operators == operators;
            let known = branches.get(case).filter(valid).map(|branch| branch.interactions.clone()).unwrap_or_default();
            let branch =
                Branch { case: case.to_owned(), operators, base: self.base.clone(), interactions: known.clone() };
            Running { branch, known: known.len(), used: false }
        });
        running.branch.interactions.clone()
    }

    /// Something that is known was used in the run.
    pub(crate) fn used(&self, case: &str) {
        if let Some(running) = lock(&self.state).running.get_mut(case) {
            running.used = true;
        }
    }

    /// Takes what was asked for real and answered, without secrets.
    pub(crate) fn completed(&self, case: &str, interaction: Interaction) {
        if let Some(running) = lock(&self.state).running.get_mut(case) {
            running.used = true;
            running.branch.interactions.push(interaction);
        }
    }

    /// Whether a reply may be kept; says why not. What a model refuses is no reaction to a fault, nor is what a system says
    /// of the account.
    pub(crate) fn refusal(label: &str, reply: &Reply, of_model: bool) -> Option<String> {
        let Reply::Http(http) = reply else { return None };
        let refused = if of_model { http.status >= 400 } else { storm::is_failure(reply) };
        refused.then(|| format!("`{label}` was answered {}", http.status))
    }

    /// Notes that what is running cannot be recorded.
    pub(crate) fn fail(&self, problem: String) {
        lock(&self.state).asked.problem.get_or_insert(problem);
    }

    /// A live system is being asked; until [`BranchRecorder::answered`].
    pub(crate) fn asking(&self) {
        lock(&self.state).asked.under_way += 1;
    }

    /// A live system has answered, or did not.
    pub(crate) fn answered(&self) {
        let asked = &mut lock(&self.state).asked;
        asked.under_way = asked.under_way.saturating_sub(1);
        asked.last = Instant::now();
    }

    /// How long no live system has been at work.
    pub(crate) fn quiet(&self) -> Duration {
        let asked = &lock(&self.state).asked;
        if asked.under_way > 0 { Duration::ZERO } else { asked.last.elapsed() }
    }

    /// The case is over: writes what is new of it. A case that failed to be recorded leaves everything as it was.
    ///
    /// # Errors
    ///
    /// Why it could not be recorded.
    pub(crate) fn end(&self, redactor: &mut Redactor) -> Result<Kept, String> {
        let state = &mut *lock(&self.state);
        let running = std::mem::take(&mut state.running);
        state.asked.under_way = 0;
        if let Some(problem) = state.asked.problem.take() {
            return Err(problem);
        }
        let mut kept = Kept::default();
        let mut changed = false;
        for (case, Running { mut branch, known, used }) in running {
            kept.needed |= used;
            if branch.interactions.is_empty() {
                // It needs none, or needs none any more.
                changed |= state.branches.remove(&case).is_some();
            } else if branch.interactions.len() > known {
                kept.recorded += 1;
                changed = true;
                // What was learned late is taken out of what came early.
                for interaction in &mut branch.interactions {
                    interaction.request = redactor.request(&interaction.request);
                    interaction.reply = redactor.reply(&interaction.reply);
                }
                state.branches.insert(case, branch);
            } else {
                kept.complete += usize::from(used);
            }
        }
        if changed {
            self.write(state)?;
        }
        Ok(kept)
    }

    /// Writes the cassette, if anything in it is other than in the file.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub(crate) fn finish(&self) -> Result<(), String> {
        let state = &mut *lock(&self.state);
        let written: BTreeSet<_> = state.cassette.branches().iter().map(|branch| branch.case.as_str()).collect();
        if written.into_iter().eq(state.branches.keys().map(String::as_str)) { Ok(()) } else { self.write(state) }
    }

    fn write(&self, state: &mut State) -> Result<(), String> {
        let branches = state.branches.values().cloned().collect();
        let mut cassette = state.cassette.clone().with_branches(branches);
        if !cassette.header().channels.contains_key(CODE) && call_own_code(cassette.branches()) {
            let mut header = cassette.header().clone();
            header.channels.insert(CODE.to_owned(), Channel { kind: ChannelKind::Code });
            let branches = cassette.branches().to_vec();
            cassette = Cassette::new(header, cassette.interactions().to_vec()).with_branches(branches);
        }
        cassette.save(&self.path).map_err(|error| error.to_string())?;
        state.cassette = cassette;
        Ok(())
    }
}

/// Whether the agent calls own code in one of the branches: the cassette needs the channel for it.
pub(super) fn call_own_code(branches: &[Branch]) -> bool {
    branches.iter().flat_map(|branch| &branch.interactions).any(|interaction| interaction.channel == *CODE)
}
