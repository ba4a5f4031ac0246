//! Batches of `HubSpot`'s object APIs: 207, results without the failed ones, and errors that name them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::draft::{Draft, Line};
use super::message::{Exchange, Message};
use super::style::{Entry, Fate, Found, Item, ItemFailure, Style, objects};
use crate::format::Reply;
use crate::json::Pointer;

const TRACE: &str = "objectWriteTraceId";

/// The forms are those of `BatchResponseSimplePublicObjectWithErrors` in `HubSpot`'s public API specification and of its
/// page on error handling: a create without `objectWriteTraceId` is all or nothing, so it is no batch here.
#[derive(Debug)]
struct Hubspot {
    reads: bool,
}

pub(super) fn find(exchange: &Exchange<'_>) -> Option<Found> {
    let (request, reply) = exchange.json()?;
    let inputs = objects(request.get("inputs")?)?;
    let results = reply.get("results")?.as_array()?;
    let named = |input: &Value| input.get(TRACE).is_some() || input["id"].is_string();
    if !reply["status"].is_string() || !inputs.iter().all(named) {
        return None;
    }
    let same = |input: &Value, result: &Value| {
        let by = |name: &str| input.get(name).is_some_and(|value| result.get(name) == Some(value));
        by(TRACE) || by("id")
    };
    let items = inputs.iter().enumerate().map(|(index, input)| {
        let named = results.iter().position(|result| same(input, result));
        // An upsert by another property has results with ids of their own.
        let place = named.or((results.len() == inputs.len()).then_some(index));
        let answered = place.and_then(|place| results.get(place)).cloned().unwrap_or_default();
        Item { asked: input.clone(), answered, done: place.is_some(), place }
    });
    let items = items.collect();
    let reads = inputs.iter().all(|input| input.as_object().is_some_and(|input| input.len() == 1));
    Some((Arc::new(Hubspot { reads }), items))
}

impl Style for Hubspot {
    fn source(&self) -> &'static str {
        "HubSpot object batches (HubSpot-public-api-spec-collection)"
    }

    fn place(&self) -> Pointer {
        Pointer::root().key("results")
    }

    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>> {
        request.json()?.get("inputs")?.as_array().cloned()
    }

    fn essence(&self, asked: &Value) -> Value {
        let mut asked = asked.clone();
        if let Some(members) = asked.as_object_mut() {
            members.remove(TRACE);
        }
        asked
    }

    /// What names its object is updated or found.
    fn is_idempotent(&self, asked: &Value) -> bool {
        asked.get("id").is_some()
    }

    fn allows(&self, failure: ItemFailure) -> bool {
        failure == ItemFailure::Permanent
    }

    fn order_is_free(&self) -> bool {
        true
    }

    fn is_read(&self) -> bool {
        self.reads
    }

    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply {
        let done = entries.iter().filter(|entry| entry.fate == Fate::AsRecorded && entry.model.done);
        let done: Vec<Line> = done.map(|entry| entry.line(entry.answered_as(TRACE))).collect();
        let errors: Vec<Value> = entries.iter().filter(|entry| entry.fate != Fate::AsRecorded).map(error).collect();
        let reply = Draft::of(reply, |draft| {
            draft.list(&self.place(), done);
            if !errors.is_empty() {
                draft.put("numErrors", &errors.len().into());
                draft.put("errors", &errors.clone().into());
            }
        });
        match reply {
            Reply::Http(mut http) if !errors.is_empty() => {
                http.status = 207;
                Reply::Http(http)
            }
            other => other,
        }
    }
}

fn error(entry: &Entry<'_>) -> Value {
    let (context, category, message) = match (entry.asked.get(TRACE), entry.asked.get("id")) {
        (None, Some(id)) => (json!({"ids": [id]}), "OBJECT_NOT_FOUND", "Could not get some objects."),
        (trace, _) => (json!({TRACE: [trace]}), "VALIDATION_ERROR", "Property values were not valid."),
    };
    json!({"status": "error", "category": category, "message": message, "context": context})
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Known, source};
    use super::*;

    #[test]
    fn objects_that_are_not_found_are_named_in_the_errors_of_a_207() {
        let asked = r#"{"properties":["email"],"inputs":[{"id":"1"},{"id":"2"},{"id":"3"}]}"#;
        let answered = r#"{"status":"COMPLETE","results":[{"id":"3","properties":{}},{"id":"1","properties":{}},{"id":"2","properties":{}}]}"#;
        let known = Known::between(asked, answered);
        assert!(known.batch.is_read());
        let reply = known.batch.reply_with_failures(&known.reply, &[0], ItemFailure::Permanent);
        assert!(matches!(&reply, Reply::Http(http) if http.status == 207));
        let bent = reply.json().unwrap();
        assert_eq!((&bent["status"], &bent["numErrors"]), (&json!("COMPLETE"), &json!(1)));
        let ids: Vec<_> = bent["results"].as_array().unwrap().iter().map(|result| &result["id"]).collect();
        assert_eq!(ids, ["3", "2"]);
        assert_eq!(bent["errors"][0]["context"], json!({"ids": ["1"]}));
    }

    #[test]
    fn created_objects_are_known_by_their_trace() {
        let asked = r#"{"inputs":[{"objectWriteTraceId":"a","properties":{"n":"1"}},{"objectWriteTraceId":"b","properties":{"n":"2"}}]}"#;
        let answered = r#"{"status":"COMPLETE","results":[{"id":"12","objectWriteTraceId":"b"},{"id":"11","objectWriteTraceId":"a"}]}"#;
        let known = Known::between(asked, answered);
        assert!(!known.batch.is_read() && !known.batch.is_idempotent(0));
        let bent = known.failing(&[1], ItemFailure::Permanent);
        assert_eq!(bent["results"], json!([{"id": "11", "objectWriteTraceId": "a"}]));
        assert_eq!(bent["errors"][0]["context"], json!({"objectWriteTraceId": ["b"]}));
        let (items, reply) = known.retried(r#"{"inputs":[{"objectWriteTraceId":"z","properties":{"n":"2"}}]}"#);
        assert_eq!((items, &reply["results"][0]["objectWriteTraceId"]), (vec![1], &json!("z")));
    }

    #[test]
    fn a_create_without_traces_is_no_batch() {
        let answered = r#"{"status":"COMPLETE","results":[{"id":"11"},{"id":"12"}]}"#;
        assert!(source(r#"{"inputs":[{"properties":{}},{"properties":{}}]}"#, answered).is_none());
    }
}
