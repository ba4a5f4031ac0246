//! How the world differs in one case: data that the world carries out.

use std::time::Duration;

use checkagent_cassette::analysis::Endpoint;
use checkagent_cassette::json::Edit;
use checkagent_cassette::{Body, Content, HttpReply};

/// How the world differs from the recording.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Bend {
    /// A fault in front of an interaction, so many times. The interaction is not consumed: a retry gets through.
    Fault {
        /// The interaction's number.
        at: usize,
        /// What happens instead.
        fault: Fault,
        /// How often.
        times: u32,
    },
    /// The channel is limited from the moment that an interaction is first asked for, until the virtual clock has
    /// passed the promised wait.
    Limit {
        /// The interaction's number.
        at: usize,
        /// The promised wait.
        wait: Duration,
        /// How the promise is written.
        hint: WaitHint,
        /// The rest of the reply.
        reply: HttpReply,
    },
    /// A page token is no longer accepted, until the page that issued it has been asked for again.
    Expire {
        /// The interaction that uses the token.
        at: usize,
        /// The interaction whose reply issued it.
        issued_by: usize,
        /// How the service refuses it.
        reply: HttpReply,
    },
    /// The effect is done, and its reply never arrives.
    Lose {
        /// The interaction's number.
        at: usize,
        /// How the reply is lost.
        loss: Loss,
    },
    /// A reply is changed, and stays changed when it is asked for again.
    Rewrite {
        /// The interaction's number.
        at: usize,
        /// Which replies are changed.
        scope: Scope,
        /// The changes. A place that a reply does not have is left alone.
        edits: Vec<Edit>,
    },
    /// Some items of a batch are not done, and the reply says so. A retry of these items is answered.
    PartlyDone {
        /// The interaction's number.
        at: usize,
        /// The items that are not done, by position.
        failed: Vec<usize>,
    },
}

impl Bend {
    /// The interaction that is bent first.
    pub(crate) fn interaction(&self) -> usize {
        match self {
            Self::Fault { at, .. }
            | Self::Limit { at, .. }
            | Self::Expire { at, .. }
            | Self::Lose { at, .. }
            | Self::Rewrite { at, .. }
            | Self::PartlyDone { at, .. } => *at,
        }
    }
}

/// What happens instead of a reply.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The service answers with an error.
    Reply(HttpReply),
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The connection is closed.
    Reset,
    /// Nothing comes, and the connection stays open.
    Stall,
}

/// How a service writes the wait that it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitHint {
    /// `Retry-After: 30`, whole seconds.
    Seconds,
    /// `Retry-After: Tue, 23 May 2023 14:42:01 GMT`.
    HttpDate,
}

/// Which replies a rewrite changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Only the named one, each time that it is asked for.
    Interaction,
    /// The named one and every later reply of that endpoint: schema drift.
    EndpointFrom(Endpoint),
}
