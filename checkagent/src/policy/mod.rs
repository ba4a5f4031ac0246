//! What the agent must never do, whatever the world does: rules over the calls of a ledger.

mod calls;
#[expect(clippy::module_inception, reason = "the policy is what this folder is about")]
mod policy;
mod rule;

pub use calls::{Calls, calls};
pub use policy::{Findings, Policy, Violation};
pub use rule::Decision;
