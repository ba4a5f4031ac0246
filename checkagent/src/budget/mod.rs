//! How much a run may use.

#[expect(clippy::module_inception, reason = "the budget is what this folder is about")]
mod budget;

pub use budget::Budget;
