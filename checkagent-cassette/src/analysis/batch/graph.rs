//! `$batch` of Microsoft Graph: requests with ids, answered in any order.

use std::sync::Arc;

use serde_json::{Value, json};

use super::draft::{Draft, Line};
use super::message::{Exchange, Message};
use super::style::{Entry, Fate, Found, Item, ItemFailure, Style, dependents, is_idempotent_method, objects};
use crate::format::Reply;
use crate::json::Pointer;

/// The forms are those of Graph's documentation of JSON batching: 424 for what depends on a request that failed.
#[derive(Debug)]
struct Graph;

pub(super) fn find(exchange: &Exchange<'_>) -> Option<Found> {
    let (_, reply) = exchange.json()?;
    let asked = Graph.asked(&exchange.request).filter(|asked| asked.len() >= 2)?;
    let responses = objects(reply.get("responses")?).filter(|responses| responses.len() == asked.len())?;
    let items = asked.iter().map(|asked| {
        let place = responses.iter().position(|response| response["id"] == asked["id"])?;
        let status = responses[place]["status"].as_u64()?;
        Some(Item::at(place, asked, &responses[place], status < 400))
    });
    let items = items.collect::<Option<Vec<_>>>()?;
    Some((Arc::new(Graph), items))
}

impl Style for Graph {
    fn source(&self) -> &'static str {
        "Microsoft Graph $batch (concepts/json-batching)"
    }

    fn place(&self) -> Pointer {
        Pointer::root().key("responses")
    }

    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>> {
        let requests = request.json()?.get("requests")?.as_array()?;
        let known = |item: &Value| item["id"].is_string() && item["method"].is_string() && item["url"].is_string();
        requests.iter().all(known).then(|| requests.clone())
    }

    fn essence(&self, asked: &Value) -> Value {
        let mut asked = asked.clone();
        if let Some(members) = asked.as_object_mut() {
            members.remove("id");
            members.remove("dependsOn");
        }
        asked
    }

    fn is_idempotent(&self, asked: &Value) -> bool {
        is_idempotent_method(asked)
    }

    fn allows(&self, _failure: ItemFailure) -> bool {
        true
    }

    fn order_is_free(&self) -> bool {
        true
    }

    fn dragged(&self, asked: &[&Value], failed: &[usize]) -> Vec<usize> {
        dependents(asked.len(), failed, |item, cause| {
            asked[item]["dependsOn"].as_array().is_some_and(|ids| ids.contains(&asked[cause]["id"]))
        })
    }

    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply {
        let lines: Vec<Line> = entries.iter().map(|entry| entry.line(response(entry))).collect();
        Draft::of(reply, |draft| draft.list(&self.place(), lines))
    }
}

fn response(entry: &Entry<'_>) -> Value {
    let (status, code, message) = match entry.fate {
        Fate::AsRecorded => return entry.answered_as("id"),
        Fate::Failed(ItemFailure::Retryable) => (429, "TooManyRequests", "Too many requests, retry later."),
        Fate::Failed(ItemFailure::Permanent) => (400, "BadRequest", "The request is not valid."),
        Fate::Dragged => (424, "FailedDependency", "A request that this one depends on failed."),
    };
    let headers = if status == 429 { json!({"Retry-After": "10"}) } else { json!({}) };
    let body = json!({"error": {"code": code, "message": message}});
    json!({"id": entry.asked["id"], "status": status, "headers": headers, "body": body})
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Known, source};
    use super::*;

    const ASKED: &str = r#"{"requests":[
        {"id":"1","method":"POST","url":"/me/events","body":{"s":"a"}},
        {"id":"2","method":"PUT","url":"/me/x","dependsOn":["1"]},
        {"id":"3","method":"POST","url":"/me/events","body":{"s":"c"}}]}"#;
    const ANSWERED: &str = r#"{"responses":[
        {"id":"3","status":201,"body":{"id":"e3"}},{"id":"1","status":201,"body":{"id":"e1"}},{"id":"2","status":204}]}"#;

    fn ids(reply: &Value) -> Vec<(&str, u64)> {
        let responses = reply["responses"].as_array().unwrap().iter();
        responses.map(|response| (response["id"].as_str().unwrap(), response["status"].as_u64().unwrap())).collect()
    }

    #[test]
    fn answers_are_found_by_id_and_come_in_another_order() {
        let known = Known::between(ASKED, ANSWERED);
        assert_eq!(known.batch.items()[2].answered["body"]["id"], "e3");
        let bent = known.failing(&[2], ItemFailure::Retryable);
        assert_eq!(ids(&bent), [("3", 429), ("2", 204), ("1", 201)]);
        assert_eq!(bent["responses"][0]["headers"]["Retry-After"], "10");
    }

    #[test]
    fn what_depends_on_a_failed_request_fails_too_and_may_be_listed_before_it() {
        let known = Known::between(ASKED, ANSWERED);
        assert_eq!(known.batch.not_done(&[0]), [0, 1]);
        assert_eq!(ids(&known.failing(&[0], ItemFailure::Permanent)), [("3", 201), ("2", 424), ("1", 400)]);
    }

    #[test]
    fn a_retry_has_ids_of_its_own() {
        let known = Known::between(ASKED, ANSWERED);
        let (items, reply) = known.retried(r#"{"requests":[{"id":"x","method":"PUT","url":"/me/x"}]}"#);
        assert_eq!((items, ids(&reply)), (vec![1], vec![("x", 204)]));
    }

    #[test]
    fn responses_to_other_ids_are_no_batch() {
        let other = r#"{"responses":[{"id":"7"},{"id":"8"},{"id":"9"}]}"#;
        assert!(source(ASKED, other).is_none());
    }
}
