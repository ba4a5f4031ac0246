//! A request or a reply, read once for all styles.

use std::borrow::Cow;

use serde_json::Value;

use crate::format::{Body, CallReply, Reply, Request};

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
    pub(super) fn of_request(request: &'m Request) -> Self {
        match request {
            Request::Http(request) => Self::of_body(Cow::Borrowed(&request.body)),
            Request::Call(call) => Self::Json(Cow::Borrowed(&call.args)),
        }
    }

    pub(super) fn of_reply(reply: &'m Reply) -> Self {
        match reply {
            Reply::Http(reply) => Self::of_body(Cow::Owned(reply.body())),
            Reply::Call(CallReply::Returned(value)) => Self::Json(Cow::Borrowed(value)),
            Reply::Call(CallReply::Failed(_)) => Self::Nothing,
        }
    }

    fn of_body(body: Cow<'m, Body>) -> Self {
        if let Some(document) = body.json() {
            return Self::Json(Cow::Owned(document));
        }
        let text = match body {
            Cow::Borrowed(body) => body.text().map(Cow::Borrowed),
            Cow::Owned(body) => body.text().map(|text| Cow::Owned(text.to_owned())),
        };
        text.map_or(Self::Nothing, Self::Text)
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
