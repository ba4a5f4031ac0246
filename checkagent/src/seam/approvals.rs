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
