//! `_bulk` of Elasticsearch and `OpenSearch`: an action a line, its document in the next one.

use std::sync::Arc;

use serde_json::{Value, json};

use super::draft::Draft;
use super::message::{Exchange, Message};
use super::style::{Entry, Fate, Found, Item, ItemFailure, Style, objects, picked};
use crate::analysis::list_places;
use crate::format::Reply;
use crate::json::Pointer;

const ACTIONS: [&str; 4] = ["index", "create", "update", "delete"];

/// The replies are those of elastic/elasticsearch-specification, `bulk/examples/response`.
#[derive(Debug)]
struct Elasticsearch {
    /// Where the items stand in a request that is a JSON document: the call of a tool.
    documents: Option<Pointer>,
}

pub(super) fn find(exchange: &Exchange<'_>) -> Option<Found> {
    let answered = objects(exchange.reply.json()?.get("items")?)?;
    if !answered.iter().all(|item| inner(item)["status"].is_u64()) {
        return None;
    }
    let documents = match exchange.request.json() {
        Some(request) => {
            let fitting = |(_, length): &(Pointer, usize)| *length == answered.len();
            Some(list_places(request).into_iter().find(fitting)?.0)
        }
        None => None,
    };
    let style = Elasticsearch { documents };
    let asked = style.asked(&exchange.request).filter(|asked| asked.len() == answered.len())?;
    let pairs = asked.iter().zip(answered).enumerate();
    let items = pairs.map(|(place, (asked, answered))| Item::at(place, asked, answered, was_done(answered)));
    Some((Arc::new(style), items.collect()))
}

fn action(item: &Value) -> Option<&'static str> {
    let members = item.as_object().filter(|members| members.len() == 1)?;
    ACTIONS.into_iter().find(|action| members.contains_key(*action))
}

fn inner(item: &Value) -> &Value {
    action(item).map_or(&Value::Null, |action| &item[action])
}

fn was_done(answered: &Value) -> bool {
    inner(answered)["status"].as_u64().is_some_and(|status| status < 400)
}

/// The actions of a body, each with its document: `[{"index": {..}}, {..}]`.
fn actions(body: &str) -> Option<Vec<Value>> {
    let mut lines = body.lines().filter(|line| !line.trim().is_empty());
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let head: Value = serde_json::from_str(line).ok()?;
        let has_document = action(&head)? != "delete";
        let document = if has_document { Some(serde_json::from_str(lines.next()?).ok()?) } else { None };
        found.push([Some(head), document].into_iter().flatten().collect::<Vec<_>>().into());
    }
    Some(found)
}

impl Style for Elasticsearch {
    fn source(&self) -> &'static str {
        "Elasticsearch _bulk (elastic/elasticsearch-specification)"
    }

    fn place(&self) -> Pointer {
        Pointer::root().key("items")
    }

    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>> {
        match &self.documents {
            Some(place) => place.resolve(request.json()?).first()?.1.as_array().cloned(),
            None => actions(request.text()?),
        }
    }

    /// A document with an id of its own is there once, however often it is sent; a script runs each time.
    fn is_idempotent(&self, asked: &Value) -> bool {
        let head = &asked[0];
        inner(head).get("_id").is_some() && (action(head) != Some("update") || asked[1].get("script").is_none())
    }

    fn allows(&self, _failure: ItemFailure) -> bool {
        true
    }

    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply {
        let answers: Vec<Value> = entries.iter().map(answer).collect();
        let errors = answers.iter().any(|answer| inner(answer).get("error").is_some());
        Draft::of(reply, |draft| {
            draft.list(&self.place(), entries.iter().zip(answers).map(|(entry, answer)| entry.line(answer)).collect());
            draft.put("errors", &errors.into());
        })
    }
}

