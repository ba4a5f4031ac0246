//! The file format, version 1: types, reader, writer, seal.

mod body;
mod branch;
mod cassette;
mod fidelity;
mod header;
mod interaction;
mod read;
mod seal;
mod texts;
mod wire;
pub(crate) mod write;

pub use body::{Body, JsonBody};
pub use branch::Branch;
pub use cassette::Cassette;
pub use fidelity::Fidelity;
pub use header::{Channel, ChannelKind, FormatVersion, Header};
pub use interaction::{
    CODE, CallReply, CallRequest, Content, Ending, Frame, Headers, HttpReply, HttpRequest, Interaction, MODEL, Reply,
    Request,
};
pub(crate) use read::parse_interaction;
pub use seal::seal_file;
pub(crate) use seal::stated_hash;
