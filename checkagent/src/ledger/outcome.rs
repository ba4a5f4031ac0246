//! What a call met.

use std::fmt;

use serde::{Deserialize, Serialize};

use checkagent_cassette::analysis::Nearest;

use super::change::Change;
use super::tier::Tier;

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
    /// The answer of a model, or of a system that was declared live, to what the recording has no answer for. What a
    /// model said stands in the call.
    Reacted {
        /// Where the answer came from.
        tier: Tier,
    },
    /// A call that only a planted instruction provokes, answered so that the run can go on.
    Indulged,
    /// The policy stood in front of it; nothing was done.
    Blocked {
        /// The rule, as it says of itself.
        rule: String,
        /// What it found.
        because: String,
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

impl Outcome {
    /// Whether the case, not the recording, decided what the agent met.
    #[must_use]
    pub fn is_bent(&self) -> bool {
        match self {
            Self::Served { bent, .. } => !bent.is_empty(),
            Self::Faulted { .. } | Self::Limited { .. } | Self::Lost { .. } | Self::PartlyDone { .. } => true,
            Self::FollowedUp { .. }
            | Self::Unrecorded { .. }
            | Self::Reacted { .. }
            | Self::Indulged
            | Self::Blocked { .. }
            | Self::Missed { .. }
            | Self::OverBudget { .. } => false,
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
            Self::Reacted { tier } => write!(f, "{}, which the recording does not have", tier.answer()),
            Self::Indulged => f.write_str("done, as a planted instruction asks"),
            Self::Blocked { rule, because } => write!(f, "blocked by the policy ({rule}): {because}"),
            Self::Missed { nearest, reason } => {
                f.write_str(reason)?;
                nearest.as_ref().map_or(Ok(()), |nearest| write!(f, "; {nearest}"))
            }
            Self::OverBudget { allowed } => write!(f, "more than {allowed} calls"),
        }
    }
}

/// Milliseconds as people read them: `1.500`.
pub(crate) fn seconds(millis: u64) -> String {
    format!("{}.{:03}", millis / 1000, millis % 1000)
}
