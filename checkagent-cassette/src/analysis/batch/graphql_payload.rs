//! Payloads of GraphQL mutations that have room for the errors of what was sent.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::graphql_operation::operation;
use crate::format::{Interaction, Reply, Request};
use crate::json::{Edit, Pointer};

/// How the reply to a single GraphQL mutation says that what was sent is refused, in its payload and nowhere else:
/// `userErrors` of Shopify (`DisplayableError`), `errors` of GitLab and of payloads as graphql-ruby recommends them.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// Where the errors stand.
    pub at: Pointer,
    /// What changes in the recorded reply: the errors are there, and nothing else is.
    pub edits: Vec<Edit>,
}

impl Refusal {
    /// The refusal that an interaction has room for, if it is a single mutation that went well.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::analysis::Refusal;
    /// use checkagent_cassette::{Body, Content, HttpReply, HttpRequest, Reply, Request};
    ///
    /// let body = Body::from_bytes(br#"{"query": "mutation { itemUpdate(n: 1) { item { id } userErrors { message } } }"}"#);
    /// let request = Request::Http(HttpRequest { method: "POST".into(), target: "/graphql".into(), body, ..Default::default() });
    /// let body = Body::from_bytes(br#"{"data":{"itemUpdate":{"item":{"id":"1"},"userErrors":[]}}}"#);
    /// let reply = Reply::Http(HttpReply { status: 200, content: Content::Whole(body), ..Default::default() });
    ///
    /// let refusal = Refusal::between(&request, &reply).unwrap();
    /// assert_eq!(refusal.at.to_string(), "/data/itemUpdate/userErrors");
    /// assert!(reply.edited(&refusal.edits).json().unwrap()["data"]["itemUpdate"]["item"].is_null());
    /// ```
    #[must_use]
    pub fn between(request: &Request, reply: &Reply) -> Option<Self> {
        Self::read(&request.json()?, || reply.json().map(Cow::Owned))
    }

    /// As [`Refusal::between`], for the JSON documents of the two. That of the reply is asked for only if the request is
    /// an operation of GraphQL.
    #[must_use]
    pub fn read<'m>(request: &Value, answered: impl FnOnce() -> Option<Cow<'m, Value>>) -> Option<Self> {
        let operation = operation(request.get("query")?.as_str()?, &request["variables"])?;
        let [field] = operation.fields.as_slice() else { return None };
        let reply = answered()?;
        let alias = field["alias"].as_str().filter(|_| !operation.reads)?;
        let payload = reply["data"][alias].as_object()?;
        let (name, errors) = room(payload, field["selection"].as_str()?)?;
        let at = Pointer::root().key("data").key(alias);
        let results = payload.keys().filter(|result| *result != name);
        let mut edits: Vec<_> = results.map(|name| Edit::Set { at: at.key(name), value: Value::Null }).collect();
        edits.push(Edit::Set { at: at.key(name), value: errors });
        Some(Self { at: at.key(name), edits })
    }

    /// As [`Refusal::between`], for a recorded interaction.
    #[must_use]
    pub fn of(interaction: &Interaction) -> Option<Self> {
        if interaction.asks_a_model() { None } else { Self::between(&interaction.request, &interaction.reply) }
    }
}

/// The payload of a mutation that was refused; `None` where it has no room for errors.
pub(super) fn refused(payload: &Value, selection: &str) -> Option<Value> {
    let members = payload.as_object()?;
    let (name, errors) = room(members, selection)?;
    let mut refused: Map<String, Value> = members.keys().map(|name| (name.clone(), Value::Null)).collect();
    refused.insert(name.to_owned(), errors);
    Some(refused.into())
}

/// Whether a payload has errors.
pub(super) fn has_errors(payload: &Value) -> bool {
    ["userErrors", "errors"].iter().any(|name| payload[name].as_array().is_some_and(|errors| !errors.is_empty()))
}

/// The list of errors that is empty so far, and what stands in it then.
fn room(payload: &Map<String, Value>, selection: &str) -> Option<(&'static str, Value)> {
    let empty = |name: &str| payload.get(name).and_then(Value::as_array).is_some_and(Vec::is_empty);
    let message = "the value is not valid";
    if empty("userErrors") {
        let (_, wanted) = selection.split_once("userErrors")?;
        let wanted = wanted.split_once('}').map_or(wanted, |(wanted, _)| wanted);
        let mut error = json!({});
        for (name, value) in [("message", json!(message)), ("field", json!(["input"]))] {
            if wanted.split(|c: char| !c.is_alphanumeric()).any(|word| word == name) {
                error[name] = value;
            }
        }
        return Some(("userErrors", json!([error])));
    }
    // Errors that are objects have members which only the schema tells.
    let words: Vec<_> = selection.split_whitespace().collect();
    let plain = words.windows(2).any(|pair| pair[0] == "errors" && pair[1] != "{");
    (empty("errors") && plain).then(|| ("errors", json!([message])))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{reply, request};
    use super::*;

    fn refusal(query: &str, answered: &str) -> Option<String> {
        let reply = reply(answered);
        let refusal = Refusal::between(&request(&json!({"query": query}).to_string()), &reply)?;
        reply.edited(&refusal.edits).json().map(|reply| reply.to_string())
    }

    #[test]
    fn errors_have_the_members_that_were_asked_for() {
        let user_errors = "mutation { a(n: 1) { item { id } userErrors { field message } } }";
        assert_eq!(
            refusal(user_errors, r#"{"data":{"a":{"item":{"id":1},"userErrors":[]}}}"#).unwrap(),
            r#"{"data":{"a":{"item":null,"userErrors":[{"field":["input"],"message":"the value is not valid"}]}}}"#
        );
        let errors = "mutation { a(n: 1) { item { id } errors } }";
        assert_eq!(
            refusal(errors, r#"{"data":{"a":{"item":{"id":1},"errors":[]}}}"#).unwrap(),
            r#"{"data":{"a":{"errors":["the value is not valid"],"item":null}}}"#
        );
    }

    #[test]
    fn queries_and_payloads_without_room_have_no_refusal() {
        let payload = r#"{"data":{"a":{"item":{"id":1},"errors":[]}}}"#;
        assert_eq!(refusal("query { a(n: 1) { item { id } errors } }", payload), None);
        assert_eq!(refusal("mutation { a(n: 1) { item { id } errors { code } } }", payload), None);
        assert_eq!(refusal("mutation { a(n: 1) { item { id } } }", r#"{"data":{"a":{"item":{"id":1}}}}"#), None);
        let refused = r#"{"data":{"a":{"item":null,"errors":["no"]}}}"#;
        assert_eq!(refusal("mutation { a(n: 1) { item { id } errors } }", refused), None);
    }
}
