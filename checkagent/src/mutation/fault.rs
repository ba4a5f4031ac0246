//! What happens instead of a reply, or to it on its way.

use checkagent_cassette::{Body, Content, HttpReply};

use super::shape::{Moment, Shape};

/// What happens instead of a reply.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// The service answers with this: an error, or a success with an error inside. It may end too early.
    Reply(HttpReply),
    /// The service answers as one vendor does.
    Shaped(Shape),
    /// Nothing comes, and the connection stays open.
    Stall,
    /// The connection is closed without a reply.
    Reset,
}

impl Fault {
    /// An error reply with a body (JSON if it is JSON).
    #[must_use]
    pub fn status(status: u16, body: &str) -> Self {
        Self::Reply(error_reply(status, body, &[]))
    }

    /// What is sent instead of the reply; `None` if nothing is.
    #[must_use]
    pub fn reply(&self, moment: &Moment) -> Option<HttpReply> {
        match self {
            Self::Reply(reply) => Some(reply.clone()),
            Self::Shaped(shape) => Some(shape.reply(moment)),
            Self::Stall | Self::Reset => None,
        }
    }
}

/// An error reply; the content type follows the body, unless it is among the headers.
pub(crate) fn error_reply(status: u16, body: &str, headers: &[(&str, &str)]) -> HttpReply {
    let body = Body::from_bytes(body.as_bytes());
    let media = if matches!(body, Body::Json(_)) { "application/json" } else { "text/plain; charset=utf-8" };
    let mut all: Vec<_> = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        all.insert(0, ("content-type".into(), media.into()));
    }
    HttpReply { status, headers: all, content: Content::Whole(body), ..HttpReply::default() }
}

/// How a reply is lost after the effect was done.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Loss {
    /// The connection is closed.
    Reset,
    /// Nothing comes, and the connection stays open.
    Stall,
    /// This arrives instead: what a gateway says of a service that took too long, or half of the reply.
    Reply(HttpReply),
}
