//! Seams: where the agent's traffic meets the world. Each translates one wire.

mod approvals;
mod body;
mod code;
mod forward;
mod live;
mod server;
mod tls;
mod upstream;

pub use approvals::{Approvals, Consent};
pub use body::ScriptedBody;
pub use code::{EffectError, EffectErrorKind};
