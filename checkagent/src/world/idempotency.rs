//! The key under which a service does a write only once.

use std::borrow::Cow;

use serde_json::{Map, Value};

use checkagent_cassette::key::id_tokens;
use checkagent_cassette::redact::{is_idempotency_field, is_idempotency_header};
use checkagent_cassette::{HttpRequest, Request};

/// The key of a request, if it carries one: in a header, in the query, in a form, or in a member of its document at the
/// top or one step below (Shopify: `payment.unique_token`).
pub(super) fn idempotency_key(request: &Request) -> Option<String> {
    if let Request::Http(http) = request {
        let of_head = in_headers(http).or_else(|| in_pairs(http.query()));
        if of_head.is_some() {
            return of_head;
        }
    }
    let document = match (request, request.json()) {
        (_, Some(Value::Object(members))) => members,
        (Request::Http(http), None) => return http.body.text().and_then(in_pairs),
        _ => return None,
    };
    let below = || document.values().filter_map(Value::as_object).find_map(in_members);
    in_members(&document).or_else(below).or_else(|| in_graphql(&document))
}

fn in_headers(http: &HttpRequest) -> Option<String> {
    http.headers.iter().find(|(name, _)| is_idempotency_header(name)).map(|(_, key)| key.to_string())
}

/// `ClientToken=a&Action=b`, as in a query or a form. Keys are compared, never read, so they stay encoded.
fn in_pairs(text: &str) -> Option<String> {
    let mut pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, key)| is_key(name, key)).map(|(_, key)| key.to_owned())
}

fn in_members(members: &Map<String, Value>) -> Option<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    members.iter().map(|(name, value)| (name, text(value))).find(|(name, key)| is_key(name, key)).map(|(_, key)| key)
}

/// Shopify: `@idempotent(key: ..)` behind a mutation. The key stands in the text or in the variables, so the request as
/// a whole stands for it.
fn in_graphql(document: &Map<String, Value>) -> Option<String> {
    let query = document.get("query")?.as_str()?;
    let variables = document.get("variables").map_or(Cow::Borrowed(""), |variables| Cow::Owned(variables.to_string()));
    query.contains("@idempotent(").then(|| format!("{query}{variables}"))
}

fn is_key(name: &str, value: &str) -> bool {
    is_idempotency_field(name) || (is_request_id(name) && is_uuid(value))
}

/// Google (AIP-155): `requestId` is a UUID. Elsewhere a member of that name is for logs.
fn is_request_id(name: &str) -> bool {
    matches!(name, "requestId" | "request_id")
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && id_tokens(text).any(|range| range.len() == 36)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::{request, taped, with_header};

    fn key(target: &str, body: &Value) -> Option<String> {
        idempotency_key(&request("POST", target, body))
    }

    #[test]
    fn a_key_stands_in_a_header_the_query_or_a_member() {
        let headed = with_header(request("POST", "/pay", &json!({"ClientToken": "b"})), "idempotency-key", "a");
        assert_eq!(idempotency_key(&headed).as_deref(), Some("a"));
        assert_eq!(key("/run?Action=x&ClientToken=c", &Value::Null).as_deref(), Some("c"));
        assert_eq!(key("/run", &json!({"n": 1, "client_token": "d"})).as_deref(), Some("d"));
        assert_eq!(key("/pay", &json!({"payment": {"unique_token": "e"}})).as_deref(), Some("e"));
        assert_eq!(key("/pay", &json!({"idempotency_key": 7})).as_deref(), Some("7"));
        assert_eq!(key("/pay", &json!({"cents": 7, "payment": {"card": "x"}})), None);
        assert_eq!(key("/pay", &json!([{"idempotency_key": "x"}])), None);
    }

    #[test]
    fn a_key_stands_in_a_form() {
        let text = |text: &str| idempotency_key(&taped("POST", "/").text(text).into_request());
        assert_eq!(text("Action=RunInstances&ClientToken=a%2Fb").as_deref(), Some("a%2Fb"));
        assert_eq!(text("Action=RunInstances"), None);
    }

    #[test]
    fn a_request_id_is_a_key_only_where_it_is_a_uuid() {
        let uuid = "0b5d1a2e-6f0c-4c5e-9d6a-3f2b1c4d5e6f";
        assert_eq!(key(&format!("/instances?requestId={uuid}"), &Value::Null).as_deref(), Some(uuid));
        assert_eq!(key("/x", &json!({"request_id": uuid})).as_deref(), Some(uuid));
        assert_eq!(key("/x", &json!({"request_id": "req-17"})), None);
        assert_eq!(key("/x", &json!({"request_id": format!("{uuid}-2")})), None);
        assert_eq!(key("/x", &json!({"trace_id": uuid})), None);
    }

    #[test]
    fn a_directive_of_graphql_makes_the_whole_request_its_key() {
        let query = "mutation { refundCreate(input: {}) @idempotent(key: $k) { id } }";
        let with = |k: &str| key("/graphql", &json!({"query": query, "variables": {"k": k}}));
        assert!(with("a").is_some());
        assert_eq!(with("a"), with("a"));
        assert_ne!(with("a"), with("b"));
        assert_eq!(key("/graphql", &json!({"query": "mutation { refundCreate { id } }"})), None);
    }
}
