//! Composite requests of Salesforce: requests that may refer to one another, together or each by itself.

use std::sync::Arc;

use serde_json::{Value, json};

use super::draft::{Draft, Line};
use super::message::{Exchange, Message};
use super::style::{
    Entry, Fate, Found, Item, ItemFailure, Style, all_others, dependents, is_idempotent_method, objects,
};
use crate::format::Reply;
use crate::json::Pointer;

/// The forms are those of Salesforce's REST guide: what is not done because of another request says
/// `PROCESSING_HALTED`.
#[derive(Debug)]
struct Composite {
    all_or_none: bool,
}

pub(super) fn find(exchange: &Exchange<'_>) -> Option<Found> {
    let (request, reply) = exchange.json()?;
    let style = Composite { all_or_none: request["allOrNone"] == true };
    let asked = style.asked(&exchange.request)?;
    let answered = objects(reply.get("compositeResponse")?).filter(|answered| answered.len() == asked.len())?;
    if !answered.iter().all(|answer| answer["httpStatusCode"].is_u64()) {
        return None;
    }
    let done = |answer: &Value| answer["httpStatusCode"].as_u64().is_some_and(|status| status < 400);
    let pairs = asked.iter().zip(answered).enumerate();
    let items = pairs.map(|(place, (asked, answered))| Item::at(place, asked, answered, done(answered))).collect();
    Some((Arc::new(style), items))
}

impl Style for Composite {
    fn source(&self) -> &'static str {
        "Salesforce composite (REST guide)"
    }

    fn place(&self) -> Pointer {
        Pointer::root().key("compositeResponse")
    }

    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>> {
        let requests = request.json()?.get("compositeRequest")?.as_array()?;
        requests.iter().all(|item| item["referenceId"].is_string()).then(|| requests.clone())
    }

    fn essence(&self, asked: &Value) -> Value {
        let mut asked = asked.clone();
        if let Some(members) = asked.as_object_mut() {
            members.remove("referenceId");
        }
        asked
    }

    fn is_idempotent(&self, asked: &Value) -> bool {
        is_idempotent_method(asked)
    }

    fn allows(&self, _failure: ItemFailure) -> bool {
        true
    }

    fn dragged(&self, asked: &[&Value], failed: &[usize]) -> Vec<usize> {
        if self.all_or_none {
            return all_others(asked.len(), failed);
        }
        let texts: Vec<_> = asked.iter().map(ToString::to_string).collect();
        dependents(asked.len(), failed, |item, cause| {
            let name = asked[cause]["referenceId"].as_str().unwrap_or_default();
            item != cause && [".", "["].iter().any(|end| texts[item].contains(&format!("@{{{name}{end}")))
        })
    }

    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply {
        let lines: Vec<Line> = entries.iter().map(|entry| entry.line(self.response(entry))).collect();
        Draft::of(reply, |draft| draft.list(&self.place(), lines))
    }
}

impl Composite {
    fn response(&self, entry: &Entry<'_>) -> Value {
        let (code, message) = match entry.fate {
            Fate::AsRecorded => return entry.answered_as("referenceId"),
            Fate::Failed(ItemFailure::Retryable) => ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access"),
            Fate::Failed(ItemFailure::Permanent) => ("REQUIRED_FIELD_MISSING", "Required fields are missing"),
            Fate::Dragged if self.all_or_none => ("PROCESSING_HALTED", "The transaction was rolled back."),
            Fate::Dragged => ("PROCESSING_HALTED", "Invalid reference specified."),
        };
        let body = json!([{"errorCode": code, "message": message}]);
        json!({"body": body, "httpHeaders": {}, "httpStatusCode": 400, "referenceId": entry.asked["referenceId"]})
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Known, source};
    use super::*;

    const ANSWERED: &str = r#"{"compositeResponse":[
        {"body":{"id":"001","success":true},"httpHeaders":{},"httpStatusCode":201,"referenceId":"acc"},
        {"body":{"id":"003","success":true},"httpHeaders":{},"httpStatusCode":201,"referenceId":"con"},
        {"body":null,"httpHeaders":{},"httpStatusCode":204,"referenceId":"upd"}]}"#;

    fn asked(all_or_none: bool) -> String {
        let requests = [
            json!({"method": "POST", "url": "/sobjects/Account", "referenceId": "acc", "body": {"Name": "n"}}),
            json!({"method": "POST", "url": "/sobjects/Contact", "referenceId": "con", "body": {"AccountId": "@{acc.id}"}}),
            json!({"method": "PATCH", "url": "/sobjects/Case/5", "referenceId": "upd", "body": {"x": 1}}),
        ];
        json!({"allOrNone": all_or_none, "compositeRequest": requests}).to_string()
    }

    fn codes(reply: &Value) -> Vec<Value> {
        let responses = reply["compositeResponse"].as_array().unwrap().iter();
        responses.map(|response| response["body"][0]["errorCode"].clone()).collect()
    }

    #[test]
    fn what_refers_to_a_failed_request_is_halted() {
        let known = Known::between(&asked(false), ANSWERED);
        assert_eq!((known.batch.not_done(&[0]), known.batch.not_done(&[2])), (vec![0, 1], vec![2]));
        let bent = known.failing(&[0], ItemFailure::Permanent);
        assert_eq!(codes(&bent), [json!("REQUIRED_FIELD_MISSING"), json!("PROCESSING_HALTED"), Value::Null]);
    }

    #[test]
    fn all_or_none_halts_those_before_it_too() {
        let known = Known::between(&asked(true), ANSWERED);
        assert_eq!(known.batch.not_done(&[2]), [0, 1, 2]);
        let halted = json!("PROCESSING_HALTED");
        let bent = known.failing(&[2], ItemFailure::Retryable);
        assert_eq!(codes(&bent), [halted.clone(), halted, json!("UNABLE_TO_LOCK_ROW")]);
    }

    #[test]
    fn subrequests_without_a_status_are_no_batch() {
        assert!(source(&asked(false), r#"{"compositeResponse":[{"id":1},{"id":2},{"id":3}]}"#).is_none());
    }
}
