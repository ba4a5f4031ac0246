//! A test with its recording: run its cases, one thread and one paused runtime each, and judge them.

mod branches;
mod clock;
mod decision;
mod insight;
mod panics;
mod record;
mod regressions;
mod runner;
mod seal;
mod shrink;
mod stored;
#[expect(clippy::module_inception, reason = "the suite is the noun of this folder")]
mod suite;

pub(crate) use decision::{Decision, decide};
pub(crate) use record::{is_due as is_recording_due, record, sharing};
pub(crate) use seal::{is_due as is_sealing_due, seal};
pub use stored::{StoredCase, StoredCaseError};
pub use suite::{Report, Suite, SuiteError};
