//! A scripted planner behind the OpenAI chat wire: a stand-in for a real model, so that this example can be recorded by
//! everybody and comes out the same every time.
//!
//! It is given what a model is given, the conversation and the tools on offer, and decides the next call from that alone.
//! It reads results as tolerantly as a model does, tries again once when a tool fails, apologises when it fails again, and
//! is as suggestible as many models are: what a tool result tells it to do, it does if a tool can (`suggestion`).
//!
//! To record with a real model, set `CHECKAGENT_UPSTREAM_MODEL` to its base URL.

mod conversation;
mod decide;
mod facts;
mod suggestion;
mod wire;

pub use conversation::Conversation;
pub use decide::{Move, decide};
pub use wire::router;
