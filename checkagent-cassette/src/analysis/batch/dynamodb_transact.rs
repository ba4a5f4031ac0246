//! `TransactWriteItems` of DynamoDB: all or nothing, with a reason for each item.

use std::sync::Arc;

use serde_json::{Value, json};

use super::message::{Exchange, Message};
use super::style::{Entry, Fate, Found, Item, ItemFailure, Style, all_others, objects};
use crate::format::{Body, CallReply, Content, HttpReply, Reply};
use crate::json::Pointer;

/// The forms are those of botocore's model of DynamoDB: the error's `Message` begins with a capital letter.
#[derive(Debug)]
struct Transact {
    /// The client gave the request a token, under which it is done only once.
    has_token: bool,
}

pub(super) fn find(exchange: &Exchange<'_>) -> Option<Found> {
    let (request, reply) = exchange.json()?;
    let style = Transact { has_token: request["ClientRequestToken"].is_string() };
    let asked = style.asked(&exchange.request)?;
    let known = |name: &String| matches!(name.as_str(), "ConsumedCapacity" | "ItemCollectionMetrics");
    if !reply.as_object()?.keys().all(known) {
        return None;
    }
    let item = |asked| Item { asked, answered: Value::Null, done: true, place: None };
    Some((Arc::new(style), asked.into_iter().map(item).collect()))
}

impl Style for Transact {
    fn source(&self) -> &'static str {
        "DynamoDB TransactWriteItems (botocore)"
    }

    fn place(&self) -> Pointer {
        Pointer::root().key("CancellationReasons")
    }

    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>> {
        let kinds = ["Put", "Update", "Delete", "ConditionCheck"];
        let items = objects(request.json()?.get("TransactItems")?)?;
        items.iter().all(|item| kinds.iter().any(|kind| item.get(kind).is_some())).then(|| items.clone())
    }

    fn is_idempotent(&self, asked: &Value) -> bool {
        self.has_token || asked.get("Update").is_none()
    }

    fn allows(&self, _failure: ItemFailure) -> bool {
        true
    }

    fn dragged(&self, asked: &[&Value], failed: &[usize]) -> Vec<usize> {
        all_others(asked.len(), failed)
    }

    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply {
        if entries.iter().all(|entry| entry.fate == Fate::AsRecorded) {
            return reply.clone();
        }
        let reasons: Vec<_> = entries.iter().map(reason).collect();
        let codes: Vec<_> = reasons.iter().filter_map(|reason| reason["Code"].as_str()).collect();
        let message = format!("Transaction cancelled, see the reasons [{}]", codes.join(", "));
        let body = json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": message,
            "CancellationReasons": reasons,
        });
        let Reply::Http(http) = reply else { return Reply::Call(CallReply::Failed(body.to_string())) };
        let content = Content::Whole(Body::from_json(&body));
        Reply::Http(HttpReply { status: 400, content, ..http.clone() })
    }
}

fn reason(entry: &Entry<'_>) -> Value {
    match entry.fate {
        Fate::Failed(ItemFailure::Retryable) => {
            json!({"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"})
        }
        Fate::Failed(ItemFailure::Permanent) => {
            json!({"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"})
        }
        Fate::AsRecorded | Fate::Dragged => json!({"Code": "None"}),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Known, source};
    use super::*;

    const ASKED: &str = r#"{"TransactItems":[{"Put":{"TableName":"a"}},{"Update":{"TableName":"b"}}]}"#;

    #[test]
    fn one_item_cancels_all_and_each_has_a_reason() {
        let known = Known::between(ASKED, "{}");
        assert_eq!(known.batch.not_done(&[1]), [0, 1]);
        let reply = known.batch.reply_with_failures(&known.reply, &[1], ItemFailure::Permanent);
        assert!(!reply.is_success());
        let reasons = &reply.json().unwrap()["CancellationReasons"];
        assert_eq!((&reasons[0]["Code"], &reasons[1]["Code"]), (&json!("None"), &json!("ConditionalCheckFailed")));
        assert_eq!(known.retried(ASKED), (vec![0, 1], json!({})));
        assert_eq!([0, 1].map(|index| known.batch.is_idempotent(index)), [true, false]);
    }

    #[test]
    fn a_transactional_read_is_no_batch_of_writes() {
        let reads = r#"{"TransactItems":[{"Get":{"TableName":"a"}},{"Get":{"TableName":"b"}}]}"#;
        assert!(source(reads, r#"{"Responses":[{},{}]}"#).is_none());
    }
}
