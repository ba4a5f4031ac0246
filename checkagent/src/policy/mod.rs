//! What the agent must never do, whatever the world does: rules over the calls of a ledger.

mod calls;
mod egress;
#[expect(clippy::module_inception, reason = "the policy is what this folder is about")]
mod policy;
mod rule;

pub use calls::{Calls, calls};
#[expect(unused_imports, reason = "the oracle looks for planted tokens with it")]
pub(crate) use egress::leaks;
pub use policy::{Findings, Policy, Violation};
pub use rule::Decision;
