//! What is known of one run of an agent.

use serde::{Deserialize, Serialize};

use super::ledger::Ledger;
use crate::answer::Answer;

/// One run of an agent: how it ended, and all that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// How it ended.
    pub ending: Ending,
    /// What happened.
    pub ledger: Ledger,
    /// Interactions of the recording that were never served.
    pub unused: Vec<usize>,
    /// What the test noted.
    pub notes: Vec<String>,
    /// Virtual time that the run took, in milliseconds.
    pub elapsed_ms: u64,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ending", rename_all = "snake_case")]
pub enum Ending {
    /// The agent gave an answer.
    Answered {
        /// What it claims.
        answer: Answer,
    },
    /// The world could not go on: the last call of the ledger says why.
    Stopped,
    /// The agent panicked.
    Panicked {
        /// The message.
        message: String,
        /// `src/agent.rs:17`.
        location: String,
        /// Whether the panic is in the test's own file: an assertion of the test.
        in_test: bool,
    },
    /// It did not come to an end.
    Hung {
        /// What it was waiting for, as far as that is known.
        reason: String,
    },
    /// The test itself cannot work.
    Broken {
        /// Why, and what to do.
        reason: String,
    },
}
