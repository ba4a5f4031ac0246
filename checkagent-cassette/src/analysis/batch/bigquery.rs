//! `tabledata.insertAll` of `BigQuery`: a list of errors with the rows' positions, and no word of the others.

use std::sync::Arc;

use serde_json::{Value, json};

use super::draft::Draft;
use super::message::{Exchange, Message};
use super::style::{Entry, Fate, Found, Item, ItemFailure, Style, all_others, objects};
use crate::format::Reply;
use crate::json::Pointer;

const ERRORS: &str = "insertErrors";

/// The replies are those that fluent-plugin-bigquery#38 and elixir-google-api#55 quote.
#[derive(Debug)]
struct InsertAll {
    /// Rows that are not valid are left out; else one of them stops all.
    skips_invalid: bool,
}

pub(super) fn find(exchange: &Exchange<'_>) -> Option<Found> {
    let (request, reply) = exchange.json()?;
    let style = InsertAll { skips_invalid: request["skipInvalidRows"] == true };
    let rows = style.asked(&exchange.request)?;
    if !reply.as_object()?.keys().all(|name| matches!(name.as_str(), "kind" | ERRORS)) {
        return None;
    }
    let errors = reply[ERRORS].as_array().map_or(&[][..], Vec::as_slice);
    let items = rows.into_iter().enumerate().map(|(row, asked)| {
        let error = errors.iter().find(|error| error["index"].as_u64() == Some(row as u64));
        Item { asked, answered: error.cloned().unwrap_or_default(), done: error.is_none(), place: None }
    });
    let items = items.collect();
    Some((Arc::new(style), items))
}

impl Style for InsertAll {
    fn source(&self) -> &'static str {
        "BigQuery tabledata.insertAll (fluent-plugin-bigquery#38)"
    }

    fn place(&self) -> Pointer {
        Pointer::root().key(ERRORS)
    }

    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>> {
        let rows = objects(request.json()?.get("rows")?).or_else(|| request.json()?["rows"].as_array())?;
        rows.iter().all(|row| row["json"].is_object()).then(|| rows.clone())
    }

    /// A row with an id is inserted once.
    fn is_idempotent(&self, asked: &Value) -> bool {
        asked.get("insertId").is_some()
    }

    fn allows(&self, failure: ItemFailure) -> bool {
        failure == ItemFailure::Permanent
    }

    fn order_is_free(&self) -> bool {
        true
    }

    fn dragged(&self, asked: &[&Value], failed: &[usize]) -> Vec<usize> {
        if self.skips_invalid { Vec::new() } else { all_others(asked.len(), failed) }
    }

    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply {
        let errors: Vec<Value> = entries.iter().filter_map(error).collect();
        Draft::of(reply, |draft| {
            if !errors.is_empty() {
                draft.put(ERRORS, &errors.into());
            }
        })
    }
}

fn error(entry: &Entry<'_>) -> Option<Value> {
    let error = match entry.fate {
        Fate::AsRecorded => return entry.answered.is_object().then(|| entry.answered.clone()),
        Fate::Dragged => json!({"reason": "stopped", "location": "", "debugInfo": "", "message": ""}),
        Fate::Failed(_) => {
            let column = entry.asked["json"].as_object().and_then(|row| row.keys().next());
            json!({"reason": "invalid", "location": column, "debugInfo": "", "message": "the value is not valid"})
        }
    };
    Some(json!({"index": entry.index, "errors": [error]}))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Known, source};
    use super::*;

    const ANSWERED: &str = r#"{"kind":"bigquery#tableDataInsertAllResponse"}"#;

    fn asked(skips: bool) -> String {
        let rows =
            [json!({"json": {"t": "1"}}), json!({"json": {"t": "2"}, "insertId": "b"}), json!({"json": {"t": "3"}})];
        json!({"skipInvalidRows": skips, "rows": rows}).to_string()
    }

    #[test]
    fn one_bad_row_stops_all_others_and_is_not_listed_first() {
        let known = Known::between(&asked(false), ANSWERED);
        assert_eq!(known.batch.not_done(&[0]), [0, 1, 2]);
        let bent = known.failing(&[0], ItemFailure::Permanent);
        let told: Vec<_> = bent[ERRORS]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| (&error["index"], &error["errors"][0]["reason"]))
            .collect();
        let (stopped, invalid) = (json!("stopped"), json!("invalid"));
        assert_eq!(told, [(&json!(2), &stopped), (&json!(1), &stopped), (&json!(0), &invalid)]);
    }

    #[test]
    fn where_invalid_rows_are_skipped_only_they_are_listed() {
        let known = Known::between(&asked(true), ANSWERED);
        assert_eq!(known.batch.not_done(&[1]), [1]);
        assert_eq!(known.failing(&[1], ItemFailure::Permanent)[ERRORS].as_array().map(Vec::len), Some(1));
        assert_eq!((known.batch.is_idempotent(0), known.batch.is_idempotent(1)), (false, true));
        let (items, reply) = known.retried(r#"{"rows":[{"json":{"t":"3"}}]}"#);
        assert_eq!((items, reply.get(ERRORS)), (vec![2], None));
    }

    #[test]
    fn rows_with_another_reply_are_no_batch() {
        assert!(source(&asked(false), r#"{"rows":[{"f":1},{"f":2},{"f":3}]}"#).is_none());
    }
}
