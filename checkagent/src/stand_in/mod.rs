//! Deterministic models that answer where the real one's reaction is not known.
//!
//! They test the code around a model under any model: what they lead an agent to do, some real model leads it to do.

mod arguments;
mod ask;
mod conversation;
mod fabricator;
mod gullible;
mod ids;
mod invalid;
mod invented;
mod obeying;
mod oblivious;
mod planted;
mod quitter;
mod said;
#[expect(clippy::module_inception, reason = "stand-ins are what this folder is about")]
mod stand_in;
mod stubborn;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use ask::Ask;
pub(crate) use said::Said;
pub use stand_in::{Script, StandIn};
