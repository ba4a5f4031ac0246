//! What an agent claims at the end.

use std::fmt::Display;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the agent claims at the end of a run.
///
/// Only [`Answer::Done`] claims success. The other three admit that something is missing, which is the right thing to
/// do when the world misbehaves and cannot be helped.
///
/// # Examples
///
/// ```
/// use checkagent::Answer;
///
/// let answer = Answer::partial(serde_json::json!({"exported": 200}), "page 3 could not be read");
/// assert!(!answer.claims_done());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// The job is done, and this is the result.
    Done {
        /// The result, compared with the baseline's.
        value: Value,
    },
    /// A part of the job is done.
    Partial {
        /// What there is.
        value: Value,
        /// What is missing, and why.
        reason: String,
    },
    /// Handed over to a human.
    Escalated {
        /// Why.
        reason: String,
    },
    /// It failed, and says so.
    Error {
        /// What the agent says.
        message: String,
    },
}

impl Answer {
    /// The job is done, and this is the result.
    ///
    /// # Panics
    ///
    /// If the value cannot be represented as JSON (a map with keys that are no strings): a mistake in the test.
    #[must_use]
    pub fn done(value: impl Serialize) -> Self {
        Self::Done { value: json(value) }
    }

    /// A part is done, and the agent says what is missing.
    ///
    /// # Panics
    ///
    /// As [`Answer::done`].
    #[must_use]
    pub fn partial(value: impl Serialize, reason: impl Display) -> Self {
        Self::Partial { value: json(value), reason: reason.to_string() }
    }

    /// Handed over to a human.
    #[must_use]
    pub fn escalated(reason: impl Display) -> Self {
        Self::Escalated { reason: reason.to_string() }
    }

    /// Failed, and says so.
    #[must_use]
    pub fn error(message: impl Display) -> Self {
        Self::Error { message: message.to_string() }
    }

    /// Whether the agent claims that the job is done.
    #[must_use]
    pub fn claims_done(&self) -> bool {
        matches!(self, Self::Done { .. })
    }

    /// The result, whole or partial.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Done { value } | Self::Partial { value, .. } => Some(value),
            Self::Escalated { .. } | Self::Error { .. } => None,
        }
    }

    /// What the agent says beside the result.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Done { .. } => None,
            Self::Partial { reason, .. } | Self::Escalated { reason } => Some(reason),
            Self::Error { message } => Some(message),
        }
    }
}

fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_else(|error| panic!("the answer is no JSON value: {error}"))
}

/// What an agent test may return: an [`Answer`], or a `Result` whose error is an honest failure.
#[diagnostic::on_unimplemented(
    message = "an agent test cannot return `{Self}`",
    label = "not an answer",
    note = "`#[agent_test]` functions return `checkagent::Answer`, or `Result<T, E>` with `T: Serialize` and `E: Display`"
)]
pub trait IntoAnswer {
    /// What the agent claims.
    fn into_answer(self) -> Answer;
}

impl IntoAnswer for Answer {
    fn into_answer(self) -> Answer {
        self
    }
}

impl<T: Serialize, E: Display> IntoAnswer for Result<T, E> {
    fn into_answer(self) -> Answer {
        match self {
            Ok(value) => Answer::done(value),
            Err(error) => Answer::error(error),
        }
    }
}
