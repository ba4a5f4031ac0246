//! Running: one thread and one paused runtime a case, trials for libtest-mimic, recording.

mod clock;
mod command;
mod fallback;
mod main;
mod panics;
mod plain;
mod record;
mod regressions;
mod runner;
mod seal;
mod selection;
mod suite;
mod trials;
mod verdict;

pub(crate) use command::{Style, one_case};
pub use fallback::run_as_test;
pub use main::main;
pub use plain::{PlainOutcome, PlainTest};
pub use suite::{Report, Suite, SuiteError};
pub(crate) use verdict::{Decision, decide};
