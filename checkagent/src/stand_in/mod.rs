//! Deterministic models that answer where the real one's reaction is not known.
//!
//! They test the code around a model under any model: what they lead an agent to do, some real model leads it to do.

mod ask;
mod oblivious;
#[expect(clippy::module_inception, reason = "stand-ins are what this folder is about")]
mod stand_in;

pub use ask::Ask;
pub use stand_in::{Script, StandIn};
