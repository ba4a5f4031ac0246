//! Batches of AWS streams by position: Kinesis, Firehose, and what counts its failures as they do.

use std::sync::Arc;

use serde_json::{Value, json};

use super::draft::Draft;
use super::message::{Exchange, Message};
use super::style::{Entry, Fate, Found, Item, ItemFailure, Style, objects};
use crate::format::Reply;
use crate::json::Pointer;

/// `PutRecords` (`FailedRecordCount`) and `PutRecordBatch` (`FailedPutCount`); the forms are those of botocore.
#[derive(Debug)]
struct Kinesis {
    /// The member of the request that holds the records.
    sent: String,
    /// The member of the reply that holds a result for each.
    results: String,
    count: String,
}

pub(super) fn find(exchange: &Exchange<'_>) -> Option<Found> {
    let (request, reply) = exchange.json()?;
    let reply = reply.as_object()?;
    let (count, _) = reply.iter().find(|(name, count)| {
        count.is_u64() && name.strip_prefix("Failed").is_some_and(|rest| rest.ends_with("Count"))
    })?;
    let (results, answered) = reply.iter().find_map(|(name, list)| Some((name, objects(list)?)))?;
    let fitting = |list: &Value| objects(list).is_some_and(|list| list.len() == answered.len());
    let (sent, _) = request.as_object()?.iter().find(|(_, list)| fitting(list))?;
    let pairs = request[sent].as_array()?.iter().zip(answered).enumerate();
    let done = |answer: &Value| answer.get("ErrorCode").is_none_or(Value::is_null);
    let items = pairs.map(|(place, (asked, answered))| Item::at(place, asked, answered, done(answered))).collect();
    let style = Kinesis { sent: sent.clone(), results: results.clone(), count: count.clone() };
    Some((Arc::new(style), items))
}

impl Style for Kinesis {
    fn source(&self) -> &'static str {
        "Kinesis PutRecords, Firehose PutRecordBatch (botocore)"
    }

    fn place(&self) -> Pointer {
        Pointer::root().key(&self.results)
    }

    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>> {
        request.json()?.get(&self.sent)?.as_array().cloned()
    }

    /// What is not valid refuses the whole request.
    fn allows(&self, failure: ItemFailure) -> bool {
        failure == ItemFailure::Retryable
    }

    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply {
        let failed = entries.iter().filter(|entry| entry.fate != Fate::AsRecorded || !entry.model.done).count();
        let lines = entries.iter().map(|entry| match entry.fate {
            Fate::AsRecorded => entry.line(entry.answered.clone()),
            Fate::Failed(_) | Fate::Dragged => entry.line(self.failure()),
        });
        let lines = lines.collect();
        Draft::of(reply, |draft| {
            draft.list(&self.place(), lines);
            draft.put(&self.count, &failed.into());
        })
    }
}

impl Kinesis {
    fn failure(&self) -> Value {
        let (code, message) = match self.count.as_str() {
            "FailedRecordCount" => ("ProvisionedThroughputExceededException", "Rate exceeded for the shard."),
            "FailedPutCount" => ("ServiceUnavailableException", "Slow down."),
            _ => ("InternalFailure", "Internal failure."),
        };
        json!({"ErrorCode": code, "ErrorMessage": message})
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Known, source};
    use super::*;

    const RECORDS: &str = r#"{"Records":[{"Data":"YQ=="},{"Data":"Yg=="},{"Data":"Yw=="}]}"#;

    #[test]
    fn failures_are_counted_and_stand_at_their_position() {
        let answered = r#"{"FailedRecordCount":0,"Records":[{"SequenceNumber":"1"},{"SequenceNumber":"2"},{"SequenceNumber":"3"}]}"#;
        let known = Known::between(RECORDS, answered);
        let bent = known.failing(&[0, 2], ItemFailure::Retryable);
        assert_eq!(bent["FailedRecordCount"], 2);
        assert_eq!(bent["Records"][0]["ErrorCode"], "ProvisionedThroughputExceededException");
        assert_eq!(bent["Records"][1], json!({"SequenceNumber": "2"}));
        let (items, reply) = known.retried(r#"{"Records":[{"Data":"Yw=="},{"Data":"YQ=="}]}"#);
        assert_eq!(items, [2, 0]);
        assert_eq!(reply["Records"], json!([{"SequenceNumber": "3"}, {"SequenceNumber": "1"}]));
    }

    #[test]
    fn firehose_has_other_names_and_another_error() {
        let answered = r#"{"FailedPutCount":0,"Encrypted":false,"RequestResponses":[{"RecordId":"a"},{"RecordId":"b"},{"RecordId":"c"}]}"#;
        let bent = Known::between(RECORDS, answered).failing(&[1], ItemFailure::Retryable);
        assert_eq!((&bent["FailedPutCount"], &bent["Encrypted"]), (&json!(1), &json!(false)));
        assert_eq!(bent["RequestResponses"][1]["ErrorCode"], "ServiceUnavailableException");
    }

    #[test]
    fn records_that_were_read_are_no_batch() {
        let read = r#"{"MillisBehindLatest":0,"Records":[{"Data":"YQ=="},{"Data":"Yg=="},{"Data":"Yw=="}]}"#;
        assert!(source(RECORDS, read).is_none());
        assert!(source(r#"{"ShardIterator":"x"}"#, read).is_none());
    }
}
