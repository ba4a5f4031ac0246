//! What a vendor's way to answer a batch has to say of itself.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::draft::Line;
use super::message::{Exchange, Message};
use super::{
    bigquery, couchdb, dynamodb_get, dynamodb_transact, dynamodb_write, elasticsearch, generic, graph, graphql,
    hubspot, kinesis, kinto, s3_delete, salesforce_collections, salesforce_composite, sqs,
};
use crate::format::Reply;
use crate::json::Pointer;

/// Why an item of a batch is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemFailure {
    /// Throttled, or the service is not available: the same item sent again is done.
    Retryable,
    /// Refused: not valid, not allowed, not found. The same item sent again is refused again.
    Permanent,
}

/// One item of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What was asked. For a request that is no JSON document, its pieces: action and document of Elasticsearch.
    pub asked: Value,
    /// What the reply says of it; `null` where it says nothing.
    pub answered: Value,
    /// Whether the reply says that it was done.
    pub done: bool,
    /// Where the reply's list speaks of it.
    pub(super) place: Option<usize>,
}

impl Item {
    pub(super) fn at(place: usize, asked: &Value, answered: &Value, done: bool) -> Self {
        Self { asked: asked.clone(), answered: answered.clone(), done, place: Some(place) }
    }
}

/// What becomes of an item in a reply that is being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// As the recording says.
    AsRecorded,
    Failed(ItemFailure),
    /// Not done because another item was not.
    Dragged,
}

/// One item of a reply that is being made.
#[derive(Debug)]
pub(super) struct Entry<'e> {
    /// Its position in the request that is answered.
    pub index: usize,
    /// The recorded item that it is answered like.
    pub model: &'e Item,
    /// What was sent.
    pub asked: &'e Value,
    /// What the reply says of it if it is done.
    pub answered: &'e Value,
    pub fate: Fate,
}

impl Entry<'_> {
    /// What the reply says of the item: what was recorded stays as it was written.
    pub(super) fn line(&self, answered: Value) -> Line {
        match self.model.place {
            Some(place) if answered == self.model.answered => Line::Kept(place),
            _ => Line::New(answered),
        }
    }

    /// What was answered, with the name that the item has in the request that is answered now.
    pub(super) fn answered_as(&self, name: &str) -> Value {
        let mut answered = self.answered.clone();
        if let (Some(here), Some(there)) = (answered.get_mut(name), self.asked.get(name)) {
            here.clone_from(there);
        }
        answered
    }
}

/// A vendor's way to answer a batch.
pub(super) trait Style: fmt::Debug + Send + Sync {
    /// Whose way it is, and where that is written down.
    fn source(&self) -> &'static str;

    /// Where the reply says what became of the items.
    fn place(&self) -> Pointer;

    /// The items of a request.
    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>>;

    /// An item without the name that it has only within its batch, which is another in a retry.
    fn essence(&self, asked: &Value) -> Value {
        asked.clone()
    }

    /// Whether doing an item twice changes no more than doing it once.
    fn is_idempotent(&self, asked: &Value) -> bool {
        let _ = asked;
        false
    }

    /// Whether items of this vendor fail so.
    fn allows(&self, failure: ItemFailure) -> bool;

    /// Whether the vendor may list items in another order than they were sent.
    fn order_is_free(&self) -> bool {
        false
    }

    /// Whether it only asks.
    fn is_read(&self) -> bool {
        false
    }

    /// The items that are not done because of `failed`.
    fn dragged(&self, asked: &[&Value], failed: &[usize]) -> Vec<usize> {
        let _ = (asked, failed);
        Vec::new()
    }

    /// The whole reply that says this of these items. `reply` is the recorded one.
    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply;
}

/// A style that was recognised, and the items.
pub(super) type Found = (Arc<dyn Style>, Vec<Item>);

/// Every style, the most particular first.
pub(super) const STYLES: [fn(&Exchange<'_>) -> Option<Found>; 16] = [
    elasticsearch::find,
    dynamodb_write::find,
    dynamodb_get::find,
    dynamodb_transact::find,
    sqs::find,
    kinesis::find,
    bigquery::find,
    graph::find,
    kinto::find,
    salesforce_composite::find,
    salesforce_collections::find,
    couchdb::find,
    hubspot::find,
    graphql::find,
    s3_delete::find,
    generic::find,
];

/// All others: one item fails, and nothing is done.
pub(super) fn all_others(count: usize, failed: &[usize]) -> Vec<usize> {
    if failed.is_empty() { Vec::new() } else { (0..count).filter(|index| !failed.contains(index)).collect() }
}

/// Those that depend on `failed`, and those that depend on these.
pub(super) fn dependents(count: usize, failed: &[usize], depends: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut lost = failed.to_vec();
    let mut at = 0;
    while let Some(cause) = lost.get(at).copied() {
        lost.extend((0..count).filter(|index| !lost.contains(index) && depends(*index, cause)).collect::<Vec<_>>());
        at += 1;
    }
    lost.split_off(failed.len().min(lost.len()))
}

/// Whether a method may be repeated, by RFC 9110.
pub(super) fn is_idempotent_method(item: &Value) -> bool {
    let method = item["method"].as_str().map(str::to_ascii_uppercase);
    method.is_some_and(|method| matches!(method.as_str(), "GET" | "HEAD" | "PUT" | "DELETE"))
}

/// The objects of a list, where it holds nothing else and at least two.
pub(super) fn objects(list: &Value) -> Option<&Vec<Value>> {
    list.as_array().filter(|items| items.len() >= 2 && items.iter().all(Value::is_object))
}

/// The members of an object that are there, by name.
pub(super) fn picked(from: &Value, names: &[&str]) -> Map<String, Value> {
    let members = names.iter().filter_map(|name| Some(((*name).to_owned(), from.get(*name)?.clone())));
    members.collect()
}
