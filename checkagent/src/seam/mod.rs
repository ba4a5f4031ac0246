//! Seams: where the agent's traffic meets the world. Each translates one wire.

mod body;
mod code;
mod forward;
mod server;
mod tls;

pub use body::ScriptedBody;
pub(crate) use code::CODE;
pub use code::{EffectError, EffectErrorKind};
pub(crate) use server::serve;
