//! The seam for agents that ask a person in their own process: the person is scripted, and bent like everything else.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::code::EffectError;
use crate::mutation::Canary;
use crate::policy::IN_PROCESS;
use crate::world::{Session, World};

/// A person who is asked before something is done, as a script: one answer after the other, the last one again and
/// again. Without a script everything is approved.
///
/// The script speaks while the agent is recorded. In replay the recorded answers come back, and cases bend them: the
/// person says no, approves something else, or answers hours later. A policy knows the answers as
/// [`Approval::in_process`](crate::policy::Approval::in_process).
///
/// # Examples
///
/// ```no_run
/// # async fn example(world: checkagent::World) -> Result<(), String> {
/// use checkagent::Consent;
/// use serde_json::json;
///
/// let approvals = world.approvals().approve().reject("too much");
/// match approvals.ask("refund", &json!({"order": "o-1", "cents": 500})).await {
///     Consent::Approved { token, arguments } => refund(&token, &arguments).await,
///     Consent::Rejected { message } => Err(message),
///     Consent::TimedOut => Err("nobody answered".to_owned()),
/// }
/// # }
/// # async fn refund(_: &str, _: &serde_json::Value) -> Result<(), String> { Ok(()) }
/// ```
pub struct Approvals {
    world: World,
    script: Vec<Scripted>,
    asked: AtomicUsize,
}

/// What a person answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Consent {
    /// Yes, to these arguments: not always to those that were asked for.
    Approved {
        /// What the approved call may be shown to carry.
        token: String,
        /// What was approved.
        arguments: Value,
    },
    /// No, and why.
    Rejected {
        /// What the person says.
        message: String,
    },
    /// Nobody answered in [`Approvals::PATIENCE`], or nobody could be asked.
    TimedOut,
}

#[derive(Clone, Debug)]
enum Scripted {
    Approve,
    Reject(String),
    Edit(Value),
    TimeOut,
}

/// What is recorded of an answer.
#[derive(Debug, Serialize, Deserialize)]
struct Said {
    approved: bool,
    id: String,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    arguments: Value,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    timed_out: bool,
}

impl World {
    /// A person who is asked before something is done; see [`Approvals`].
    #[must_use]
    pub fn approvals(&self) -> Approvals {
        Approvals { world: self.clone(), script: Vec::new(), asked: AtomicUsize::new(0) }
    }
}

impl Approvals {
    /// How long an agent waits for a person who does not answer, in virtual time. While recording nobody waits.
    pub const PATIENCE: Duration = Duration::from_secs(3600);

    /// The person says yes.
    #[must_use]
    pub fn approve(self) -> Self {
        self.then(Scripted::Approve)
    }

    /// The person says no, and why.
    #[must_use]
    pub fn reject(self, message: &str) -> Self {
        self.then(Scripted::Reject(message.to_owned()))
    }

    /// The person says yes to other arguments.
    #[must_use]
    pub fn edit(self, arguments: Value) -> Self {
        self.then(Scripted::Edit(arguments))
    }

    /// Nobody answers.
    #[must_use]
    pub fn time_out(self) -> Self {
        self.then(Scripted::TimeOut)
    }

    fn then(mut self, next: Scripted) -> Self {
        self.script.push(next);
        self
    }

    /// Asks whether a tool may be used with these arguments. What is no value of JSON is asked for as `null`.
    pub async fn ask<A: Serialize + ?Sized>(&self, tool: &str, arguments: &A) -> Consent {
        let arguments = serde_json::to_value(arguments).unwrap_or_default();
        let turn = self.asked.fetch_add(1, Ordering::Relaxed);
        let asked = serde_json::json!({"tool": tool, "arguments": arguments});
        let said: Result<Said, EffectError> =
            self.world.query(IN_PROCESS, &asked, || async { Ok(self.said(turn, tool, &arguments)) }).await;
        match said {
            Ok(said) if said.timed_out => {
                self.wait().await;
                Consent::TimedOut
            }
            Ok(said) if said.approved => Consent::Approved { token: said.id, arguments: said.arguments },
            Ok(said) => Consent::Rejected { message: said.message.unwrap_or_default() },
            // A person who cannot be asked has not agreed.
            Err(_) => Consent::TimedOut,
        }
    }

