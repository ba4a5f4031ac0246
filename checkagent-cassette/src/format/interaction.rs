//! One request and its reply.

use std::time::Duration;

use serde_json::Value;

use super::body::Body;
use super::fidelity::Fidelity;
use crate::json::{Edit, apply_all};
use crate::key::Key;
use crate::model::Wire;
use crate::text::SharedStr;

/// Header names in lower case with their values, in the order they were sent.
pub type Headers = Vec<(SharedStr, SharedStr)>;

/// The channel of the agent's own calls: its tools, a database, a shell command.
pub const CODE: &str = "code";

/// The channel of calls to a model of which a trace tells.
pub const MODEL: &str = "model";

/// One request and its reply on a channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Interaction {
    /// Position in the recording, counted from 1, as people and case names count.
    pub number: usize,
    /// The channel that it went over.
    pub channel: SharedStr,
    /// What identifies the request; see [`crate::key`].
    pub key: Key,
    /// What the agent asked.
    pub request: Request,
    /// What came back.
    pub reply: Reply,
    /// Time from the request to the head of the reply; `None` where the source of the recording did not say.
    pub latency: Option<Duration>,
    /// How true it is to what went over the wire.
    pub fidelity: Fidelity,
}

impl Interaction {
    /// Whether it asks a model: in the wire format of one, or as a call on the channel [`MODEL`].
    #[must_use]
    pub fn asks_a_model(&self) -> bool {
        match &self.request {
            Request::Http(request) => Wire::is_spoken_in(request),
            Request::Call(_) => self.channel == *MODEL,
        }
    }
}

/// What the agent asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// An HTTP request.
    Http(HttpRequest),
    /// A call of the agent's own code: a database query, a shell command.
    Call(CallRequest),
}

/// An HTTP request, redacted and with its origin as a template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HttpRequest {
    /// `GET`, `POST`, ...
    pub method: SharedStr,
    /// Path and query as sent: `/v1/records?_limit=5`.
    pub target: SharedStr,
    /// The headers that the recorder keeps.
    pub headers: Headers,
    /// The content.
    pub body: Body,
}

impl HttpRequest {
    /// The path without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }

    /// The query without the question mark; empty if there is none.
    #[must_use]
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The value of the first header of that (lower-case) name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

/// A call of the agent's own code.
#[derive(Clone, Debug, PartialEq)]
pub struct CallRequest {
    /// The name that the agent gave it.
    pub name: SharedStr,
    /// Whether it changes the outside.
    pub effect: bool,
    /// Its arguments.
    pub args: Value,
    /// The id that a model gave the call, where it was one; no part of the request's identity.
    pub id: Option<SharedStr>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// An HTTP reply.
    Http(HttpReply),
    /// What the agent's own code returned.
    Call(CallReply),
}

/// An HTTP reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HttpReply {
    /// The status code.
    pub status: u16,
    /// The headers on the allow-list.
    pub headers: Headers,
    /// The content.
    pub content: Content,
    /// How it ended.
    pub ending: Ending,
}

impl HttpReply {
    /// The body; for a stream its frames put together.
    #[must_use]
    pub fn body(&self) -> Body {
        match &self.content {
            Content::Whole(body) => body.clone(),
            Content::Frames(frames) => {
                let mut bytes = Vec::new();
                for frame in frames {
                    bytes.extend_from_slice(&frame.data.to_bytes());
                }
                Body::from_bytes(&bytes)
            }
        }
    }

    /// The value of the first header of that (lower-case) name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

fn header<'h>(headers: &'h Headers, name: &str) -> Option<&'h str> {
    headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
}

/// The content of a reply: in one piece, or as it arrived.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A body that was not streamed.
    Whole(Body),
    /// A stream: what arrived, piece by piece.
    Frames(Vec<Frame>),
}

impl Default for Content {
    fn default() -> Self {
        Self::Whole(Body::Empty)
    }
}

/// One piece of a streamed reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Time since the piece before it (for the first: since the head of the reply); `None` where the source of the
    /// recording did not say.
    pub after: Option<Duration>,
    /// What arrived: text or bytes.
    pub data: Body,
}

/// How a reply ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// As its protocol says: all bytes of the declared length, or the last chunk.
    #[default]
    Complete,
    /// The connection was closed in order, but before the end of the content.
    CleanEof,
    /// The connection was reset.
    Reset,
    /// Nothing came any more, and the connection stayed open.
    Stall,
}

impl Ending {
    pub(crate) const NAMES: [(Self, &'static str); 4] =
        [(Self::Complete, "complete"), (Self::CleanEof, "clean_eof"), (Self::Reset, "reset"), (Self::Stall, "stall")];

    /// The name used in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(ending, _)| *ending == self).map_or("complete", |(_, name)| name)
    }
}

/// What the agent's own code returned.
#[derive(Clone, Debug, PartialEq)]
pub enum CallReply {
    /// It returned this value.
    Returned(Value),
    /// It failed with this message.
    Failed(String),
}

impl Reply {
    /// The JSON document that the reply carries, if there is one.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        match self {
            Self::Http(reply) => reply.body().json(),
            Self::Call(CallReply::Returned(value)) => Some(value.clone()),
            Self::Call(CallReply::Failed(_)) => None,
        }
    }

    /// The headers; a call has none.
    #[must_use]
    pub fn headers(&self) -> &[(SharedStr, SharedStr)] {
        match self {
            Self::Http(reply) => &reply.headers,
            Self::Call(_) => &[],
        }
    }

    /// The reply with edits applied to its JSON document; a stream becomes one piece.
    #[must_use]
    pub fn edited(&self, edits: &[Edit]) -> Self {
        self.map_document(|text| apply_all(text, edits))
    }

    /// The reply with its JSON text (or other text) replaced by what `change` makes of it; a stream becomes one piece.
    pub(crate) fn map_document(&self, change: impl FnOnce(&str) -> Option<String>) -> Self {
        match self {
            Self::Http(reply) => {
                let content = Content::Whole(reply.body().map_text(change));
                Self::Http(HttpReply { content, ..reply.clone() })
            }
            Self::Call(CallReply::Returned(value)) => {
                let edited = change(&value.to_string()).and_then(|text| serde_json::from_str(&text).ok());
                Self::Call(CallReply::Returned(edited.unwrap_or_else(|| value.clone())))
            }
            Self::Call(CallReply::Failed(_)) => self.clone(),
        }
    }

    /// Whether the service says that it did what was asked: a status below 400, or a returned value.
    #[must_use]
    pub fn is_success(&self) -> bool {
        match self {
            Self::Http(reply) => reply.status < 400,
            Self::Call(reply) => matches!(reply, CallReply::Returned(_)),
        }
    }
}

impl Request {
    /// What people call it: `GET /v1/records`, or the name of the call.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Http(request) => format!("{} {}", request.method, request.path()),
            Self::Call(request) => request.name.to_string(),
        }
    }

    /// The JSON document that the request carries, if there is one.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        match self {
            Self::Http(request) => request.body.json(),
            Self::Call(request) => Some(request.args.clone()),
        }
    }
}
