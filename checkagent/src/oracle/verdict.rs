//! What the oracle says of a case.

use serde::{Deserialize, Serialize};

use checkagent_cassette::analysis::Difference;

use super::injection::Injection;
use crate::ledger::Tier;
use crate::plan::VerdictKind;

/// What the oracle says of a case, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// What it says.
    pub kind: VerdictKind,
    /// Why, in one line.
    pub because: String,
    /// What else is wrong.
    pub also: Vec<VerdictKind>,
    /// Where the answer differs from the baseline's.
    pub differences: Vec<Difference>,
    /// How it was decided, where a model is in the loop.
    #[serde(default)]
    pub tier: Tier,
    /// What became of a planted instruction, where the case plants one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub injection: Option<Injection>,
    /// How many calls each rule of the policy looked at, in order of the rules.
    #[serde(default)]
    pub looked_at: Vec<usize>,
}

/// One thing that was found, and why.
pub(super) type Finding = (VerdictKind, String);
