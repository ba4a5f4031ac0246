//! Several fields in one GraphQL document: the failed one is `null`, and an error names it.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::graphql_operation::operation;
use super::graphql_payload::{has_errors, refused};
use super::message::{Exchange, Message};
use super::style::{Entry, Fate, Found, Item, ItemFailure, Style};
use crate::format::Reply;
use crate::json::{Edit, Pointer};

/// The forms are those of the GraphQL specification (`errors` with a `path`), the codes those of Apollo Server and of
/// Shopify (`THROTTLED`, and `userErrors` in a payload that asks for them).
#[derive(Debug)]
struct Fields {
    /// A query, not a mutation.
    reads: bool,
}

pub(super) fn find(exchange: &Exchange<'_>) -> Option<Found> {
    let (request, reply) = exchange.json()?;
    let data = reply.get("data")?.as_object().filter(|data| data.len() >= 2)?;
    let operation = operation(request.get("query")?.as_str()?, &request["variables"])?;
    let asked = Some(operation.fields).filter(|asked| asked.len() == data.len())?;
    let errors = reply["errors"].as_array().map_or(&[][..], Vec::as_slice);
    let items = asked.into_iter().map(|asked| {
        let answered = data.get(asked["alias"].as_str()?)?.clone();
        let refused = has_errors(&answered);
        let named = errors.iter().any(|error| error["path"][0] == asked["alias"]);
        Some(Item { done: !answered.is_null() && !refused && !named, asked, answered, place: None })
    });
    let items = items.collect::<Option<Vec<_>>>()?;
    Some((Arc::new(Fields { reads: operation.reads }), items))
}

impl Style for Fields {
    fn source(&self) -> &'static str {
        "GraphQL errors with a path (GraphQL specification, Apollo Server, Shopify)"
    }

    fn place(&self) -> Pointer {
        Pointer::root().key("data")
    }

    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>> {
        let request = request.json()?;
        let operation = operation(request.get("query")?.as_str()?, &request["variables"])?;
        (operation.reads == self.reads).then_some(operation.fields)
    }

    fn essence(&self, asked: &Value) -> Value {
        let mut asked = asked.clone();
        if let Some(members) = asked.as_object_mut() {
            members.remove("alias");
        }
        asked
    }

    fn is_idempotent(&self, _asked: &Value) -> bool {
        self.reads
    }

    fn allows(&self, failure: ItemFailure) -> bool {
        failure == ItemFailure::Retryable || !self.reads
    }

    fn is_read(&self) -> bool {
        self.reads
    }

    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply {
        let alias = |entry: &Entry<'_>| entry.asked["alias"].as_str().unwrap_or_default().to_owned();
        let untouched = entries.iter().all(|entry| entry.answered == &entry.model.answered);
        let same_names = entries.iter().all(|entry| entry.asked["alias"] == entry.model.asked["alias"]);
        let all =
            reply.json().is_some_and(|reply| reply["data"].as_object().is_some_and(|data| data.len() == entries.len()));
        let errors: Vec<Value> = entries.iter().filter_map(error).collect();
        let edits: Vec<Edit> = if untouched && same_names && all {
            let changed = entries.iter().filter(|entry| entry.fate != Fate::AsRecorded);
            changed.map(|entry| Edit::Set { at: self.place().key(&alias(entry)), value: result(entry) }).collect()
        } else {
            let data: Map<String, Value> = entries.iter().map(|entry| (alias(entry), result(entry))).collect();
            vec![Edit::Set { at: self.place(), value: data.into() }]
        };
        Draft::of(reply, |draft| {
            draft.edit(&edits);
            if errors.is_empty() {
                draft.edit(&[Edit::Remove { at: Pointer::root().key("errors") }]);
            } else {
                draft.put("errors", &errors.into());
            }
        })
    }
}

/// What the payload says of a refusal, if it has room for one.
fn in_payload(entry: &Entry<'_>) -> Option<Value> {
    let wanted = entry.asked["selection"].as_str().filter(|_| entry.fate == Fate::Failed(ItemFailure::Permanent))?;
    refused(entry.answered, wanted)
}

