//! Batches: one request with several items, one reply that speaks of each.

use serde_json::{Value, json};

use super::lists::list_places;
use crate::format::Interaction;
use crate::json::Pointer;

/// The smallest number of items that makes a batch.
const SMALLEST: usize = 2;

/// How a reply says of an item whether it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemStyle {
    /// An HTTP status per item: Microsoft Graph `$batch`, Kinto, Elasticsearch (inside the action's name).
    Status,
    /// A flag per item: Salesforce `success`, CouchDB `ok`.
    Flag(&'static str),
}

/// A batch: items of the request and of the reply, matched by position.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Where the items stand in the request.
    pub request_items: Pointer,
    /// Where they stand in the reply.
    pub reply_items: Pointer,
    /// How the reply says what became of them.
    pub style: ItemStyle,
    /// The request's items.
    pub asked: Vec<Value>,
    /// The reply's items.
    pub answered: Vec<Value>,
    /// For each item of the reply, the member that holds its status (Elasticsearch wraps it in the action's name).
    wrappers: Vec<Option<String>>,
    defaults: Value,
}

impl Batch {
    /// The batch that an interaction is, if its request and its reply have lists of equal length whose reply items
    /// carry a status or a flag.
    #[must_use]
    pub fn of(interaction: &Interaction) -> Option<Self> {
        Self::between(&interaction.request.json()?, &interaction.reply.json()?)
    }

    /// As [`Batch::of`], for two documents.
    #[must_use]
    pub fn between(request: &Value, reply: &Value) -> Option<Self> {
        let asked_lists = list_places(request);
        for (reply_items, length) in list_places(reply) {
            if length < SMALLEST {
                continue;
            }
            let Some((request_items, _)) = asked_lists.iter().find(|(_, asked)| *asked == length) else { continue };
            let answered = items(reply, &reply_items);
            let wrappers: Vec<_> = answered.iter().map(wrapper).collect();
            let Some(style) = style(&answered, &wrappers) else { continue };
            return Some(Self {
                asked: items(request, request_items),
                request_items: request_items.clone(),
                reply_items,
                style,
                answered,
                wrappers,
                defaults: request.get("defaults").cloned().unwrap_or_default(),
            });
        }
        None
    }

    /// Whether the reply says that this item was done.
    #[must_use]
    pub fn succeeded(&self, index: usize) -> bool {
        let Some(item) = self.answered.get(index) else { return false };
        let item = self.inner(index, item);
        match self.style {
            ItemStyle::Status => item["status"].as_u64().is_some_and(|status| status < 400),
            ItemStyle::Flag(name) => item[name] == true,
        }
    }

    /// Whether doing this item twice changes no more than doing it once: a PUT or DELETE, by RFC 9110.
    #[must_use]
    pub fn is_idempotent(&self, index: usize) -> bool {
        let method = |value: &Value| value["method"].as_str().map(str::to_ascii_uppercase);
        let asked = self.asked.get(index).and_then(method).or_else(|| method(&self.defaults));
        asked.is_some_and(|method| matches!(method.as_str(), "GET" | "HEAD" | "PUT" | "DELETE"))
    }

    /// The item of the reply with a failure in the batch's own style: throttled, and not done.
    #[must_use]
    pub fn failed_item(&self, index: usize) -> Value {
        let answered = self.answered.get(index).cloned().unwrap_or_default();
        let inner = self.inner(index, &answered);
        let failed = match self.style {
            ItemStyle::Status => Self::failed_status(inner),
            // CouchDB drops `ok` and says error and reason; Salesforce has `success: false` and a list of errors.
            ItemStyle::Flag("ok") => {
                let mut item = json!({"error": "internal_server_error", "reason": "the document was not written"});
                copy(inner, &mut item, &["id"]);
                item
            }
            ItemStyle::Flag(name) => {
                let code = "UNABLE_TO_LOCK_ROW";
                let error = json!({"statusCode": code, "message": "unable to obtain exclusive access", "fields": []});
                let mut item = json!({"errors": [error]});
                item[name] = false.into();
                item
            }
        };
        match self.wrappers.get(index).cloned().flatten() {
            Some(wrapper) => json!({ wrapper: failed }),
            None => failed,
        }
    }

