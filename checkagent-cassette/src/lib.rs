//! The cassette format of checkagent, and pure functions over recordings.
//!
//! A **cassette** is a recording of interactions: versioned, readable, made for review in a pull request. This crate
//! reads and writes it, keeps a journal while it is being recorded, computes the **key** by which a request finds its
//! reply, takes secrets out, and analyses a recording: which reply value flows into which later request, what was
//! observed of each field, what differs between two requests, which tools a model called and what they gave back. No
//! async runtime, no network, no macro.
//!
//! # Features
//!
//! * `import`: recordings and traces of other tools become cassettes, see `import::Importer`.
//! * `otlp-protobuf`: the same, and OTLP in its binary form.

pub mod analysis;
mod error;
mod format;
#[cfg(feature = "import")]
pub mod import;
mod journal;
pub mod json;
pub mod key;
pub mod model;
mod moment;
pub mod origin;
pub mod redact;
mod text;

pub use error::{Error, ErrorKind};
pub use format::{
    Body, Branch, CODE, CallReply, CallRequest, Cassette, Channel, ChannelKind, Content, Ending, Fidelity,
    FormatVersion, Frame, Header, Headers, HttpReply, HttpRequest, Interaction, JsonBody, MODEL, Reply, Request,
    seal_file,
};
pub use journal::{Journal, Recovered, journal_path};
pub use moment::{Moment, TimeForm};
pub use text::SharedStr;
