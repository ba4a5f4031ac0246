//! How far a verdict rests on what a model really said.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a case was decided where a model is in the loop; the later, the less it rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Tier {
    /// Every answer of a model is one that was recorded for this very request, or no model is involved.
    #[default]
    Proved,
    /// The model's reaction to the fault was recorded once, for this case.
    Branch,
    /// A model was really asked.
    Live,
    /// A deterministic model answered in place of the real one.
    StandIn,
}

impl Tier {
    /// As people write it: `stand-in`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Branch => "branch",
            Self::Live => "live",
            Self::StandIn => "stand-in",
        }
    }

    /// An answer of this tier, as people write it.
    pub(super) fn answer(self) -> &'static str {
        match self {
            Self::Proved => "the recorded answer",
            Self::Branch => "the answer that was recorded for this case",
            Self::Live => "an answer from the real system",
            Self::StandIn => "an answer of a stand-in",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
