//! Effects that were done twice.

use super::evidence::Evidence;
use super::verdict::Finding;
use crate::mutation::Lie;
use crate::plan::VerdictKind;

/// The first effect that was done twice.
pub(super) fn finding(evidence: &Evidence<'_>) -> Option<Finding> {
    let mut calls = evidence.run.ledger.calls.iter();
    let (call, reason) = calls.find_map(|call| Some((call, call.duplicate.as_deref()?)))?;
    let because = format!("`{}` was sent again although {reason}", call.label);
    Some(match &evidence.nature.lie {
        // A reply that says that it was not done, and nothing tells that it was.
        Lie::Plausible(lie) => (VerdictKind::Misled, format!("{because}; {lie}")),
        _ => (VerdictKind::DuplicateEffect, because),
    })
}
