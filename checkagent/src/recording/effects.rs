//! Which requests change the outside.

use checkagent_cassette::model::Wire;
use checkagent_cassette::{HttpRequest, Request};

use super::message::Asked;

/// An operation over HTTP, as a test names it where its method says something else of it: `POST /v1/search`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    method: String,
    path: String,
}

impl Operation {
    /// Reads `METHOD /path`. A path that ends in `*` names everything below it.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (method, path) = text.split_once(' ').unwrap_or((text, ""));
        Self { method: method.to_owned(), path: path.trim().to_owned() }
    }

    fn is(&self, request: &HttpRequest) -> bool {
        let path = request.path();
        self.method == *request.method.as_str()
            && self.path.strip_suffix('*').map_or(self.path == path, |prefix| path.starts_with(prefix))
    }
}

/// What tells effects from reads: the method, and what a test says beyond it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    reads: Vec<Operation>,
    effects: Vec<Operation>,
}

impl Effects {
    /// By these operations that only read, and these that change something, whatever their methods say. What is both
    /// changes something.
    #[must_use]
    pub fn new(reads: Vec<Operation>, effects: Vec<Operation>) -> Self {
        Self { reads, effects }
    }

    /// Whether a request changes the outside. Asking a model changes nothing.
    pub(super) fn has(&self, request: &Request) -> bool {
        match request {
            Request::Call(call) => call.effect,
            Request::Http(request) => self.has_http(request) && !Wire::is_spoken_in(request),
        }
    }

    /// The same, but for what asks a model. Messages of MCP that change nothing are all POSTs.
    pub(super) fn has_http(&self, request: &HttpRequest) -> bool {
        let named = |list: &[Operation]| list.iter().any(|operation| operation.is(request));
        let by_method =
            || matches!(request.method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE") && !named(&self.reads);
        (named(&self.effects) || by_method()) && !Asked::of_http(request).is_some_and(|asked| asked.only_asks())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::request;

    fn by(reads: &[&str], effects: &[&str]) -> Effects {
        let parse = |list: &[&str]| list.iter().map(|text| Operation::parse(text)).collect();
        Effects::new(parse(reads), parse(effects))
    }

    fn has(effects: &Effects, method: &str, target: &str) -> bool {
        effects.has(&request(method, target, &Value::Null))
    }

    #[test]
    fn asking_a_model_is_no_effect_and_a_path_that_only_looks_like_it_is() {
        let chat = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
        let has = |request: &Request| Effects::default().has(request);
        assert!(!has(&request("POST", "/v1/chat/completions", &chat)));
        assert!(has(&request("POST", "/surveys/responses", &json!({"answers": [1]}))));
        assert!(has(&request("POST", "/v1/refunds", &chat)));
        let mcp = |method: &str| request("POST", "/mcp", &json!({"jsonrpc": "2.0", "id": 1, "method": method}));
        assert!(!has(&mcp("tools/list")) && has(&mcp("tools/call")));
        // Nor is it one because a test says so: only asking stays asking.
        let named = by(&[], &["POST /mcp", "POST /v1/chat/completions"]);
        assert!(!named.has(&mcp("tools/list")) && named.has(&mcp("tools/call")));
        assert!(!named.has(&request("POST", "/v1/chat/completions", &chat)));
    }

    #[test]
    fn without_a_word_the_method_decides() {
        for (method, effect) in [
            ("POST", true),
            ("PUT", true),
            ("PATCH", true),
            ("DELETE", true),
            ("GET", false),
            ("HEAD", false),
            ("OPTIONS", false),
        ] {
            assert_eq!(has(&Effects::default(), method, "/v1/a"), effect, "{method}");
        }
    }

    #[test]
    fn a_test_overrides_the_method_in_both_directions() {
        let effects = by(&["POST /v1/search", "POST /v1/q/*"], &["GET /v1/logout", "GET /v1/hooks/*"]);
        assert!(!has(&effects, "POST", "/v1/search") && !has(&effects, "POST", "/v1/search?q=1"));
        assert!(!has(&effects, "POST", "/v1/q/deep"));
        assert!(has(&effects, "POST", "/v1/search/more") && has(&effects, "PUT", "/v1/search"));
        assert!(has(&effects, "GET", "/v1/logout?all=1") && has(&effects, "GET", "/v1/hooks/7"));
        assert!(!has(&effects, "GET", "/v1/logout/x") && !has(&effects, "HEAD", "/v1/logout"));
    }

    #[test]
    fn what_is_named_as_both_is_an_effect() {
        let effects = by(&["POST /v1/*"], &["POST /v1/refunds"]);
        assert!(has(&effects, "POST", "/v1/refunds"));
        assert!(!has(&effects, "POST", "/v1/search"));
    }
}
