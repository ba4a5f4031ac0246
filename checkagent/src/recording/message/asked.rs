//! What a client of JSON-RPC sends.

use serde_json::Value;

use checkagent_cassette::{HttpRequest, Request};

/// What a client sent: a request, or a notification if it has no id.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    /// The number that the client gave it; an answer carries the same.
    pub id: Option<Value>,
    /// `tools/call`.
    pub method: String,
    /// `null` where there are none.
    pub params: Value,
}

impl Asked {
    /// Reads a message; `None` for what is none, also for batches, which MCP has given up.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        let Request::Http(http) = request else { return None };
        Self::of_http(http)
    }

    /// As [`Asked::of`], for a request over HTTP.
    pub(in crate::recording) fn of_http(request: &HttpRequest) -> Option<Self> {
        if Self::may_be(request) { Self::in_document(&request.body.json()?) } else { None }
    }

    /// Whether a request looks like one: most bodies are no JSON-RPC, and need not be parsed to be told.
    pub(super) fn may_be(request: &HttpRequest) -> bool {
        request.method == *"POST" && request.body.text().is_some_and(|text| text.contains("\"jsonrpc\""))
    }

    pub(super) fn in_document(message: &Value) -> Option<Self> {
        if message["jsonrpc"] != "2.0" {
            return None;
        }
        let method = message["method"].as_str()?.to_owned();
        let id = message.get("id").filter(|id| !id.is_null()).cloned();
        Some(Self { id, method, params: message["params"].clone() })
    }

    /// The tool that it calls.
    pub(crate) fn tool(&self) -> Option<&str> {
        if self.method == "tools/call" { self.params.get("name")?.as_str() } else { None }
    }

    /// Whether it is a message of MCP that changes nothing outside.
    pub(crate) fn only_asks(&self) -> bool {
        const ASKING: [&str; 17] = [
            "initialize",
            "server/discover",
            "ping",
            "tools/list",
            "resources/list",
            "resources/read",
            "resources/templates/list",
            "resources/subscribe",
            "resources/unsubscribe",
            "prompts/list",
            "prompts/get",
            "completion/complete",
            "logging/setLevel",
            "subscriptions/listen",
            "tasks/get",
            "tasks/list",
            "tasks/result",
        ];
        ASKING.contains(&self.method.as_str()) || (self.id.is_none() && self.method.starts_with("notifications/"))
    }
}
