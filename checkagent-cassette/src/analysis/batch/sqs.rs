//! Batches of SQS and SNS: entries with an id, and two lists in the reply.

use std::sync::Arc;

use serde_json::{Value, json};

use super::draft::{Draft, Line};
use super::message::{Exchange, Message};
use super::style::{Entry, Fate, Found, Item, ItemFailure, Style, objects};
use crate::format::Reply;
use crate::json::Pointer;

/// `SendMessageBatch`, `DeleteMessageBatch`, `ChangeMessageVisibilityBatch`, `PublishBatch` in the JSON protocol; the
/// forms are those of botocore's models.
#[derive(Debug)]
struct Sqs {
    /// The member of the request that holds the entries.
    entries: String,
}

pub(super) fn find(exchange: &Exchange<'_>) -> Option<Found> {
    let (request, reply) = exchange.json()?;
    let mut lists = request.as_object()?.iter().filter(|(name, _)| name.ends_with("Entries"));
    let (name, entries) = lists.find_map(|(name, list)| Some((name, objects(list)?)))?;
    let empty = Vec::new();
    let list = |name: &str| reply.get(name).map_or(Some(&empty), Value::as_array);
    let (successful, failed) = (list("Successful")?, list("Failed")?);
    if successful.len() + failed.len() != entries.len() {
        return None;
    }
    let items = entries.iter().map(|entry| {
        let id = entry.get("Id").filter(|id| id.is_string())?;
        let of = |list: &[Value]| list.iter().position(|answer| answer["Id"] == *id);
        match (of(successful), of(failed)) {
            (Some(place), None) => Some(Item::at(place, entry, &successful[place], true)),
            (None, Some(place)) => Some(Item::at(place, entry, &failed[place], false)),
            _ => None,
        }
    });
    let items = items.collect::<Option<Vec<_>>>()?;
    Some((Arc::new(Sqs { entries: name.clone() }), items))
}

impl Style for Sqs {
    fn source(&self) -> &'static str {
        "SQS SendMessageBatch and its kin (botocore)"
    }

    fn place(&self) -> Pointer {
        Pointer::root().key("Successful")
    }

    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>> {
        request.json()?.get(&self.entries)?.as_array().cloned()
    }

    fn essence(&self, asked: &Value) -> Value {
        let mut asked = asked.clone();
        if let Some(members) = asked.as_object_mut() {
            members.remove("Id");
        }
        asked
    }

    /// Deleting by receipt, and what a queue knows as sent before.
    fn is_idempotent(&self, asked: &Value) -> bool {
        ["ReceiptHandle", "MessageDeduplicationId"].iter().any(|name| asked.get(name).is_some())
    }

    fn allows(&self, _failure: ItemFailure) -> bool {
        true
    }

    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply {
        let (done, failed): (Vec<_>, Vec<_>) =
            entries.iter().partition(|entry| entry.fate == Fate::AsRecorded && entry.model.done);
        let done: Vec<Line> = done.into_iter().map(|entry| entry.line(entry.answered_as("Id"))).collect();
        let failed: Vec<Value> = failed.into_iter().map(failed_entry).collect();
        Draft::of(reply, |draft| {
            draft.list(&self.place(), done);
            draft.put("Failed", &failed.into());
        })
    }
}

fn failed_entry(entry: &Entry<'_>) -> Value {
    let (own_fault, code, message) = match entry.fate {
        Fate::AsRecorded => return entry.answered_as("Id"),
        Fate::Failed(ItemFailure::Permanent) if entry.asked.get("ReceiptHandle").is_some() => {
            (true, "ReceiptHandleIsInvalid", "the receipt handle is not valid")
        }
        Fate::Failed(ItemFailure::Permanent) => (true, "InvalidMessageContents", "the message has invalid characters"),
        Fate::Failed(ItemFailure::Retryable) | Fate::Dragged => (false, "InternalError", "an internal error occurred"),
    };
    json!({"Id": entry.asked["Id"], "SenderFault": own_fault, "Code": code, "Message": message})
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Known, source};
    use super::*;

    const ASKED: &str = r#"{"QueueUrl":"q","Entries":[{"Id":"a","MessageBody":"1"},{"Id":"b","MessageBody":"2"}]}"#;
    const ANSWERED: &str = r#"{"Successful":[{"Id":"b","MessageId":"m2"},{"Id":"a","MessageId":"m1"}]}"#;

    #[test]
    fn a_failed_entry_moves_to_the_other_list_and_says_whose_fault_it_is() {
        let known = Known::between(ASKED, ANSWERED);
        assert_eq!(known.batch.items()[0].answered["MessageId"], "m1");
        let bent = known.failing(&[1], ItemFailure::Retryable);
        assert_eq!(bent["Successful"], json!([{"Id": "a", "MessageId": "m1"}]));
        assert_eq!((&bent["Failed"][0]["Id"], &bent["Failed"][0]["SenderFault"]), (&json!("b"), &json!(false)));
        assert_eq!(known.failing(&[1], ItemFailure::Permanent)["Failed"][0]["SenderFault"], true);
    }

    #[test]
    fn a_retry_may_number_its_entries_anew() {
        let known = Known::between(ASKED, ANSWERED);
        let (items, reply) = known.retried(r#"{"QueueUrl":"q","Entries":[{"Id":"0","MessageBody":"2"}]}"#);
        assert_eq!((items, &reply["Successful"]), (vec![1], &json!([{"Id": "0", "MessageId": "m2"}])));
    }

    #[test]
    fn entries_whose_ids_the_reply_does_not_name_are_no_batch() {
        assert!(source(ASKED, r#"{"Successful":[{"Id":"x"},{"Id":"y"}]}"#).is_none());
        assert!(source(ASKED, r#"{"Messages":[{"Id":"a"},{"Id":"b"}]}"#).is_none());
    }
}
