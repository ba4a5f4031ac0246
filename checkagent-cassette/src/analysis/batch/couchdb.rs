//! `_bulk_docs` of CouchDB: each document for itself, inside a 201.

use std::sync::Arc;

use serde_json::{Value, json};

use super::draft::{Draft, Line};
use super::message::{Exchange, Message};
use super::style::{Entry, Fate, Found, Item, ItemFailure, Style, objects};
use crate::format::Reply;
use crate::json::Pointer;

/// The forms are those of apache/couchdb, `docs/api/database/bulk-api`.
#[derive(Debug)]
struct BulkDocs;

pub(super) fn find(exchange: &Exchange<'_>) -> Option<Found> {
    let (_, reply) = exchange.json()?;
    let asked = BulkDocs.asked(&exchange.request)?;
    let answered = objects(reply).filter(|answered| answered.len() == asked.len())?;
    let done = |answer: &Value| answer["ok"] == true || answer["rev"].is_string();
    if !answered.iter().all(|answer| done(answer) != answer["error"].is_string()) {
        return None;
    }
    let pairs = asked.iter().zip(answered).enumerate();
    let items = pairs.map(|(place, (asked, answered))| Item::at(place, asked, answered, done(answered))).collect();
    Some((Arc::new(BulkDocs), items))
}

impl Style for BulkDocs {
    fn source(&self) -> &'static str {
        "CouchDB _bulk_docs (apache/couchdb)"
    }

    fn place(&self) -> Pointer {
        Pointer::root()
    }

    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>> {
        let documents = request.json()?.get("docs")?.as_array()?;
        documents.iter().all(Value::is_object).then(|| documents.clone())
    }

    /// The second write of a document with an id is a conflict.
    fn is_idempotent(&self, asked: &Value) -> bool {
        asked.get("_id").is_some()
    }

    fn allows(&self, failure: ItemFailure) -> bool {
        failure == ItemFailure::Permanent
    }

    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply {
        let lines: Vec<Line> = entries.iter().map(|entry| entry.line(result(entry))).collect();
        Draft::of(reply, |draft| draft.list(&self.place(), lines))
    }
}

fn result(entry: &Entry<'_>) -> Value {
    if entry.fate == Fate::AsRecorded {
        return entry.answered.clone();
    }
    let (error, reason) = match entry.asked.get("_id") {
        Some(_) => ("conflict", "Document update conflict."),
        None => ("forbidden", "the document is not valid"),
    };
    json!({"id": entry.answered["id"], "error": error, "reason": reason})
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Known, source};
    use super::*;

    const ASKED: &str = r#"{"docs":[{"_id":"a","x":1},{"x":2},{"_id":"c"}]}"#;

    #[test]
    fn a_failed_document_says_error_and_no_longer_ok() {
        let answered = r#"[{"ok":true,"id":"a","rev":"1-x"},{"ok":true,"id":"9f","rev":"1-y"},{"id":"c","error":"conflict","reason":""}]"#;
        let known = Known::between(ASKED, answered);
        assert_eq!(known.batch.items().iter().map(|item| item.done).collect::<Vec<_>>(), [true, true, false]);
        let bent = known.failing(&[0, 1], ItemFailure::Permanent);
        assert_eq!((&bent[0]["error"], &bent[1]["error"]), (&json!("conflict"), &json!("forbidden")));
        assert!(bent[0].get("ok").is_none() && bent[1]["id"] == "9f");
        assert_eq!(known.retried(r#"{"docs":[{"x":2}]}"#).1, json!([{"ok": true, "id": "9f", "rev": "1-y"}]));
    }

    #[test]
    fn documents_that_were_read_are_no_batch() {
        assert!(source(ASKED, r#"[{"id":"a"},{"id":"b"},{"id":"c"}]"#).is_none());
    }
}