fn result(entry: &Entry<'_>) -> Value {
    match entry.fate {
        Fate::AsRecorded => entry.answered.clone(),
        Fate::Failed(_) | Fate::Dragged => in_payload(entry).unwrap_or_default(),
    }
}

fn error(entry: &Entry<'_>) -> Option<Value> {
    let alias = &entry.asked["alias"];
    let (message, code) = match entry.fate {
        _ if in_payload(entry).is_some() => return None,
        Fate::AsRecorded if entry.model.done || !entry.answered.is_null() => return None,
        Fate::AsRecorded => ("the field failed", "INTERNAL_SERVER_ERROR"),
        Fate::Failed(ItemFailure::Permanent) => ("the value is not valid", "BAD_USER_INPUT"),
        Fate::Failed(ItemFailure::Retryable) | Fate::Dragged => ("Throttled", "THROTTLED"),
    };
    Some(json!({"message": message, "path": [alias], "extensions": {"code": code}}))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Known, source};
    use super::*;

    const QUERY: &str = "mutation($x: In!, $y: In!) { a: make(input: $x) { id } b: make(input: $y) { id } }";

    fn asked() -> String {
        json!({"query": QUERY, "variables": {"x": {"n": 1}, "y": {"n": 2}}}).to_string()
    }

    #[test]
    fn the_failed_field_is_null_and_an_error_has_its_path() {
        let known = Known::between(&asked(), r#"{"data":{"b":{"id":"2"},"a":{"id":"1"}}}"#);
        let bent = known.failing(&[1], ItemFailure::Retryable);
        assert_eq!(bent["data"], json!({"a": {"id": "1"}, "b": null}));
        assert_eq!(bent["errors"][0]["path"], json!(["b"]));
        assert_eq!(bent["errors"][0]["extensions"]["code"], "THROTTLED");
        assert!(known.failing(&[], ItemFailure::Retryable).get("errors").is_none());
    }

    #[test]
    fn a_retry_may_have_another_alias_and_other_variables() {
        let known = Known::between(&asked(), r#"{"data":{"a":{"id":"1"},"b":{"id":"2"}}}"#);
        let retry =
            json!({"query": "mutation R($v: In!) { again: make(input: $v) { id } }", "variables": {"v": {"n": 2}}});
        assert_eq!(known.retried(&retry.to_string()), (vec![1], json!({"data": {"again": {"id": "2"}}})));
    }

    #[test]
    fn a_payload_with_user_errors_tells_its_refusals_there() {
        let query = "mutation { a: make(n: 1) { item { id } userErrors { field message } } b: make(n: 2) { item { id } userErrors { field message } } }";
        let payload = r#"{"item":{"id":"1"},"userErrors":[]}"#;
        let known = Known::between(
            &json!({"query": query}).to_string(),
            &format!(r#"{{"data":{{"a":{payload},"b":{payload}}}}}"#),
        );
        let bent = known.failing(&[0], ItemFailure::Permanent);
        assert_eq!(bent["data"]["a"]["item"], Value::Null);
        assert_eq!(bent["data"]["a"]["userErrors"][0]["field"], json!(["input"]));
        assert!(bent.get("errors").is_none());
    }

    #[test]
    fn a_query_only_reads_and_a_single_mutation_is_no_batch() {
        let read = json!({"query": "query { a: item(n: 1) { id } b: item(n: 2) { id } }"}).to_string();
        let known = Known::between(&read, r#"{"data":{"a":{"id":"1"},"b":{"id":"2"}}}"#);
        assert!(known.batch.is_read() && known.batch.is_idempotent(0) && !known.batch.allows(ItemFailure::Permanent));
        let single = json!({"query": "mutation { a: make(n: 1) { id } }"}).to_string();
        assert!(source(&single, r#"{"data":{"a":{"id":"1"}}}"#).is_none());
    }
}
