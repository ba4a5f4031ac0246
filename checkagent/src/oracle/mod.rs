//! The oracle: verdicts out of answer, ledger and baseline. Pure functions; they can be run again on stored data.

mod baseline;
mod cycle;
mod ending;
mod evidence;
mod excess;
mod forbidden;
mod judge;
mod order;
mod repeated;
pub mod signals;
mod table;
mod taken_over;
mod verdict;

pub use baseline::{Baseline, BaselineError};
pub(crate) use evidence::with_rules;
pub use evidence::{Check, Evidence, Goal, Rules};
pub use judge::judge;
pub use verdict::Verdict;

#[cfg(test)]
mod judge_tests;
