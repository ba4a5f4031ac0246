//! Runs that did not come to an answer.

use super::verdict::Finding;
use crate::ledger::{Ending, Run};
use crate::plan::VerdictKind;

/// A panic, or a run without end.
pub(super) fn failed(run: &Run) -> Option<Finding> {
    match &run.ending {
        Ending::Panicked { message, location, in_test } => {
            let who = if *in_test { "an assertion of the test failed" } else { "the agent panicked" };
            Some((VerdictKind::Panicked, format!("{who} at {location}: {message}")))
        }
        Ending::Hung { reason } => Some((VerdictKind::Hung, reason.clone())),
        Ending::Answered { .. } | Ending::Stopped | Ending::Broken { .. } => None,
    }
}
