//! Exchanges for the unit tests of the styles.

use serde_json::Value;

use super::{Batch, ItemFailure};
use crate::format::{Body, Content, HttpReply, HttpRequest, Reply, Request};

pub(super) fn request(body: &str) -> Request {
    let body = Body::from_bytes(body.as_bytes());
    Request::Http(HttpRequest { method: "POST".into(), target: "/".into(), headers: Vec::new(), body })
}

pub(super) fn reply(body: &str) -> Reply {
    let content = Content::Whole(Body::from_bytes(body.as_bytes()));
    Reply::Http(HttpReply { status: 200, content, ..HttpReply::default() })
}

pub(super) fn text(reply: &Reply) -> String {
    match reply {
        Reply::Http(reply) => String::from_utf8(reply.body().to_bytes().into_owned()).unwrap(),
        Reply::Call(_) => String::new(),
    }
}

/// A batch with the reply that it was recognised by.
pub(super) struct Known {
    pub batch: Batch,
    pub reply: Reply,
}

impl Known {
    pub(super) fn between(asked: &str, answered: &str) -> Self {
        let reply = reply(answered);
        Self { batch: Batch::between(&request(asked), &reply).unwrap(), reply }
    }

    /// The document of the reply in which these items failed.
    pub(super) fn failing(&self, failed: &[usize], failure: ItemFailure) -> Value {
        self.batch.reply_with_failures(&self.reply, failed, failure).json().unwrap()
    }

    /// Which items a request holds, and the document of the reply to it.
    pub(super) fn retried(&self, asked: &str) -> (Vec<usize>, Value) {
        let part = self.batch.part_in(&request(asked)).unwrap();
        let reply = self.batch.reply_to_part(&self.reply, &part, &[], ItemFailure::Retryable);
        (part.items, reply.json().unwrap())
    }
}

/// The source of the batch that this is, if it is one.
pub(super) fn source(asked: &str, answered: &str) -> Option<&'static str> {
    Batch::between(&request(asked), &reply(answered)).map(|batch| batch.source())
}
