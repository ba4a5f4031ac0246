//! How a ticket can end, and everything that can get in its way.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An amount of money in the smallest unit.
pub type Cents = i64;

/// A refund that was paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// The ticket.
    pub ticket: String,
    /// The order that was paid back.
    pub order: String,
    /// How much.
    pub amount_cents: Cents,
    /// The refund, by the number that the shop gave it.
    pub refund: String,
    /// The approvals that it rests on.
    pub approvals: Vec<String>,
}

/// How a careful run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The money was paid back once, the shop shows it, and a note was written.
    Done(Settled),
    /// The money was paid back, and something else is missing.
    Partial(Settled, Trouble),
    /// As far as the shop says, nothing was paid. A person has to look at it.
    Escalated(Trouble),
}

/// Why a run did not get done.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// The HTTP client could not be set up.
    #[error("no HTTP client: {0}")]
    NoClient(String),
    /// The service answered that it will not.
    #[error("{call} was refused with status {status}")]
    Refused {
        /// What was asked for.
        call: &'static str,
        /// The answer.
        status: u16,
    },
    /// All attempts failed in ways that may pass.
    #[error("gave up on {call} after {attempts} attempts, the last one: {last}")]
    GaveUp {
        /// What was asked for.
        call: &'static str,
        /// How often.
        attempts: u32,
        /// How the last attempt failed.
        last: String,
    },
    /// The service asked for a longer wait than a customer's ticket can sit out.
    #[error("{call} is to wait {seconds} s, which is too long")]
    WaitTooLong {
        /// What was asked for.
        call: &'static str,
        /// The wait, rounded up.
        seconds: u64,
    },
    /// A reply does not have the promised form, or contradicts another.
    #[error("the reply to {call} makes no sense: {problem}")]
    Malformed {
        /// What was asked for.
        call: &'static str,
        /// What is wrong with the reply.
        problem: String,
    },
    /// The model did not say anything that can be worked with.
    #[error("the model gave no usable answer: {0}")]
    Model(String),
    /// The model came to an end before the work was done.
    #[error("the model ended before the money was paid back{0}")]
    Ended(LastRefusal),
    /// The model does the same again and again.
    #[error("the model does not get on: it called `{0}` again and again")]
    Loop(String),
    /// More steps than a ticket takes.
    #[error("more than {0} steps")]
    TooManySteps(usize),
    /// More tokens than a ticket is worth.
    #[error("more than {0} tokens")]
    TooManyTokens(u64),
    /// The model asked too often for what it may not do.
    #[error("the model insists on what it may not do: {0}")]
    Insists(Refusal),
    /// Paid back was asked for, and the shop does not show it.
    #[error("the refund was asked for, and the order does not show it: {0}")]
    Unproven(String),
    /// The note of the refund was not written.
    #[error("no note was written to the order")]
    NoNote,
}

/// Why a call of a tool was not carried out. The model is told, and may do better.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no such tool.
    #[error("there is no tool of the name `{0}`")]
    NoSuchTool(String),
    /// The arguments are not what the tool takes.
    #[error("`{tool}` does not take these arguments: {problem}")]
    Arguments {
        /// The tool.
        tool: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// A cursor that no page gave.
    #[error("no page gave this cursor")]
    UnknownCursor,
    /// An order that was not found among those of the customer.
    #[error("this order is not among those that were listed")]
    UnknownOrder,
    /// There is something to be done before.
    #[error("first {0}")]
    First(&'static str),
    /// The order is not one to pay back.
    #[error("the order cannot be paid back: {0}")]
    NotRefundable(&'static str),
    /// Not the amount that is left of the order.
    #[error("the amount has to be what is left of the order, {0}")]
    WrongAmount(Cents),
    /// More than this desk may pay.
    #[error("this desk pays back {0} at most")]
    AboveLimit(Cents),
    /// The person said no, or nothing.
    #[error("it was not approved: {0}")]
    NotApproved(ApprovalStatus),
    /// The approval is for something else.
    #[error("the approval is not one for this refund")]
    WrongApproval,
}

/// Whether a person approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalStatus {
    /// Yes.
    Approved,
    /// Not yet decided.
    Pending,
    /// No.
    Denied,
}

impl fmt::Display for ApprovalStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Approved => "approved",
            Self::Pending => "nobody has decided yet",
            Self::Denied => "the person said no",
        })
    }
}

/// What the model was refused last, if it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastRefusal(pub Option<Refusal>);

impl fmt::Display for LastRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |refusal| write!(f, "; it had been told: {refusal}"))
    }
}
