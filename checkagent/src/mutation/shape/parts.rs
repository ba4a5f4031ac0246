//! Pieces that the replies of several vendors are made of.

use checkagent_cassette::HttpReply;
use serde_json::Value;

use super::moment::Moment;
use super::shape::Hint;
use crate::mutation::fault::error_reply;
use crate::mutation::wait::WaitEncoding;

/// `Retry-After` in whole seconds, and nothing else.
pub(super) const SECONDS: Hint = Hint::RetryAfter(&[WaitEncoding::Seconds]);

/// A reply with a JSON document.
pub(super) fn json(status: u16, body: &Value) -> HttpReply {
    error_reply(status, &body.to_string(), &[])
}

/// A reply with a document of that media type.
pub(super) fn typed(status: u16, media: &str, body: &str) -> HttpReply {
    error_reply(status, body, &[("content-type", media)])
}

/// Headers of a reply, one after the other.
pub(super) trait WithHeaders: Sized {
    /// With one more header.
    fn with(self, name: &str, value: impl ToString) -> Self;

    /// With `Retry-After` in whole seconds, where there is a wait.
    fn retry_after(self, moment: &Moment) -> Self;
}

impl WithHeaders for HttpReply {
    fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.into(), value.to_string().into()));
        self
    }

    fn retry_after(self, moment: &Moment) -> Self {
        if moment.wait.is_zero() { self } else { self.with("retry-after", moment.seconds()) }
    }
}
