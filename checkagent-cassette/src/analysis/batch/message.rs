//! A request or a reply, read once for all styles.

use std::borrow::Cow;

use serde_json::Value;

use crate::format::{Content, HttpReply, Reply, Request};

/// What a message carries, as far as styles look at it.
#[derive(Debug)]
pub(super) enum Message<'m> {
    /// A JSON document.
    Json(Cow<'m, Value>),
    /// Another text: NDJSON, XML.
    Text(Cow<'m, str>),
    /// Nothing, or bytes.
    Nothing,
}

impl<'m> Message<'m> {
    pub(super) fn of_request(request: &'m Request, document: Option<Cow<'m, Value>>) -> Self {
        let text = || match request {
            Request::Http(request) => request.body.text().map(Cow::Borrowed),
            Request::Call(_) => None,
        };
        Self::of(document, text)
    }

    pub(super) fn of_reply(reply: &'m Reply, document: Option<Cow<'m, Value>>) -> Self {
        let text = || match reply {
            Reply::Http(HttpReply { content: Content::Whole(body), .. }) => body.text().map(Cow::Borrowed),
            Reply::Http(reply) => reply.body().text().map(|text| Cow::Owned(text.to_owned())),
            Reply::Call(_) => None,
        };
        Self::of(document, text)
    }

    fn of(document: Option<Cow<'m, Value>>, text: impl FnOnce() -> Option<Cow<'m, str>>) -> Self {
        match document {
            Some(document) => Self::Json(document),
            None => text().map_or(Self::Nothing, Self::Text),
        }
    }

    pub(super) fn json(&self) -> Option<&Value> {
        match self {
            Self::Json(document) => Some(document),
            Self::Text(_) | Self::Nothing => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Json(_) | Self::Nothing => None,
        }
    }
}

/// A request with what came back.
#[derive(Debug)]
pub(super) struct Exchange<'x> {
    pub request: Message<'x>,
    pub reply: Message<'x>,
}

impl Exchange<'_> {
    /// Both documents, where both are JSON.
    pub(super) fn json(&self) -> Option<(&Value, &Value)> {
        Some((self.request.json()?, self.reply.json()?))
    }
}
