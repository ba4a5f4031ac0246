//! Model traffic: which tools a model called and what they gave back, for each wire format.

mod anthropic;
mod assembly;
mod bedrock;
mod content;
mod conversation;
mod documents;
pub mod event_stream;
mod gemini;
mod lift;
mod normalised;
mod offer;
mod openai_chat;
mod openai_responses;
mod pending;
mod saying;
pub mod sse;
mod told;
mod tool;
mod wire;

pub use content::says_the_same;
pub use lift::{Lifted, Lifter, Orphan};
pub use offer::OfferedTool;
pub use saying::{Called, Failure, Part, Saying, Stop, Streaming, Usage};
pub use tool::{ModelReply, ToolCall, ToolResult, Turn};
pub use wire::Wire;
