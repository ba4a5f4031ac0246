//! A reply as one real API sends it: status, headers and body together.

use std::fmt;
use std::time::{Duration, SystemTime};

use checkagent_cassette::HttpReply;

/// A reply of one vendor. Its numbers are computed, so that they add up.
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
    /// The thing is not there.
    NotFound,
}

/// Whether a reply says how long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    /// It does.
    Told,
    /// It does not.
    Untold,
}

/// The moment at which a reply is sent, for the numbers in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What is left of the wait.
    pub wait: Duration,
    /// The wall clock, which clients compare dates with.
    pub now: SystemTime,
    /// A number that differs from call to call and not from run to run, for request ids.
    pub number: u64,
}

impl Moment {
    /// A moment with that wait left, at the current wall clock.
    #[must_use]
    pub fn with_wait(wait: Duration) -> Self {
        Self { wait, now: SystemTime::now(), number: 1 }
    }
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
        self.hint == Hint::Told
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
