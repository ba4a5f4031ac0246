//! The oracle: verdicts out of answer, ledger and baseline. Pure functions; they can be run again on stored data.

mod baseline;
mod judge;
mod run;

pub use baseline::{Baseline, BaselineError};
pub use judge::{Verdict, judge};
pub use run::{Ending, Run};

#[cfg(test)]
mod judge_tests;
