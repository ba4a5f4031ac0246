//! What the agent must never do, whatever the world does: rules over the calls of a ledger.

mod approval;
mod asked;
mod calls;
mod document;
mod done;
mod egress;
mod hosts;
mod key;
mod limit;
mod once;
mod order;
#[expect(clippy::module_inception, reason = "the policy is what this folder is about")]
mod policy;
mod rule;
#[cfg(feature = "schema")]
pub(crate) mod schema;
mod watch;

pub(crate) use approval::IN_PROCESS;
pub use approval::{Approval, approval};
pub use calls::{Calls, calls};
pub use policy::{Findings, Policy, Violation};
pub use rule::Decision;
pub use watch::Watch;

#[cfg(test)]
mod asked_tests;
#[cfg(test)]
mod policy_tests;
#[cfg(test)]
mod testing;
