//! sObject collections of Salesforce: records in, a list of results out.

use std::sync::Arc;

use serde_json::{Value, json};

use super::draft::{Draft, Line};
use super::message::{Exchange, Message};
use super::style::{Entry, Fate, Found, Item, ItemFailure, Style, all_others, objects};
use crate::format::Reply;
use crate::json::Pointer;

/// The forms are those that simple-salesforce users and connectors quote: `statusCode` in an item's errors, where
/// Salesforce says `errorCode` elsewhere.
#[derive(Debug)]
struct Collections {
    all_or_none: bool,
}

pub(super) fn find(exchange: &Exchange<'_>) -> Option<Found> {
    let (request, reply) = exchange.json()?;
    let style = Collections { all_or_none: request["allOrNone"] == true };
    let asked = style.asked(&exchange.request)?;
    let answered = objects(reply).filter(|answered| answered.len() == asked.len())?;
    if !answered.iter().all(|answer| answer["success"].is_boolean()) {
        return None;
    }
    let pairs = asked.iter().zip(answered).enumerate();
    let items = pairs.map(|(place, (asked, answer))| Item::at(place, asked, answer, answer["success"] == true));
    let items = items.collect();
    Some((Arc::new(style), items))
}

impl Style for Collections {
    fn source(&self) -> &'static str {
        "Salesforce sObject collections (REST guide)"
    }

    fn place(&self) -> Pointer {
        Pointer::root()
    }

    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>> {
        let records = request.json()?.get("records")?.as_array()?;
        records.iter().all(Value::is_object).then(|| records.clone())
    }

    /// A record with an id is updated.
    fn is_idempotent(&self, asked: &Value) -> bool {
        ["id", "Id"].iter().any(|name| asked.get(name).is_some())
    }

    fn allows(&self, _failure: ItemFailure) -> bool {
        true
    }

    fn dragged(&self, asked: &[&Value], failed: &[usize]) -> Vec<usize> {
        if self.all_or_none { all_others(asked.len(), failed) } else { Vec::new() }
    }

    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply {
        let lines: Vec<Line> = entries.iter().map(|entry| entry.line(result(entry))).collect();
        Draft::of(reply, |draft| draft.list(&self.place(), lines))
    }
}

fn result(entry: &Entry<'_>) -> Value {
    let (code, message) = match entry.fate {
        Fate::AsRecorded => return entry.answered.clone(),
        Fate::Failed(ItemFailure::Retryable) => ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access"),
        Fate::Failed(ItemFailure::Permanent) => ("REQUIRED_FIELD_MISSING", "Required fields are missing"),
        Fate::Dragged => ("ALL_OR_NONE_OPERATION_ROLLED_BACK", "Record rolled back: not all records were valid"),
    };
    json!({"success": false, "errors": [{"statusCode": code, "message": message, "fields": []}]})
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Known, source};
    use super::*;

    const ANSWERED: &str = r#"[{"id":"001","success":true,"errors":[]},{"id":"002","success":true,"errors":[]}]"#;

    #[test]
    fn records_fail_alone_or_all_together() {
        let alone = Known::between(r#"{"allOrNone":false,"records":[{"Name":"a"},{"Name":"b"}]}"#, ANSWERED);
        let bent = alone.failing(&[1], ItemFailure::Retryable);
        assert_eq!(bent[0], json!({"id": "001", "success": true, "errors": []}));
        assert_eq!(bent[1]["errors"][0]["statusCode"], "UNABLE_TO_LOCK_ROW");
        let (items, reply) = alone.retried(r#"{"records":[{"Name":"b"}]}"#);
        assert_eq!((items, &reply[0]["id"]), (vec![1], &json!("002")));

        let together = Known::between(r#"{"allOrNone":true,"records":[{"Name":"a"},{"Name":"b"}]}"#, ANSWERED);
        assert_eq!(together.batch.not_done(&[1]), [0, 1]);
        let bent = together.failing(&[1], ItemFailure::Permanent);
        assert_eq!(bent[0]["errors"][0]["statusCode"], "ALL_OR_NONE_OPERATION_ROLLED_BACK");
    }

    #[test]
    fn records_that_a_query_found_are_no_batch() {
        assert!(source(r#"{"records":[{"Id":"1"},{"Id":"2"}]}"#, r#"[{"Id":"1"},{"Id":"2"}]"#).is_none());
    }
}
