//! Requests in a list, answered by position: the batch of Kinto.

use std::sync::Arc;

use serde_json::{Value, json};

use super::draft::{Draft, Line};
use super::message::{Exchange, Message};
use super::style::{Entry, Fate, Found, Item, ItemFailure, Style, is_idempotent_method, objects, picked};
use crate::format::Reply;
use crate::json::Pointer;

/// The forms and error numbers are those of Kinto/kinto, `docs/api/1.x/batch.rst` and `kinto/core/errors.py`. Where a
/// Kinto runs each batch in one transaction, an item with 5xx takes the others with it; where it does not, it fails
/// alone.
#[derive(Debug)]
struct Kinto {
    /// The method of items that name none.
    method: Value,
}

pub(super) fn find(exchange: &Exchange<'_>) -> Option<Found> {
    let (request, reply) = exchange.json()?;
    let style = Kinto { method: request["defaults"]["method"].clone() };
    let asked = style.asked(&exchange.request)?;
    let responses = objects(reply.get("responses")?).filter(|responses| responses.len() == asked.len())?;
    let status = |response: &Value| response["status"].as_u64().filter(|status| (100..600).contains(status));
    if !responses.iter().all(|response| status(response).is_some() && response["path"].is_string()) {
        return None;
    }
    let done = |response: &Value| status(response).is_some_and(|status| status < 400);
    let pairs = asked.iter().zip(responses).enumerate();
    let items = pairs.map(|(place, (asked, answered))| Item::at(place, asked, answered, done(answered))).collect();
    Some((Arc::new(style), items))
}

impl Style for Kinto {
    fn source(&self) -> &'static str {
        "Kinto batch (docs/api/1.x/batch)"
    }

    fn place(&self) -> Pointer {
        Pointer::root().key("responses")
    }

    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>> {
        let requests = request.json()?.get("requests")?.as_array()?;
        requests.iter().all(Value::is_object).then(|| requests.clone())
    }

    fn is_idempotent(&self, asked: &Value) -> bool {
        if asked.get("method").is_some() {
            return is_idempotent_method(asked);
        }
        is_idempotent_method(&json!({"method": self.method}))
    }

    fn allows(&self, _failure: ItemFailure) -> bool {
        true
    }

    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply {
        let lines: Vec<Line> = entries.iter().map(|entry| entry.line(response(entry))).collect();
        Draft::of(reply, |draft| draft.list(&self.place(), lines))
    }
}

fn response(entry: &Entry<'_>) -> Value {
    let (status, errno, error, message) = match entry.fate {
        Fate::AsRecorded => return entry.answered.clone(),
        Fate::Failed(ItemFailure::Permanent) => (403, 121, "Forbidden", "this user may not do that"),
        Fate::Failed(ItemFailure::Retryable) | Fate::Dragged => {
            (503, 201, "Service Unavailable", "service temporarily unavailable, please retry later")
        }
    };
    let mut failed = picked(entry.answered, &["path"]);
    failed.insert("status".to_owned(), status.into());
    failed.insert("body".to_owned(), json!({"code": status, "errno": errno, "error": error, "message": message}));
    failed.into()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Known, source};
    use super::*;

    const ASKED: &str =
        r#"{"defaults":{"method":"POST"},"requests":[{"body":{"n":1}},{"method":"PUT","body":{"n":2}}]}"#;

    #[test]
    fn items_are_told_by_status_and_the_method_may_be_the_default() {
        let answered =
            r#"{"responses":[{"status":201,"path":"/a","body":{}},{"status":412,"path":"/b","body":{"code":412}}]}"#;
        let known = Known::between(ASKED, answered);
        assert_eq!(known.batch.items().iter().map(|item| item.done).collect::<Vec<_>>(), [true, false]);
        assert_eq!((known.batch.is_idempotent(0), known.batch.is_idempotent(1)), (false, true));
        let bent = known.failing(&[0], ItemFailure::Retryable);
        assert_eq!((&bent["responses"][0]["body"]["code"], &bent["responses"][0]["path"]), (&json!(503), &json!("/a")));
        assert_eq!(bent["responses"][1]["status"], 412);
        assert_eq!(known.failing(&[0], ItemFailure::Permanent)["responses"][0]["body"]["errno"], 121);
    }

    #[test]
    fn responses_without_a_status_are_no_batch() {
        assert!(source(ASKED, r#"{"responses":[{"path":"/a"},{"path":"/b"}]}"#).is_none());
    }
}
