//! The oracle: verdicts out of answer, ledger and baseline. Pure functions; they can be run again on stored data.

mod baseline;
mod carried;
mod caused;
mod cycle;
mod ending;
mod evidence;
mod excess;
mod forbidden;
mod injection;
mod judge;
mod order;
mod quoting;
mod repeated;
pub mod signals;
mod table;
mod taken_over;
mod verdict;

pub use baseline::{Baseline, BaselineError};
pub(crate) use evidence::with_rules;
pub use evidence::{Check, Evidence, Goal, Rules};
pub use injection::{Injection, Obedience};
pub use judge::judge;
pub(crate) use judge::wants_the_twin;
pub use verdict::Verdict;

#[cfg(test)]
mod baseline_tests;
#[cfg(test)]
mod injection_tests;
#[cfg(test)]
mod judge_tests;
