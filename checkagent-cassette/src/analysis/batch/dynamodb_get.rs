//! `BatchGetItem` of DynamoDB: keys that were not read come back, keys that do not exist are absent.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::draft::{Draft, Line};
use super::message::{Exchange, Message};
use super::style::{Entry, Fate, Found, Item, ItemFailure, Style};
use crate::format::Reply;
use crate::json::Pointer;

const UNPROCESSED: &str = "UnprocessedKeys";

/// The forms are those of botocore's model of DynamoDB.
#[derive(Debug)]
struct BatchGet {
    /// What was asked of each table beside its keys: the projection, whether the read is consistent.
    tables: Map<String, Value>,
}

pub(super) fn find(exchange: &Exchange<'_>) -> Option<Found> {
    let (request, reply) = exchange.json()?;
    let mut tables = request.get("RequestItems")?.as_object()?.clone();
    let style = |tables| BatchGet { tables };
    let asked = style(Map::new()).asked(&exchange.request).filter(|asked| asked.len() >= 2)?;
    let responses = reply.get("Responses")?.as_object()?;
    for table in tables.values_mut() {
        table.as_object_mut()?.remove("Keys");
    }
    let items = asked.into_iter().map(|asked| {
        let found = asked["table"].as_str().and_then(|table| responses.get(table)).and_then(Value::as_array);
        let found = found.and_then(|items| items.iter().enumerate().find(|(_, item)| has_key(item, &asked["key"])));
        let place = found.map(|(place, _)| place);
        Item { place, done: place.is_some(), answered: found.map(|(_, item)| item.clone()).unwrap_or_default(), asked }
    });
    let items: Vec<_> = items.collect();
    Some((Arc::new(style(tables)), items))
}

fn has_key(item: &Value, key: &Value) -> bool {
    key.as_object().is_some_and(|key| !key.is_empty() && key.iter().all(|(name, value)| item.get(name) == Some(value)))
}

impl Style for BatchGet {
    fn source(&self) -> &'static str {
        "DynamoDB BatchGetItem (botocore)"
    }

    fn place(&self) -> Pointer {
        Pointer::root().key("Responses")
    }

    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>> {
        let mut asked = Vec::new();
        for (table, wanted) in request.json()?.get("RequestItems")?.as_object()? {
            let keys = wanted.get("Keys")?.as_array()?;
            asked.extend(keys.iter().map(|key| json!({"table": table, "key": key})));
        }
        Some(asked)
    }

    fn is_idempotent(&self, _asked: &Value) -> bool {
        true
    }

    fn allows(&self, _failure: ItemFailure) -> bool {
        true
    }

    fn order_is_free(&self) -> bool {
        true
    }

    fn is_read(&self) -> bool {
        true
    }

    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply {
        let mut unprocessed = Map::new();
        for entry in entries.iter().filter(|entry| entry.fate == Fate::Failed(ItemFailure::Retryable)) {
            let name = entry.asked["table"].as_str().unwrap_or_default();
            let table = unprocessed.entry(name).or_insert_with(|| {
                let mut table = self.tables.get(name).cloned().unwrap_or_else(|| json!({}));
                table["Keys"] = json!([]);
                table
            });
            if let Some(keys) = table["Keys"].as_array_mut() {
                keys.push(entry.asked["key"].clone());
            }
        }
        Draft::of(reply, |draft| {
            for table in self.tables.keys() {
                let of_table = |entry: &&Entry<'_>| entry.asked["table"] == table.as_str();
                let found = |entry: &&Entry<'_>| entry.fate == Fate::AsRecorded && entry.model.place.is_some();
                let lines = entries.iter().filter(of_table).filter(found);
                let lines: Vec<Line> = lines.map(|entry| entry.line(entry.answered.clone())).collect();
                draft.list(&self.place().key(table), lines);
            }
            draft.put(UNPROCESSED, &unprocessed.into());
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Known, source};
    use super::*;

    const ASKED: &str = r#"{"RequestItems":{"Orders":{"ConsistentRead":true,"Keys":[
        {"pk":{"S":"1"}},{"pk":{"S":"2"}},{"pk":{"S":"3"}}]}}}"#;
    const ANSWERED: &str = r#"{"Responses":{"Orders":[{"pk":{"S":"3"},"n":{"N":"7"}},{"pk":{"S":"1"},"n":{"N":"5"}}]},"UnprocessedKeys":{}}"#;

    #[test]
    fn a_key_that_was_not_read_is_named_and_one_that_is_not_there_is_absent() {
        let known = Known::between(ASKED, ANSWERED);
        assert_eq!(known.batch.items().iter().map(|item| item.done).collect::<Vec<_>>(), [true, false, true]);
        assert!(known.batch.is_read());
        let bent = known.failing(&[0], ItemFailure::Retryable);
        assert_eq!(bent["Responses"]["Orders"], json!([{"pk": {"S": "3"}, "n": {"N": "7"}}]));
        assert_eq!(bent[UNPROCESSED], json!({"Orders": {"ConsistentRead": true, "Keys": [{"pk": {"S": "1"}}]}}));
        let absent = known.failing(&[0], ItemFailure::Permanent);
        assert_eq!((&absent["Responses"], &absent[UNPROCESSED]), (&bent["Responses"], &json!({})));
        let retry = json!({"RequestItems": bent[UNPROCESSED]}).to_string();
        let answer = json!({"Responses": {"Orders": [{"pk": {"S": "1"}, "n": {"N": "5"}}]}, UNPROCESSED: {}});
        assert_eq!(known.retried(&retry), (vec![0], answer));
    }

    #[test]
    fn keys_without_responses_are_no_batch() {
        assert!(source(ASKED, r#"{"Items":[{"pk":{"S":"1"}}]}"#).is_none());
    }
}
