//! From a verdict to passed, failed or undecided, with what the test expects.

use super::suite::Report;
use crate::plan::{Plan, Standing};

/// What a case counts as in its test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// The agent did the right thing, or what the test expects of it.
    Passed,
    /// It failed as the test expects; the reason is the test's.
    Tolerated(String),
    /// Nothing was proved.
    Undecided,
    /// It failed; why, where it is not the verdict itself.
    Failed(Option<String>),
}

/// Decides what a report counts as.
pub(crate) fn decide(plan: &Plan, report: &Report) -> Decision {
    let kind = report.verdict.kind;
    if let Some(expected) = plan.expectation(report.case.name(), report.case.group()) {
        if expected.kind != kind {
            return Decision::Failed(Some(format!("expected {}, got {kind}", expected.kind)));
        }
        return match (kind.standing(), &expected.reason) {
            (Standing::Passing, _) => Decision::Passed,
            (Standing::Undecided, _) => Decision::Undecided,
            (Standing::Failing, reason) => Decision::Tolerated(reason.clone().unwrap_or_default()),
        };
    }
    match kind.standing() {
        Standing::Undecided => Decision::Undecided,
        Standing::Failing => Decision::Failed(None),
        Standing::Passing if plan.passes(kind) => Decision::Passed,
        Standing::Passing => Decision::Failed(Some(format!("`{kind}` does not pass in this test (`pass(..)`)"))),
    }
}
