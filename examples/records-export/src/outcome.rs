//! How an export can end, and everything that can get in its way.

use std::fmt;

use thiserror::Error;

use crate::records::Report;

/// How a careful export ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All customers were read, and the summaries on the server are those of the report.
    Done(Report),
    /// The batch was sent, but only what the report says is known to be on the server.
    Partial(Report, Trouble),
    /// Nothing was written.
    Failed(Trouble),
}

/// Why an export did not get done.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// The HTTP client could not be set up.
    #[error("no HTTP client: {0}")]
    NoClient(String),
    /// The server answered that it will not.
    #[error("the server refused {call} with status {status}")]
    Refused {
        /// What was asked for.
        call: Call,
        /// The answer.
        status: u16,
    },
    /// All attempts failed in ways that may pass.
    #[error("gave up on {call} after {attempts} attempts, the last one: {last}")]
    GaveUp {
        /// What was asked for.
        call: Call,
        /// How often.
        attempts: u32,
        /// How the last attempt failed.
        last: Setback,
    },
    /// The server asked for a longer wait than this job can sit out.
    #[error("the server wants {call} to wait {seconds} s, which is too long")]
    WaitTooLong {
        /// What was asked for.
        call: Call,
        /// The wait, rounded up.
        seconds: u64,
    },
    /// The time for the whole export is used up.
    #[error("out of time at {0}")]
    OutOfTime(Call),
    /// A reply does not have the promised form.
    #[error("the reply to {call} makes no sense: {problem}")]
    Malformed {
        /// What was asked for.
        call: Call,
        /// What is wrong with the reply.
        problem: &'static str,
    },
    /// The link to the next page leads in circles.
    #[error("{0} has been seen before: the pages lead in circles")]
    PageLoop(Call),
    /// There is always one more page.
    #[error("stopped before {0}: too many pages")]
    TooManyPages(Call),
    /// The token of a page was rejected, and was again after starting anew.
    #[error("the page tokens were rejected, even after {restarts} new starts")]
    TokensRejected {
        /// How often the first page was asked for again.
        restarts: u32,
    },
    /// The pages do not hold what the server counts.
    #[error("the server counts {counted} customers, its pages hold {read}")]
    Incomplete {
        /// The server's own number.
        counted: usize,
        /// The number of different customers read.
        read: usize,
    },
    /// One id came with two contents.
    #[error("record {0} appears twice with different content")]
    Contradiction(String),
    /// A record is not what a customer looks like.
    #[error("record {record}: `{field}` {problem}")]
    Invalid {
        /// The id of the record, or its place if the id is what is wrong.
        record: String,
        /// The name of the field.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Some of the batch was refused for good.
    #[error("not stored, refused by the server: {}", .0.join(", "))]
    ItemsRefused(Vec<String>),
    /// What is on the server is not what was to be written.
    #[error("the stored summaries differ: {}", .0.join(", "))]
    Mismatch(Vec<String>),
}

impl Trouble {
    /// Whether there is no use in asking the server anything more: it wants to be left alone, the time
    /// is up, or it could not be read just now.
    pub(crate) fn ends_all(&self) -> bool {
        match self {
            Self::WaitTooLong { .. } | Self::OutOfTime(_) => true,
            Self::GaveUp { call, .. } => matches!(call, Call::SummaryPage(_)),
            _ => false,
        }
    }
}

/// What a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Reading a page of customers, counted from 1.
    CustomerPage(usize),
    /// Asking how many customers there are.
    CustomerCount,
    /// Creating summaries.
    Batch,
    /// Reading a page of summaries back, counted from 1.
    SummaryPage(usize),
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CustomerPage(page) => write!(f, "page {page} of the customers"),
            Self::CustomerCount => f.write_str("the count of the customers"),
            Self::Batch => f.write_str("the batch of summaries"),
            Self::SummaryPage(page) => write!(f, "page {page} of the summaries"),
        }
    }
}

/// Why one attempt brought no reply to work with, though the next one may.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Setback {
    /// No reply in time.
    #[error("timeout")]
    Timeout,
    /// No connection, or it broke.
    #[error("connection lost")]
    ConnectionLost,
    /// The reply is not JSON.
    #[error("unreadable reply")]
    Unreadable,
    /// The server says that it cannot now.
    #[error("status {0}")]
    Busy(u16),
}
