//! The world that an agent talks to during one case.
//!
//! [`World`] is the handle that a test gets. Behind it stands a replay (a recording, one case's mutations, a ledger) or
//! a recorder. Seams translate between their wire and the world; the world knows no wire.

mod bait;
#[cfg(test)]
mod bait_tests;
mod calls;
mod consistency;
mod failure;
mod handle;
mod idempotency;
mod model_loop;
mod overlay;
mod reactions;
mod replay;
mod substitute;
mod tape;
mod undone;

pub use handle::World;
pub(crate) use handle::{Session, SetupError};
pub(crate) use reactions::Reactions;
pub(crate) use replay::{Reaction, Replay, Setting};

#[cfg(test)]
mod reactions_tests;
#[cfg(test)]
mod replay_tests;
