//! What stands behind a world while it is recorded.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use checkagent_cassette::key::{Key, Keyer, Matching};
use checkagent_cassette::origin::{origin_of, user_info};
use checkagent_cassette::redact::{PLACEHOLDER, Redaction, Redactor, basic_credentials};
use checkagent_cassette::{
    Branch, CODE, CallReply, Cassette, Channel, ChannelKind, Fidelity, Header, Interaction, Journal, Reply, Request,
};

use super::branches::call_own_code;
use super::mode::RecordMode;
use super::storm;
use crate::sync::lock;
use crate::time::rfc3339;

/// Records one test: redacts, keeps the journal, and writes the cassette when the test has passed.
#[derive(Debug)]
pub(crate) struct Recorder {
    cassette: PathBuf,
    upstreams: BTreeMap<String, String>,
    matching: Matching,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    journal: Option<Journal>,
    redactor: Redactor,
    keyer: Keyer,
    /// What an earlier cassette, or a recorder that was killed, had already; and whether it was used.
    known: Vec<(Interaction, bool)>,
    kept: usize,
    /// The first known reply that the agent got without a secret that it had.
    without_secrets: Option<usize>,
    new: Vec<Interaction>,
    problem: Option<String>,
}

impl Recorder {
    /// Opens the journal of a cassette. What a killed recorder left there is known already and not asked again.
    pub(crate) fn open(
        cassette: &Path,
        mode: RecordMode,
        upstreams: BTreeMap<String, String>,
        matching: Matching,
        redaction: Redaction,
    ) -> Result<Self, checkagent_cassette::Error> {
        let (journal, recovered) = Journal::open(cassette)?;
        let mut known = Vec::new();
        if mode == RecordMode::NewEpisodes && cassette.exists() {
            known.extend(Cassette::load(cassette)?.interactions().iter().cloned().map(|known| (known, false)));
        }
        let kept = known.len();
        known.extend(recovered.interactions.into_iter().map(|known| (known, false)));
        let mut redactor = Redactor::new(redaction);
        for user in upstreams.values().filter_map(|base| user_info(base)) {
            redactor.learn_headers([("authorization", basic_credentials(user).as_str())]);
        }
        let state = State {
            journal: Some(journal),
            redactor,
            keyer: Keyer::new(matching.clone()),
            known,
            kept,
            without_secrets: None,
            new: Vec::new(),
            problem: None,
        };
        let cassette = cassette.to_owned();
        Ok(Self { cassette, upstreams, matching, state: Mutex::new(state) })
    }

    /// The declared upstreams by channel.
    pub(crate) fn upstreams(&self) -> Vec<(String, String)> {
        self.upstreams.iter().map(|(name, base)| (name.clone(), base.clone())).collect()
    }

    /// The declared upstream of a channel.
    pub(crate) fn upstream(&self, channel: &str) -> Result<String, String> {
        self.upstreams.get(channel).cloned().ok_or_else(|| {
            let known: Vec<_> = self.upstreams.keys().map(String::as_str).collect();
            format!(
                "no upstream is declared for `{channel}`; declared are: {}. Add `upstream({channel} = \"https://...\")` to the test",
                known.join(", ")
            )
        })
    }

    /// The real origin of each channel.
    pub(crate) fn origins(&self) -> Vec<(String, String)> {
        self.upstreams.iter().filter_map(|(name, base)| Some((name.clone(), origin_of(base)?))).collect()
    }

    /// The reply to a request that is known already and was not used yet.
    pub(crate) fn known(&self, channel: &str, request: &Request) -> Option<Reply> {
        let state = &mut *lock(&self.state);
        if state.known.iter().all(|(_, used)| *used) {
            return None;
        }
        let key = state.key(channel, &state.redactor.clone().request(request));
        let found = state.known.iter_mut().find(|(known, used)| !*used && known.key == key)?;
        found.1 = true;
        state.keyer.served(&found.0.reply);
        if mentions(&found.0.reply, PLACEHOLDER) {
            state.without_secrets.get_or_insert(found.0.number);
        }
        Some(found.0.reply.clone())
    }

    /// Takes a completed interaction: out with the secrets, into the journal.
    pub(crate) fn completed(&self, channel: &str, request: &Request, reply: &Reply, latency: Duration) {
        let state = &mut *lock(&self.state);
        let request = state.redactor.request(request);
        let reply = state.redactor.reply(reply);
        let key = state.key(channel, &request);
        state.keyer.served(&reply);
        let number = state.known.len() + state.new.len() + 1;
        let interaction = Interaction {
            number,
            channel: channel.into(),
            key,
            request,
            reply,
            latency: Some(latency),
            fidelity: Fidelity::Wire,
        };
        if let Some(Err(error)) = state.journal.as_mut().map(|journal| journal.append(&interaction)) {
            state.problem.get_or_insert(error.to_string());
        }
        state.new.push(interaction);
    }

    /// Notes that the recording cannot be complete.
    pub(crate) fn fail(&self, problem: &str) {
        lock(&self.state).problem.get_or_insert_with(|| problem.to_owned());
    }

    /// Writes the cassette of a test that passed; says what was recorded, or why nothing was written.
    pub(crate) fn write(&self) -> Result<String, String> {
        let state = &mut *lock(&self.state);
        let Some(journal) = state.journal.take() else { return Err("the recording was closed before".to_owned()) };
        let ended = match self.cassette(state) {
            Ok((Some(cassette), said)) => journal.complete(&cassette).map(|()| Ok(said)),
            Ok((None, said)) => journal.remove().map(|()| Ok(said)),
            Err(refusal) => journal.roll_back().map(|()| Err(refusal)),
        };
        ended.unwrap_or_else(|error| Err(error.to_string()))
    }

