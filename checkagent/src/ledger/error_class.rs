//! The kinds of errors that calls meet.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a call failed, as its client sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorClass {
    /// A limit of the service: status 429, or what a vendor says in its place.
    RateLimit,
    /// Status 500 and above: the service, or a gateway before it.
    Server,
    /// Status 400 and above: the request was refused.
    Client,
    /// No answer in time: silence, or status 408 or 504.
    Timeout,
    /// The connection was closed or reset.
    Connection,
    /// The status says that it worked and the content that it did not; or a call of the agent's own code that failed.
    InBand,
    /// Content that cannot be read as what it is.
    Malformed,
}

impl ErrorClass {
    /// That of an HTTP status; `None` for one below 400.
    #[must_use]
    pub fn of_status(status: u16) -> Option<Self> {
        match status {
            0..400 => None,
            408 | 504 => Some(Self::Timeout),
            429 => Some(Self::RateLimit),
            400..500 => Some(Self::Client),
            _ => Some(Self::Server),
        }
    }

    /// As people write it: `rate limit`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RateLimit => "rate limit",
            Self::Server => "server",
            Self::Client => "client",
            Self::Timeout => "timeout",
            Self::Connection => "connection",
            Self::InBand => "in-band",
            Self::Malformed => "malformed",
        }
    }
}

impl fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_tells_the_class() {
        for (status, class) in [
            (200, None),
            (399, None),
            (400, Some(ErrorClass::Client)),
            (408, Some(ErrorClass::Timeout)),
            (428, Some(ErrorClass::Client)),
            (429, Some(ErrorClass::RateLimit)),
            (430, Some(ErrorClass::Client)),
            (499, Some(ErrorClass::Client)),
            (500, Some(ErrorClass::Server)),
            (503, Some(ErrorClass::Server)),
            (504, Some(ErrorClass::Timeout)),
            (529, Some(ErrorClass::Server)),
        ] {
            assert_eq!(ErrorClass::of_status(status), class, "{status}");
        }
    }
}
