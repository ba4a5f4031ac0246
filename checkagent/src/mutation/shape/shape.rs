//! A reply as one real API sends it: status, headers and body together.

use std::fmt;

use checkagent_cassette::HttpReply;

use super::moment::Moment;
use crate::mutation::wait::WaitEncoding;

/// A reply of one vendor. Its numbers are computed, so that they add up.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use checkagent::mutation::shape::{Moment, shape};
///
/// let reply = shape("notion.429").reply(&Moment::with_wait(Duration::from_secs(17)));
/// assert_eq!((reply.status, reply.header("retry-after")), (429, Some("17")));
/// ```
#[derive(Clone, Copy)]
pub struct Shape {
    pub(super) id: &'static str,
    pub(super) kind: ShapeKind,
    pub(super) hint: Hint,
    pub(super) source: &'static str,
    pub(super) reply: fn(&Moment) -> HttpReply,
}

/// What a shape says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ShapeKind {
    /// Too many calls: it passes when the wait is over.
    Limit,
    /// A quota that does not come back while an agent waits.
    Quota,
    /// A success by its status, an error by its body.
    ErrorIn200,
    /// The service is down or overloaded.
    ServerError,
    /// A gateway in front of the service answers, in its own format.
    Gateway,
    /// The credentials are no longer accepted.
    Auth,
    /// A page token is no longer accepted.
    PageToken,
    /// Somebody else changed the thing, or holds it.
    Conflict,
    /// An idempotency key that was used for another request. Trying again does not help.
    Idempotency,
    /// The thing is not there.
    NotFound,
    /// More than the model can take in. Trying the same again does not help.
    ContextOverflow,
    /// The content is refused. Trying the same again does not help.
    ContentFilter,
}

/// Whether and where a reply says how long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    /// In `Retry-After` as RFC 9110 has it, which every client can know; in these ways altogether.
    RetryAfter(&'static [WaitEncoding]),
    /// Only in ways that the vendor's clients know.
    Own(&'static [WaitEncoding]),
    /// It does not.
    Untold,
}

impl Shape {
    /// `vendor.what`: `openai.429.tpm`.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// What it says.
    #[must_use]
    pub fn kind(&self) -> ShapeKind {
        self.kind
    }

    /// Where the fact is from.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// Whether the reply says how long to wait.
    #[must_use]
    pub fn tells_the_wait(&self) -> bool {
        self.hint != Hint::Untold
    }

    /// Whether it says so as every HTTP client can know: in `Retry-After`, as seconds or as a date.
    #[must_use]
    pub fn tells_every_client(&self) -> bool {
        matches!(self.hint, Hint::RetryAfter(_))
    }

    /// The ways in which the wait stands in it, the first one first; none where it is not told, or has to be computed
    /// from other numbers.
    #[must_use]
    pub fn encodings(&self) -> &'static [WaitEncoding] {
        match self.hint {
            Hint::RetryAfter(encodings) | Hint::Own(encodings) => encodings,
            Hint::Untold => &[],
        }
    }

    /// The reply at a moment.
    #[must_use]
    pub fn reply(&self, moment: &Moment) -> HttpReply {
        (self.reply)(moment)
    }
}

impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Shape {}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Shape").field(&self.id).finish()
    }
}