fn answer(entry: &Entry<'_>) -> Value {
    let Fate::Failed(failure) = entry.fate else { return entry.answered.clone() };
    let (status, kind, reason) = match (failure, action(entry.answered)) {
        (ItemFailure::Retryable, _) => (429, "es_rejected_execution_exception", "rejected execution: queue is full"),
        (ItemFailure::Permanent, Some("update" | "delete")) => {
            (409, "version_conflict_engine_exception", "version conflict: the document was changed meanwhile")
        }
        (ItemFailure::Permanent, _) => (400, "document_parsing_exception", "failed to parse a field"),
    };
    let mut failed = picked(inner(entry.answered), &["_index", "_type", "_id"]);
    failed.insert("status".to_owned(), status.into());
    failed.insert("error".to_owned(), json!({"type": kind, "reason": reason}));
    json!({ action(entry.answered).unwrap_or_default(): failed })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Known, source};
    use super::*;

    const ASKED: &str = concat!(
        r#"{"index":{"_index":"t","_id":"1"}}"#,
        "\n",
        r#"{"a":1}"#,
        "\n",
        r#"{"delete":{"_index":"t","_id":"2"}}"#,
        "\n",
        r#"{"create":{"_index":"t"}}"#,
        "\n",
        r#"{"a":3}"#,
        "\n",
    );
    const ANSWERED: &str = concat!(
        r#"{"took":3,"errors":false,"items":[{"index":{"_index":"t","_id":"1","status":201}},"#,
        r#"{"delete":{"_index":"t","_id":"2","result":"not_found","status":404}},"#,
        r#"{"create":{"_index":"t","_id":"x9","status":201}}]}"#,
    );

    #[test]
    fn lines_are_items_and_a_delete_has_no_document() {
        let known = Known::between(ASKED, ANSWERED);
        let items = known.batch.items();
        assert_eq!(items[1].asked, json!([{"delete": {"_index": "t", "_id": "2"}}]));
        assert_eq!(items[2].asked, json!([{"create": {"_index": "t"}}, {"a": 3}]));
        assert_eq!(items.iter().map(|item| item.done).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!([0, 1, 2].map(|index| known.batch.is_idempotent(index)), [true, true, false]);
    }

    #[test]
    fn a_failed_item_stands_in_its_action_and_raises_the_flag() {
        let known = Known::between(ASKED, ANSWERED);
        let bent = known.failing(&[2], ItemFailure::Retryable);
        assert_eq!((&bent["errors"], &bent["items"][2]["create"]["status"]), (&json!(true), &json!(429)));
        assert_eq!(bent["items"][2]["create"]["_id"], "x9");
        assert_eq!(bent["items"][0], json!({"index": {"_index": "t", "_id": "1", "status": 201}}));
        let refused = known.failing(&[0], ItemFailure::Permanent);
        assert_eq!(refused["items"][0]["index"]["error"]["type"], "document_parsing_exception");
        // A delete of what is not there is no error.
        assert_eq!(known.failing(&[], ItemFailure::Retryable)["errors"], false);
    }

    #[test]
    fn a_retry_of_one_line_is_answered_with_one_item() {
        let known = Known::between(ASKED, ANSWERED);
        let (items, reply) = known.retried("{\"create\":{\"_index\":\"t\"}}\n{\"a\":3}\n");
        assert_eq!((items, &reply["errors"]), (vec![2], &json!(false)));
        assert_eq!(reply["items"], json!([{"create": {"_index": "t", "_id": "x9", "status": 201}}]));
    }

    #[test]
    fn a_tool_that_takes_documents_is_recognised_and_a_search_is_not() {
        let items = r#"{"items":[{"index":{"status":201}},{"index":{"status":201}}]}"#;
        assert_eq!(source(r#"[{"a":1},{"a":2}]"#, items), source(ASKED, ANSWERED));
        let hits = r#"{"items":[{"index":{"name":"a"}},{"index":{"name":"b"}}]}"#;
        assert_eq!(source("{\"index\":\"t\"}\n{\"query\":{}}\n", hits), None);
    }
}