    /// Kinto and Microsoft Graph put a body with an error into the item, Elasticsearch an `error` beside it.
    fn failed_status(item: &Value) -> Value {
        let mut failed = json!({"status": 503});
        copy(item, &mut failed, &["id", "path", "_id", "_index", "referenceId"]);
        let message = "service temporarily unavailable, please retry later";
        match (item.get("body"), item.get("path")) {
            (Some(_), Some(_)) => {
                failed["body"] = json!({"code": 503, "error": "Service Unavailable", "message": message});
            }
            (Some(_), None) => {
                failed["body"] = json!({"error": {"code": "ServiceUnavailable", "message": message}});
            }
            (None, _) => failed["error"] = json!({"type": "unavailable_shards_exception", "reason": message}),
        }
        failed
    }

    fn inner<'v>(&self, index: usize, item: &'v Value) -> &'v Value {
        match self.wrappers.get(index).and_then(Option::as_ref) {
            Some(wrapper) => &item[wrapper],
            None => item,
        }
    }
}

fn items(document: &Value, place: &Pointer) -> Vec<Value> {
    let list = place.resolve(document);
    list.first().and_then(|(_, list)| list.as_array()).cloned().unwrap_or_default()
}

fn copy(from: &Value, to: &mut Value, names: &[&str]) {
    for name in names {
        if let Some(value) = from.get(*name) {
            to[*name] = value.clone();
        }
    }
}

/// Elasticsearch: `{"index": {"_id": ..., "status": 201}}`.
fn wrapper(item: &Value) -> Option<String> {
    let members = item.as_object()?;
    let (name, inner) = members.iter().next()?;
    (members.len() == 1 && inner["status"].is_u64()).then(|| name.clone())
}

fn style(answered: &[Value], wrappers: &[Option<String>]) -> Option<ItemStyle> {
    let inner = |index: usize, item: &Value| match &wrappers[index] {
        Some(wrapper) => item[wrapper].clone(),
        None => item.clone(),
    };
    let all =
        |test: &dyn Fn(&Value) -> bool| answered.iter().enumerate().all(|(index, item)| test(&inner(index, item)));
    if all(&|item| item["status"].as_u64().is_some_and(|status| (100..600).contains(&status))) {
        return Some(ItemStyle::Status);
    }
    if all(&|item| item["success"].is_boolean()) {
        return Some(ItemStyle::Flag("success"));
    }
    let some_ok = answered.iter().any(|item| item["ok"] == true);
    (some_ok && all(&|item| item["ok"] == true || item["error"].is_string())).then_some(ItemStyle::Flag("ok"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_of_four_vendors_are_recognised() {
        let kinto = (
            json!({"defaults": {"method": "POST"}, "requests": [{"body": 1}, {"method": "PUT"}]}),
            json!({"responses": [{"status": 201, "path": "/a", "body": {}}, {"status": 412, "path": "/b", "body": {"code": 412}}]}),
        );
        let batch = Batch::between(&kinto.0, &kinto.1).unwrap();
        assert_eq!((batch.succeeded(0), batch.succeeded(1)), (true, false));
        assert_eq!((batch.is_idempotent(0), batch.is_idempotent(1)), (false, true));
        assert_eq!(batch.failed_item(0)["body"]["code"], 503);

        let elastic = (
            json!([{"a": 1}, {"a": 2}]),
            json!({"items": [{"index": {"_id": "5", "status": 201}}, {"index": {"_id": "6", "status": 201}}]}),
        );
        let batch = Batch::between(&elastic.0, &elastic.1).unwrap();
        assert_eq!(batch.failed_item(1)["index"]["_id"], "6");

        let couch = (
            json!({"docs": [{"x": 1}, {"x": 2}]}),
            json!([{"ok": true, "id": "a"}, {"id": "b", "error": "conflict", "reason": ""}]),
        );
        let batch = Batch::between(&couch.0, &couch.1).unwrap();
        assert_eq!(batch.style, ItemStyle::Flag("ok"));
        assert!(batch.failed_item(0).get("ok").is_none());

        let salesforce =
            (json!({"records": [{}, {}]}), json!([{"id": "1", "success": true, "errors": []}, {"success": true}]));
        assert_eq!(Batch::between(&salesforce.0, &salesforce.1).unwrap().failed_item(0)["success"], false);
    }

    #[test]
    fn a_list_reply_without_item_results_is_no_batch() {
        assert_eq!(Batch::between(&json!({"ids": [1, 2]}), &json!({"data": [{"a": 1}, {"a": 2}]})), None);
    }
}
