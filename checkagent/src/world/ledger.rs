//! Everything that happened in a case: the only evidence that verdicts use.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use checkagent_cassette::analysis::Nearest;

use super::change::Change;

/// What happened, in order, with virtual time. Plain data: it can be stored, and judged again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// The calls of the agent, in order.
    pub calls: Vec<Call>,
    /// Items of a bent batch that were still not done at the end.
    pub undone_items: Vec<usize>,
    /// The faults of the case that were delivered, by their position in it.
    #[serde(default)]
    pub met: Vec<usize>,
}

/// One call of the agent, and what it met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Virtual time since the start of the case, in milliseconds.
    pub at_ms: u64,
    /// The channel.
    pub channel: String,
    /// What was asked: `GET /v1/records`.
    pub label: String,
    /// Whether it was meant to change the outside.
    pub effect: bool,
    /// The request's JSON document, for effects.
    pub request: Option<Value>,
    /// What it met.
    pub outcome: Outcome,
    /// Why it did something twice, if it did.
    pub duplicate: Option<String>,
}

/// What a call met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// A recorded reply, perhaps bent.
    Served {
        /// The interaction's number.
        interaction: usize,
        /// Whether it had been served before.
        repeated: bool,
        /// What the case changed in it.
        bent: Vec<Change>,
    },
    /// An error, silence or a closed connection instead of the reply; nothing was done.
    Faulted {
        /// The interaction that was asked for, if it is in the recording.
        interaction: Option<usize>,
        /// What happened: `529 (notion.529)`, `no reply`, `connection closed`.
        fault: String,
    },
    /// The limit of a service.
    Limited {
        /// The interaction that was asked for, if it is in the recording.
        interaction: Option<usize>,
        /// What is left of the promised wait, in milliseconds.
        wait_ms: u64,
        /// Whether the wait had been promised before, and was not over.
        early: bool,
    },
    /// The effect was done, the reply withheld.
    Lost {
        /// The interaction's number.
        interaction: usize,
    },
    /// A batch of which some items were not done.
    PartlyDone {
        /// The interaction's number.
        interaction: usize,
        /// The items that were not done, by position.
        failed: Vec<usize>,
        /// How many items there were.
        of: usize,
    },
    /// A request that only the fault provoked, answered by the operator.
    FollowedUp {
        /// The bent interaction's number.
        interaction: usize,
        /// The items of the batch that it did.
        items: Vec<usize>,
    },
    /// An effect that is in no recording, answered with a reply of the recorded shape.
    Unrecorded {
        /// The nearest recorded request.
        nearest: Option<Nearest>,
        /// The interaction whose reply served as the model.
        answered_like: usize,
    },
    /// A request that could not be answered; the case ends here.
    Missed {
        /// The nearest recorded request.
        nearest: Option<Nearest>,
        /// Why there is no answer.
        reason: String,
    },
    /// More calls than any sensible run makes; the case ends here.
    OverBudget {
        /// The number of calls that were allowed.
        allowed: usize,
    },
}

impl Ledger {
    /// The calls that the case bent: the fault was delivered if there is one.
    pub fn bent_calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| call.outcome.is_bent())
    }

    /// The recorded effects that were done, each once, in order of their numbers.
    #[must_use]
    pub fn effects_done(&self) -> Vec<usize> {
        let done = self.calls.iter().filter(|call| call.effect).filter_map(|call| match call.outcome {
            Outcome::Served { interaction, .. }
            | Outcome::Lost { interaction }
            | Outcome::PartlyDone { interaction, .. } => Some(interaction),
            _ => None,
        });
        let mut done: Vec<_> = done.collect();
        done.sort_unstable();
        done.dedup();
        done
    }

    /// The effects that are in no recording.
    pub fn unrecorded_effects(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| matches!(call.outcome, Outcome::Unrecorded { .. }))
    }

    /// Calls made before a promised wait was over.
    #[must_use]
    pub fn wait_violations(&self) -> usize {
        self.calls.iter().filter(|call| matches!(call.outcome, Outcome::Limited { early: true, .. })).count()
    }
}

impl Outcome {
    /// Whether the case, not the recording, decided what the agent met.
    #[must_use]
    pub fn is_bent(&self) -> bool {
        match self {
            Self::Served { bent, .. } => !bent.is_empty(),
            Self::Faulted { .. } | Self::Limited { .. } | Self::Lost { .. } | Self::PartlyDone { .. } => true,
            Self::FollowedUp { .. } | Self::Unrecorded { .. } | Self::Missed { .. } | Self::OverBudget { .. } => false,
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>9} s  {}: {}", seconds(self.at_ms), self.label, self.outcome)?;
        match &self.duplicate {
            Some(reason) => write!(f, " [done twice: {reason}]"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Served { interaction, repeated, bent } => {
                write!(f, "reply {interaction}{}", if *repeated { ", again" } else { "" })?;
                match bent.as_slice() {
                    [] => Ok(()),
                    [only] => write!(f, ", bent: {only}"),
                    [first, more @ ..] => write!(f, ", bent: {first}, and {} more places", more.len()),
                }
            }
            Self::Faulted { fault, .. } => write!(f, "{fault} (nothing done)"),
            Self::Limited { wait_ms, early, .. } => {
                let early = if *early { " (called too early)" } else { "" };
                write!(f, "limited, wait {} s{early}", seconds(*wait_ms))
            }
            Self::Lost { interaction } => write!(f, "interaction {interaction} done, its reply lost"),
            Self::PartlyDone { failed, of, .. } => write!(f, "{} of {of} items not done", failed.len()),
            Self::FollowedUp { items, .. } if items.is_empty() => f.write_str("an answer that only the fault provokes"),
            Self::FollowedUp { items, .. } => write!(f, "{} items of the batch, again", items.len()),
            Self::Unrecorded { nearest, .. } => {
                f.write_str("an effect that is not in the recording")?;
                nearest.as_ref().map_or(Ok(()), |nearest| write!(f, "; {nearest}"))
            }
            Self::Missed { nearest, reason } => {
                f.write_str(reason)?;
                nearest.as_ref().map_or(Ok(()), |nearest| write!(f, "; {nearest}"))
            }
            Self::OverBudget { allowed } => write!(f, "more than {allowed} calls"),
        }
    }
}

fn seconds(millis: u64) -> String {
    format!("{}.{:03}", millis / 1000, millis % 1000)
}
