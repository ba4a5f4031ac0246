//! Any list that is answered by a list of the same length with a status or a flag in each item.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::draft::{Draft, Line};
use super::message::{Exchange, Message};
use super::style::{Entry, Fate, Found, Item, ItemFailure, Style, is_idempotent_method, objects, picked};
use crate::analysis::list_places;
use crate::format::Reply;
use crate::json::Pointer;

/// Matched by position.
#[derive(Debug)]
struct Positions {
    asked: Pointer,
    answered: Pointer,
    told: Told,
}

/// How an item of the reply says whether it was done.
#[derive(Clone, Copy, Debug)]
enum Told {
    /// An HTTP status under this name.
    Status(&'static str),
    /// A flag of this name.
    Flag(&'static str),
}

const TELLING: [Told; 4] =
    [Told::Status("status"), Told::Status("statusCode"), Told::Flag("success"), Told::Flag("ok")];

impl Told {
    fn of(self, item: &Value) -> Option<bool> {
        match self {
            Self::Status(name) => item[name].as_u64().filter(|code| (100..600).contains(code)).map(|code| code < 400),
            Self::Flag(name) => item[name].as_bool(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Status(name) | Self::Flag(name) => name,
        }
    }
}

pub(super) fn find(exchange: &Exchange<'_>) -> Option<Found> {
    let (request, reply) = exchange.json()?;
    let replies = list_places(reply).into_iter().filter(|(_, length)| *length >= 2).find_map(|(place, length)| {
        let items = place.resolve(reply).first().and_then(|(_, list)| objects(list))?;
        let told = TELLING.into_iter().find(|told| items.iter().all(|item| told.of(item).is_some()))?;
        Some((place, length, told, items))
    });
    let (answered, length, told, answers) = replies?;
    let (asked, _) = list_places(request).into_iter().find(|(_, asked)| *asked == length)?;
    let style = Positions { asked, answered, told };
    let pairs = style.asked(&exchange.request)?.into_iter().zip(answers).enumerate();
    let items = pairs.map(|(place, (asked, answer))| Item::at(place, &asked, answer, told.of(answer) == Some(true)));
    let items = items.collect();
    Some((Arc::new(style), items))
}

impl Style for Positions {
    fn source(&self) -> &'static str {
        "a list of results by position"
    }

    fn place(&self) -> Pointer {
        self.answered.clone()
    }

    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>> {
        self.asked.resolve(request.json()?).first()?.1.as_array().cloned()
    }

    fn is_idempotent(&self, asked: &Value) -> bool {
        is_idempotent_method(asked)
    }

    fn allows(&self, _failure: ItemFailure) -> bool {
        true
    }

    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply {
        let lines: Vec<Line> = entries.iter().map(|entry| entry.line(self.result(entry))).collect();
        Draft::of(reply, |draft| draft.list(&self.answered, lines))
    }
}

impl Positions {
    fn result(&self, entry: &Entry<'_>) -> Value {
        let (status, message) = match entry.fate {
            Fate::AsRecorded => return entry.answered.clone(),
            Fate::Failed(ItemFailure::Permanent) => (400, "the item is not valid"),
            Fate::Failed(ItemFailure::Retryable) | Fate::Dragged => {
                (503, "service temporarily unavailable, retry later")
            }
        };
        let mut failed: Map<String, Value> = picked(entry.answered, &["path", "referenceId"]);
        let told = if let Told::Status(_) = self.told { json!(status) } else { json!(false) };
        failed.insert(self.told.name().to_owned(), told);
        // A list of errors that was empty so far is where this service tells them.
        match entry.answered.get("errors") {
            Some(Value::Array(_)) => failed.insert("errors".to_owned(), json!([{"message": message}])),
            _ => failed.insert("error".to_owned(), json!(message)),
        };
        failed.into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Known, source};
    use super::*;

    #[test]
    fn a_status_or_a_flag_in_each_item_makes_a_batch() {
        let known = Known::between(r#"{"to":["a","b"]}"#, r#"{"n":2,"sent":[{"ok":true,"id":1},{"ok":true,"id":2}]}"#);
        assert_eq!(known.batch.place().to_string(), "/sent");
        let bent = known.failing(&[0], ItemFailure::Retryable);
        assert_eq!((&bent["sent"][0]["ok"], &bent["sent"][1]["id"]), (&json!(false), &json!(2)));

        let known = Known::between(r#"[{"method":"PUT"},{}]"#, r#"[{"status":201},{"status":409}]"#);
        assert_eq!(known.batch.items().iter().map(|item| item.done).collect::<Vec<_>>(), [true, false]);
        assert_eq!((known.batch.is_idempotent(0), known.batch.is_idempotent(1)), (true, false));
        assert_eq!(known.failing(&[0], ItemFailure::Permanent)[0]["status"], 400);
    }

    #[test]
    fn a_list_reply_without_item_results_is_no_batch() {
        assert_eq!(source(r#"{"ids":[1,2]}"#, r#"{"data":[{"a":1},{"a":2}]}"#), None);
        assert_eq!(source(r#"{"ids":[1,2]}"#, r#"{"data":[{"status":"done"},{"status":"open"}]}"#), None);
        assert_eq!(source(r#"{"ids":[1,2,3]}"#, r#"{"data":[{"ok":true},{"ok":true}]}"#), None);
    }
}
