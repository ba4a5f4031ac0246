//! More than a run may use.

use super::evidence::Evidence;
use super::verdict::Finding;
use crate::budget::Budget;
use crate::ledger::Outcome;
use crate::plan::VerdictKind;

/// One call before the promised wait is over may be a race; more are a loop.
const TOLERATED_EARLY_CALLS: usize = 1;

/// What a run used too much of.
pub(super) fn findings(evidence: &Evidence<'_>, _budget: &Budget) -> Vec<Finding> {
    let ledger = &evidence.run.ledger;
    let mut findings = Vec::new();
    if let Some(Outcome::OverBudget { allowed }) = ledger.calls.last().map(|call| &call.outcome) {
        let because = format!("more than {allowed} calls; undisturbed it makes {}", evidence.baseline.calls);
        findings.push((VerdictKind::Runaway, because));
    }
    let early = ledger.wait_violations();
    if early > TOLERATED_EARLY_CALLS {
        findings.push((VerdictKind::Runaway, format!("{early} calls before the promised wait was over")));
    }
    findings
}
