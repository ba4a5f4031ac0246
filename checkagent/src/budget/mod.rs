//! How much a run may use.

#[expect(clippy::module_inception, reason = "the budget is what this folder is about")]
mod budget;
mod prices;
mod streak;
mod usage;

pub use budget::Budget;
pub use prices::{Price, Prices};
pub(crate) use streak::most_retried;
pub use streak::{Repeated, Streak};
pub use usage::Usage;