    /// Drops the recording of a test that failed; says what may have been the reason, if the recorder knows one.
    pub(crate) fn discard(&self) -> Option<String> {
        let state = &mut *lock(&self.state);
        if let Some(journal) = state.journal.take() {
            // What cannot be gone on with is not kept.
            let _ = if state.without_secrets.is_some() { journal.remove() } else { journal.roll_back() };
        }
        if let Some(problem) = state.problem.take() {
            return Some(problem);
        }
        let number = state.without_secrets?;
        Some(format!(
            "the reply of interaction {number} came from an interrupted or earlier recording, and a secret in it had been \
             taken out, so the real service may have refused what followed. Record again from the start, with \
             CHECKAGENT_RECORD=all where there is a cassette"
        ))
    }

    /// The cassette to write, if anything is new, and what to say; or why nothing is written.
    fn cassette(&self, state: &mut State) -> Result<(Option<Cassette>, String), String> {
        if let Some(problem) = &state.problem {
            return Err(format!("nothing was written: {problem}"));
        }
        if state.new.is_empty() && state.kept > 0 && state.known.len() == state.kept {
            return Ok((None, format!("nothing is new, {} stays as it is", self.cassette.display())));
        }
        let (recorded, known) = (state.new.len(), state.known.iter().filter(|(_, used)| *used).count());
        let mut unused = 0;
        let mut interactions = Vec::new();
        for (index, (interaction, used)) in state.known.drain(..).enumerate() {
            // Of an interrupted recording, only what this run asked for again can be replayed.
            if used || index < state.kept {
                interactions.push(interaction);
            } else {
                unused += 1;
            }
        }
        interactions.append(&mut state.new);
        if interactions.is_empty() {
            return Err("nothing was written: the agent made no call through the world".to_owned());
        }
        let old = Cassette::load(&self.cassette).ok();
        if let Some(refusal) = storm::refusal(&interactions, old.as_ref()) {
            return Err(refusal);
        }
        // What was learned late is taken out of what came early.
        for interaction in &mut interactions {
            interaction.request = state.redactor.request(&interaction.request);
            interaction.reply = state.redactor.reply(&interaction.reply);
        }
        let outside = links_outside(&interactions);
        // Another base makes them void, which is said at every run; nothing is lost by a wrong turn.
        let mut branches = old.map(|old| old.branches().to_vec()).unwrap_or_default();
        let header = self.header(&interactions, &branches);
        let has_channel = |each: &Interaction| header.channels.contains_key(each.channel.as_str());
        branches.retain(|branch| branch.interactions.iter().all(has_channel));
        let cassette = Cassette::new(header, interactions).with_branches(branches);
        let mut said = format!("recorded {recorded} interactions into {}", self.cassette.display());
        if known > 0 {
            let _ = write!(said, ", {known} were known");
        }
        if unused > 0 {
            let _ = write!(said, "; {unused} of an interrupted recording were not asked for again and are left out");
        }
        if !outside.is_empty() {
            let _ = write!(
                said,
                "; replies lead to {}, which no upstream declares: in replay the agent would leave the recording there",
                outside.join(", ")
            );
        }
        Ok((Some(cassette), said))
    }

    fn header(&self, interactions: &[Interaction], branches: &[Branch]) -> Header {
        let mut channels = BTreeMap::new();
        for (name, base) in &self.upstreams {
            let path = checkagent_cassette::origin::path_of(base);
            let origin = origin_of(base).unwrap_or_default();
            channels.insert(name.clone(), Channel { kind: ChannelKind::Http { base: format!("{origin}{path}") } });
        }
        if interactions.iter().any(|interaction| interaction.channel == *CODE) || call_own_code(branches) {
            channels.insert(CODE.to_owned(), Channel { kind: ChannelKind::Code });
        }
        let name = self.cassette.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Header {
            name,
            recorded_at: rfc3339(SystemTime::now()),
            recorder: format!("checkagent {}", env!("CARGO_PKG_VERSION")),
            matching: self.matching.clone(),
            channels,
        }
    }
}

impl State {
    fn key(&mut self, channel: &str, request: &Request) -> Key {
        self.keyer.key(channel, request).key
    }
}

/// Whether any text of a reply holds `text`.
fn mentions(reply: &Reply, text: &str) -> bool {
    let body = match reply {
        Reply::Http(reply) => reply.body().text().is_some_and(|body| body.contains(text)),
        Reply::Call(CallReply::Returned(value)) => value.to_string().contains(text),
        Reply::Call(CallReply::Failed(message)) => message.contains(text),
    };
    body || reply.headers().iter().any(|(_, value)| value.contains(text))
}

/// Origins in headers of replies that are no declared upstream's: those are templates by now.
fn links_outside(interactions: &[Interaction]) -> Vec<String> {
    let headers = interactions.iter().flat_map(|interaction| interaction.reply.headers());
    let urls = headers.flat_map(|(_, value)| value.split(['<', '>', ' ', ',', ';', '"']));
    let origins: BTreeSet<_> = urls.filter(|url| url.starts_with("http")).filter_map(origin_of).collect();
    origins.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_undeclared_services_are_named() {
        let link = "<https://other.example/x?page=2>; rel=\"next\", <{{origin:api}}/x>; rel=\"first\"";
        let reply = checkagent_cassette::HttpReply {
            headers: vec![("link".into(), link.into()), ("etag".into(), "httpish".into())],
            ..Default::default()
        };
        let interaction = Interaction {
            number: 1,
            channel: "api".into(),
            key: Key::default(),
            request: Request::Http(checkagent_cassette::HttpRequest::default()),
            reply: Reply::Http(reply),
            latency: None,
            fidelity: Fidelity::Wire,
        };
        assert_eq!(links_outside(&[interaction]), ["https://other.example"]);
    }
}
