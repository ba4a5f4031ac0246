//! One call of the agent.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use checkagent_cassette::analysis::Endpoint;

use super::error_class::ErrorClass;
use super::hints::Hints;
use super::model_turn::{ModelTurn, ToolUse};
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
    /// How it failed, as its client sees it; `None` where it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<ErrorClass>,
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
            status: None,
            hints: None,
            idempotency_key: None,
            carries_secret: false,
            outcome,
            failed: None,
            duplicate: None,
            model: None,
        }
    }

    /// Whether it asks for the same as an earlier call. Of requests to models the ledger holds nothing: they all ask for
    /// the same.
    #[must_use]
    pub fn asks_for(&self, earlier: &Self) -> bool {
        self.label == earlier.label
            && self.target == earlier.target
            && self.channel == earlier.channel
            && self.request == earlier.request
    }

    /// Whether it asks for the same as an earlier call, and a model, if one was asked, asked for the same tools.
    #[must_use]
    pub fn repeats(&self, earlier: &Self) -> bool {
        fn tools(call: &Call) -> Option<&[ToolUse]> {
            call.model.as_ref().map(|turn| turn.calls.as_slice())
        }
        self.asks_for(earlier) && tools(self) == tools(earlier)
    }

    /// The recorded effect that it did, by number.
    #[must_use]
    pub fn effect_done(&self) -> Option<usize> {
        match self.outcome {
            Outcome::Served { interaction, .. }
            | Outcome::Lost { interaction }
            | Outcome::PartlyDone { interaction, .. }
                if self.effect =>
            {
                Some(interaction)
            }
            _ => None,
        }
    }

    /// The operation on its channel: the tool, or the request with ids in its path replaced; `api GET /records/{id}`.
    #[must_use]
    pub fn operation(&self) -> String {
        let operation = match (&self.tool, self.label.split_once(' ')) {
            (Some(tool), _) => tool.clone(),
            (None, Some((method, path))) => Endpoint::http_operation(method, path),
            (None, None) => self.label.clone(),
        };
        format!("{} {operation}", self.channel)
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn call() -> Call {
        Call { request: Some(json!({"n": 1})), ..Call::new("api", "POST /a?x=1", Outcome::Indulged) }
    }

    fn asked(tool: &str) -> Call {
        let tool = ToolUse { name: tool.to_owned(), arguments: json!({}) };
        Call { model: Some(ModelTurn { calls: vec![tool], ..ModelTurn::default() }), ..call() }
    }

    #[test]
    fn a_call_asks_for_the_same_where_all_that_it_carries_is_equal() {
        let same = Call { at_ms: 9, outcome: Outcome::Reacted { tier: super::super::Tier::Live }, ..call() };
        assert!(call().asks_for(&same) && call().repeats(&same));
        for other in [
            Call { channel: "other".to_owned(), ..call() },
            Call { label: "PUT /a".to_owned(), ..call() },
            Call { target: "/a?x=2".to_owned(), ..call() },
            Call { request: None, ..call() },
        ] {
            assert!(!call().asks_for(&other) && !call().repeats(&other));
        }
    }

    #[test]
    fn a_model_repeats_itself_where_it_asks_for_the_same_tools() {
        assert!(asked("x").repeats(&asked("x")));
        assert!(!asked("x").repeats(&asked("y")) && asked("x").asks_for(&asked("y")));
        assert!(!asked("x").repeats(&call()));
    }

    #[test]
    fn an_effect_is_done_where_the_service_took_it() {
        let done = |effect, outcome| Call { effect, outcome, ..call() }.effect_done();
        let served = || Outcome::Served { interaction: 3, repeated: false, bent: Vec::new() };
        assert_eq!(done(true, served()), Some(3));
        assert_eq!(done(true, Outcome::Lost { interaction: 4 }), Some(4));
        assert_eq!(done(true, Outcome::PartlyDone { interaction: 5, failed: vec![0], of: 2 }), Some(5));
        assert_eq!(done(true, Outcome::Faulted { interaction: Some(3), fault: "503".to_owned() }), None);
        assert_eq!(done(false, served()), None);
    }

    #[test]
    fn an_operation_is_a_tool_or_a_request_without_its_ids() {
        let of = |label: &str, tool: Option<&str>| {
            Call { tool: tool.map(str::to_owned), ..Call::new("api", label, Outcome::Indulged) }.operation()
        };
        assert_eq!(of("GET /records/17", None), "api GET /records/{id}");
        assert_eq!(of("POST /mcp", Some("refund")), "api refund");
        assert_eq!(of("look_up", None), "api look_up");
    }
}
