//! One call of the agent.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::model_turn::ModelTurn;
use super::outcome::{Outcome, seconds};

/// One call of the agent, and what it met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Virtual time since the start of the case, in milliseconds.
    pub at_ms: u64,
    /// The channel.
    pub channel: String,
    /// What was asked: `GET /v1/records`.
    pub label: String,
    /// Path and query as they were sent, or the name of the agent's own call.
    #[serde(default)]
    pub target: String,
    /// The tool, where the call is one of MCP or of the agent's own code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Whether it was meant to change the outside.
    pub effect: bool,
    /// What it carries: the request's JSON document, for MCP the arguments inside it. Of requests to models nothing is
    /// kept. Where a case plants an instruction, a body of another format is kept as a text.
    pub request: Option<Value>,
    /// What of a planted text it carries where nothing else of the request is kept, in a header or a redacted field: the
    /// place, and the text as it was planted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carries: Vec<(String, String)>,
    /// The reply's JSON document, where a rule of the policy looks at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Value>,
    /// What it met.
    pub outcome: Outcome,
    /// Why it did something twice, if it did.
    pub duplicate: Option<String>,
    /// What a model said, if it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelTurn>,
}

impl Call {
    /// A call that carries nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent::{Call, Outcome};
    ///
    /// let outcome = Outcome::Served { interaction: 1, repeated: false, bent: Vec::new() };
    /// let call = Call { effect: true, ..Call::new("api", "POST /v1/refunds", outcome) };
    /// assert_eq!(call.target, "/v1/refunds");
    /// ```
    #[must_use]
    pub fn new(channel: &str, label: &str, outcome: Outcome) -> Self {
        Self {
            at_ms: 0,
            channel: channel.to_owned(),
            label: label.to_owned(),
            target: label.split_once(' ').map_or(label, |(_, target)| target).to_owned(),
            tool: None,
            effect: false,
            request: None,
            carries: Vec::new(),
            reply: None,
            outcome,
            duplicate: None,
            model: None,
        }
    }

    /// The method of an HTTP request; `None` for a call of the agent's own code.
    #[must_use]
    pub fn method(&self) -> Option<&str> {
        self.label.split_once(' ').map(|(method, _)| method)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>9} s  {}: {}", seconds(self.at_ms), self.label, self.outcome)?;
        match &self.duplicate {
            Some(reason) => write!(f, " [done twice: {reason}]"),
            None => Ok(()),
        }
    }
}
