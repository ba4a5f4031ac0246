//! `BatchWriteItem` of DynamoDB: what was not done comes back in the form in which it was sent.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::message::{Exchange, Message};
use super::style::{Entry, Fate, Found, Item, ItemFailure, Style};
use crate::format::Reply;
use crate::json::Pointer;

const UNPROCESSED: &str = "UnprocessedItems";

/// The forms are those of botocore's model of DynamoDB.
#[derive(Debug)]
struct BatchWrite;

pub(super) fn find(exchange: &Exchange<'_>) -> Option<Found> {
    let (_, reply) = exchange.json()?;
    let asked = BatchWrite.asked(&exchange.request).filter(|asked| asked.len() >= 2)?;
    let known = |name: &String| matches!(name.as_str(), UNPROCESSED | "ConsumedCapacity" | "ItemCollectionMetrics");
    if !reply.as_object()?.keys().all(known) {
        return None;
    }
    let undone = items_of(&reply[UNPROCESSED]).unwrap_or_default();
    let item = |asked| Item { done: !undone.contains(&asked), asked, answered: Value::Null, place: None };
    Some((Arc::new(BatchWrite), asked.into_iter().map(item).collect()))
}

/// The requests of each table, each with the table's name.
fn items_of(tables: &Value) -> Option<Vec<Value>> {
    let mut items = Vec::new();
    for (table, requests) in tables.as_object()? {
        for request in requests.as_array()? {
            if ["PutRequest", "DeleteRequest"].iter().all(|kind| request.get(kind).is_none()) {
                return None;
            }
            items.push(json!({"table": table, "request": request}));
        }
    }
    Some(items)
}

impl Style for BatchWrite {
    fn source(&self) -> &'static str {
        "DynamoDB BatchWriteItem (botocore)"
    }

    fn place(&self) -> Pointer {
        Pointer::root().key(UNPROCESSED)
    }

    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>> {
        items_of(request.json()?.get("RequestItems")?)
    }

    /// What is put or deleted has its key.
    fn is_idempotent(&self, _asked: &Value) -> bool {
        true
    }

    /// What is not valid refuses the whole request.
    fn allows(&self, failure: ItemFailure) -> bool {
        failure == ItemFailure::Retryable
    }

    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply {
        let mut tables = Map::new();
        for entry in entries.iter().filter(|entry| entry.fate != Fate::AsRecorded || !entry.model.done) {
            let table = entry.asked["table"].as_str().unwrap_or_default();
            if let Some(requests) = tables.entry(table).or_insert_with(|| json!([])).as_array_mut() {
                requests.push(entry.asked["request"].clone());
            }
        }
        Draft::of(reply, |draft| draft.put(UNPROCESSED, &tables.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Known, source};
    use super::*;

    const ASKED: &str = r#"{"RequestItems":{
        "Orders":[{"PutRequest":{"Item":{"pk":{"S":"o#1"}}}},{"DeleteRequest":{"Key":{"pk":{"S":"o#2"}}}}],
        "Stock":[{"PutRequest":{"Item":{"pk":{"S":"s#1"}}}}]}}"#;

    #[test]
    fn what_is_not_done_comes_back_as_it_was_sent() {
        let known = Known::between(ASKED, "{}");
        assert_eq!(known.batch.items().len(), 3);
        let bent = known.failing(&[0, 2], ItemFailure::Retryable);
        let orders = json!([{"PutRequest": {"Item": {"pk": {"S": "o#1"}}}}]);
        assert_eq!(bent[UNPROCESSED]["Orders"], orders);
        assert_eq!(bent[UNPROCESSED]["Stock"][0]["PutRequest"]["Item"]["pk"]["S"], "s#1");
        let retry = json!({"RequestItems": bent[UNPROCESSED]}).to_string();
        assert_eq!(known.retried(&retry), (vec![0, 2], json!({UNPROCESSED: {}})));
        assert!(!known.batch.allows(ItemFailure::Permanent));
    }

    #[test]
    fn the_same_tables_with_another_reply_are_no_batch() {
        assert!(source(ASKED, r#"{"jobs":["a","b","c"]}"#).is_none());
        assert!(source(r#"{"RequestItems":{"Orders":[{"Get":1},{"Get":2}]}}"#, "{}").is_none());
    }
}
