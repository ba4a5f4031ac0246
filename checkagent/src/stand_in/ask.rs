//! What a stand-in is asked.

use serde_json::Value;

use checkagent_cassette::HttpRequest;
use checkagent_cassette::model::{OfferedTool, Saying, ToolResult, Turn, Wire};

use crate::ledger::Change;
use crate::mutation::Mutation;
use crate::recording::Recording;

/// A request to a model that the recording has no answer for, and what is known around it.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// The request.
    pub request: &'a HttpRequest,
    /// Its document.
    pub document: &'a Value,
    /// The format in which the model is asked.
    pub wire: Wire,
    /// The tool calls and results that it carries.
    pub history: &'a [Turn],
    /// The interactions that the model answered when it was recorded and that were not used in this case, in order.
    pub open: &'a [usize],
    /// The recording.
    pub recording: &'a Recording,
    /// The faults of the case.
    pub mutations: &'a [Mutation],
    /// What the case changed in replies so far.
    pub bent: &'a [Change],
    /// How many answers stand-ins have given in this case before this one.
    pub turn: usize,
}

impl Ask<'_> {
    /// The tools that the model may call.
    #[must_use]
    pub fn offered(&self) -> Vec<OfferedTool> {
        self.wire.offered(self.document)
    }

    /// The last result of a tool.
    #[must_use]
    pub fn last_result(&self) -> Option<&ToolResult> {
        self.history.iter().rev().find_map(|turn| match turn {
            Turn::Result(result) => Some(result),
            Turn::Call(..) => None,
        })
    }

    /// What the recorded model said at an interaction.
    #[must_use]
    pub fn recorded(&self, number: usize) -> Option<&Saying> {
        self.recording.model_exchange(number)?.saying.as_ref()
    }
}
