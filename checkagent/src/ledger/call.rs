//! One call of the agent.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::hints::Hints;
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
    /// kept.
    pub request: Option<Value>,
    /// The reply's JSON document, where a rule of the policy looks at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Value>,
    /// The status of the reply, over HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What the tool says of itself, where the call is one of MCP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hints: Option<Hints>,
    /// The key under which the service does it only once, from a header or a member of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// Whether it carries a secret that the policy names. Which one stands in no ledger.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub carries_secret: bool,
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
            reply: None,
            status: None,
            hints: None,
            idempotency_key: None,
            carries_secret: false,
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