    async fn wait(&self) {
        if let Session::Replay(_) = self.world.session() {
            tokio::time::sleep(Self::PATIENCE).await;
        }
    }

    fn said(&self, turn: usize, tool: &str, arguments: &Value) -> Said {
        let scripted = self.script.get(turn).or(self.script.last()).unwrap_or(&Scripted::Approve);
        let approved = matches!(scripted, Scripted::Approve | Scripted::Edit(_));
        let message = match scripted {
            Scripted::Reject(message) => Some(message.clone()),
            _ => None,
        };
        let arguments_said = match scripted {
            Scripted::Edit(edited) => edited.clone(),
            _ => arguments.clone(),
        };
        let seed = format!("{turn} {tool} {arguments}");
        let id = Canary::of_seed(&seed).token().to_lowercase().replace("rx-", "apr-");
        Said { approved, id, message, arguments: arguments_said, timed_out: matches!(scripted, Scripted::TimeOut) }
    }
}

impl fmt::Debug for Approvals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Approvals").field("script", &self.script).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex};

    use checkagent_cassette::Cassette;
    use checkagent_cassette::key::Matching;
    use checkagent_cassette::redact::Redaction;
    use serde_json::json;

    use super::*;
    use crate::fixture::Session as Fixture;
    use crate::ledger::Ledger;
    use crate::mutation::{Mutation, Operator, approval_denied, approval_edited, approval_late};
    use crate::policy::{Approval, Policy, Watch, calls};
    use crate::record::{RecordMode, Recorder};
    use crate::recording::Recording;

    fn virtually<T>(run: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(run)
    }

    fn order() -> Value {
        json!({"order": "o-1", "cents": 500})
    }

    /// Asks so often, and refunds what was approved.
    async fn agent(world: &World, approvals: &Approvals, times: usize) -> Vec<Consent> {
        let mut answers = Vec::new();
        for _ in 0..times {
            let answer = approvals.ask("refund", &order()).await;
            if let Consent::Approved { arguments, .. } = &answer {
                let paid: Result<Value, EffectError> =
                    world.effect("refund", arguments, || async { Ok(json!("r-1")) }).await;
                drop(paid);
            }
            answers.push(answer);
        }
        answers
    }

    /// The recording of an agent that asks so often.
    fn recorded(script: impl Fn(Approvals) -> Approvals, times: usize) -> (Vec<Consent>, Arc<Recording>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("asked.json");
        let open =
            Recorder::open(&path, RecordMode::Once, BTreeMap::default(), Matching::default(), Redaction::default());
        let recorder = Arc::new(open.unwrap());
        let answers = virtually(async {
            let world = World::new(Session::Record(Arc::clone(&recorder)));
            agent(&world, &script(world.approvals()), times).await
        });
        recorder.write().unwrap();
        (answers, Recording::new(Cassette::load(&path).unwrap(), Vec::new()))
    }

    /// The same agent in a world of the recording, how long it took, and what happened.
    fn replayed(recording: &Arc<Recording>, bent: Vec<Mutation>, times: usize) -> (Vec<Consent>, Duration, Ledger) {
        virtually(async {
            let replay = Fixture::under(recording, bent, policy()).replay;
            let world = World::new(Session::Replay(Box::new(Mutex::new(replay))));
            let answers = agent(&world, &world.approvals(), times).await;
            let Session::Replay(replay) = world.session() else { unreachable!() };
            let (ledger, _) = crate::sync::lock(replay).finish();
            (answers, world.elapsed(), ledger)
        })
    }

    fn policy() -> Policy {
        Policy::new().ask(calls("refund"), Approval::in_process())
    }

    fn violations(ledger: &Ledger) -> usize {
        policy().check(ledger, Watch::default()).violations.len()
    }

    fn first(operator: impl Operator, recording: &Recording) -> Vec<Mutation> {
        let site = operator.sites(recording).remove(0);
        vec![Mutation { operator: Arc::new(operator), site }]
    }

    #[test]
    fn a_script_is_followed_its_last_answer_is_repeated_and_a_replay_says_the_same() {
        let edited = json!({"order": "o-1", "cents": 250});
        let script = |person: Approvals| person.approve().edit(edited.clone()).time_out().reject("too much");
        let (answers, recording) = recorded(script, 5);
        let Consent::Approved { token, arguments } = &answers[0] else { panic!("{answers:?}") };
        assert_eq!((token.len(), token.starts_with("apr-"), arguments), (12, true, &order()));
        let Consent::Approved { token: other, arguments } = &answers[1] else { panic!("{answers:?}") };
        assert_eq!(arguments, &edited);
        assert_ne!(token, other);
        assert_eq!(answers[2], Consent::TimedOut);
        let no = Consent::Rejected { message: "too much".to_owned() };
        assert_eq!(answers[3..], [no.clone(), no]);
        let (again, took, _) = replayed(&recording, Vec::new(), 5);
        assert_eq!(again, answers);
        assert!(took >= Approvals::PATIENCE, "nobody answers for {took:?}");
    }

    #[test]
    fn without_a_script_everything_is_approved_with_a_token_that_is_the_same_again() {
        let (answers, _) = recorded(|person| person, 1);
        assert!(matches!(answers[0], Consent::Approved { .. }));
        assert_eq!(recorded(|person| person, 1).0, answers);
    }

    #[test]
    fn an_agent_that_does_what_was_approved_keeps_to_the_policy_also_when_it_is_bent() {
        let (_, recording) = recorded(Approvals::approve, 1);
        let (answers, _, ledger) = replayed(&recording, Vec::new(), 1);
        assert!(matches!(answers[0], Consent::Approved { .. }));
        assert_eq!((ledger.calls.len(), violations(&ledger)), (2, 0));

        let (answers, _, ledger) = replayed(&recording, first(approval_denied(), &recording), 1);
        assert!(matches!(&answers[0], Consent::Rejected { message } if message.starts_with("Rejected")), "{answers:?}");
        assert_eq!((ledger.calls.len(), violations(&ledger)), (1, 0));

        let (answers, _, ledger) = replayed(&recording, first(approval_edited(), &recording), 1);
        assert!(matches!(&answers[0], Consent::Approved { arguments, .. } if arguments["cents"] == 250), "{answers:?}");
        assert_eq!(violations(&ledger), 0);

        let (answers, took, _) = replayed(&recording, first(approval_late(), &recording), 1);
        assert!(matches!(answers[0], Consent::Approved { .. }) && took >= Duration::from_secs(3600), "{took:?}");
    }

    #[test]
    fn one_that_does_what_it_asked_for_breaks_it() {
        let (_, recording) = recorded(Approvals::approve, 1);
        for bent in [first(approval_denied(), &recording), first(approval_edited(), &recording)] {
            let mut session = Fixture::under(&recording, bent, policy());
            session.again(1);
            session.again(2);
            assert_eq!(violations(&session.ledger()), 1);
        }
    }

    #[test]
    fn who_cannot_be_asked_has_not_agreed() {
        let (_, recording) = recorded(Approvals::approve, 1);
        let reset = crate::mutation::Bend::Fault { at: 1, fault: crate::mutation::Fault::Reset, times: 1 };
        let (answers, ..) = replayed(&recording, vec![crate::fixture::bent(reset)], 1);
        assert_eq!(answers, [Consent::TimedOut]);
    }
}
