//! A batch that was recognised: its items, and the replies that say something else of them.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::message::{Exchange, Message};
use super::style::{Entry, Fate, Item, ItemFailure, STYLES, Style};
use crate::format::{Interaction, Reply, Request};
use crate::json::Pointer;

/// One request with several items, and a reply that says of each whether it was done.
///
/// Batches are recognised by the structure of both messages, not by host: `_bulk` of Elasticsearch, `BatchWriteItem`,
/// `BatchGetItem` and `TransactWriteItems` of DynamoDB, the batches of SQS, Kinesis and Firehose, `insertAll` of
/// `BigQuery`, `$batch` of Microsoft Graph, Kinto, composite requests and collections of Salesforce, `_bulk_docs` of
/// CouchDB, the batches of `HubSpot`, `DeleteObjects` of S3, several mutations in a GraphQL document, and any list whose
/// reply is a list of the same length with a status or a flag in each item.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::analysis::{Batch, ItemFailure};
/// use checkagent_cassette::{Body, Content, HttpReply, HttpRequest, Reply, Request};
///
/// let records = r#"{"StreamName":"s","Records":[{"Data":"YQ=="},{"Data":"Yg=="}]}"#;
/// let body = Body::from_bytes(records.as_bytes());
/// let request = Request::Http(HttpRequest { method: "POST".into(), target: "/".into(), body, ..Default::default() });
/// let stored = r#"{"FailedRecordCount":0,"Records":[{"SequenceNumber":"1"},{"SequenceNumber":"2"}]}"#;
/// let content = Content::Whole(Body::from_bytes(stored.as_bytes()));
/// let reply = Reply::Http(HttpReply { status: 200, content, ..Default::default() });
///
/// let batch = Batch::between(&request, &reply).unwrap();
/// let bent = batch.reply_with_failures(&reply, &[1], ItemFailure::Retryable).json().unwrap();
/// assert_eq!(bent["FailedRecordCount"], 1);
/// assert_eq!(bent["Records"][1]["ErrorCode"], "ProvisionedThroughputExceededException");
/// ```
#[derive(Clone, Debug)]
pub struct Batch {
    style: Arc<dyn Style>,
    items: Vec<Item>,
}

/// The items of a batch that another request holds, and nothing else: a retry.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchPart {
    /// Which items, by position, in the order of the request.
    pub items: Vec<usize>,
    sent: Vec<Value>,
}

impl Batch {
    /// The batch that an interaction is, if it is one. What asks a model is none.
    #[must_use]
    pub fn of(interaction: &Interaction) -> Option<Self> {
        if interaction.asks_a_model() { None } else { Self::between(&interaction.request, &interaction.reply) }
    }

    /// As [`Batch::of`], for a request and its reply.
    #[must_use]
    pub fn between(request: &Request, reply: &Reply) -> Option<Self> {
        Self::read(request, request.json().map(Cow::Owned), reply, || reply.json().map(Cow::Owned))
    }

    /// As [`Batch::between`], where the JSON documents that the two carry are known. That of the reply is asked for only
    /// if the request may be a batch.
    #[must_use]
    pub fn read<'m>(
        request: &'m Request,
        asked: Option<Cow<'m, Value>>,
        reply: &'m Reply,
        answered: impl FnOnce() -> Option<Cow<'m, Value>>,
    ) -> Option<Self> {
        let request = Message::of_request(request, asked);
        if !reply.is_success() || matches!(request, Message::Nothing) {
            return None;
        }
        let exchange = Exchange { request, reply: Message::of_reply(reply, answered()) };
        let (style, items) = STYLES.iter().find_map(|find| find(&exchange))?;
        Some(Self { style, items })
    }

    /// The items, in the order of the request.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Whose way to answer it is, and where that is written down; for people.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.style.source()
    }

    /// Where the reply says what became of the items.
    #[must_use]
    pub fn place(&self) -> Pointer {
        self.style.place()
    }

    /// Whether the batch only asks for things.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.style.is_read()
    }

    /// Whether doing this item twice changes no more than doing it once: a PUT or DELETE, what has an id of its own.
    #[must_use]
    pub fn is_idempotent(&self, index: usize) -> bool {
        self.items.get(index).is_some_and(|item| self.style.is_idempotent(&item.asked))
    }

    /// Whether items of this vendor fail in that way inside a reply that is a success.
    #[must_use]
    pub fn allows(&self, failure: ItemFailure) -> bool {
        self.style.allows(failure)
    }

    /// Whether the vendor may list items in another order than they were sent.
    #[must_use]
    pub fn order_is_free(&self) -> bool {
        self.style.order_is_free()
    }

    /// The items that are not done when `failed` fail: these, those that depend on them, and all where the vendor does
    /// all or nothing.
    #[must_use]
    pub fn not_done(&self, failed: &[usize]) -> Vec<usize> {
        let mut all = failed.to_vec();
        all.extend(self.style.dragged(&self.asked(), failed));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The whole reply in which these items failed. Counts and flags in it agree with the items, and where the vendor
    /// keeps no order the items come in another one.
    #[must_use]
    pub fn reply_with_failures(&self, reply: &Reply, failed: &[usize], failure: ItemFailure) -> Reply {
        let asked = self.asked();
        let dragged = self.style.dragged(&asked, failed);
        let entries = self.items.iter().enumerate().map(|(index, model)| Entry {
            index,
            model,
            asked: &model.asked,
            answered: &model.answered,
            fate: fate(index, failed, &dragged, failure),
        });
        let mut entries: Vec<_> = entries.collect();
        if self.order_is_free() {
            entries.reverse();
        }
        self.style.write(reply, &entries)
    }

    /// The items of another request, if it has the form of this batch's.
    #[must_use]
    pub fn items_in(&self, request: &Request) -> Option<Vec<Value>> {
        self.style
            .asked(&Message::of_request(request, request.json().map(Cow::Owned)))
            .filter(|items| !items.is_empty())
    }

    /// The items of this batch that a request holds, if it holds nothing else. Names that an item has only within its
    /// batch do not count: a retry may number its items anew.
    #[must_use]
    pub fn part_in(&self, request: &Request) -> Option<BatchPart> {
        let sent = self.items_in(request)?;
        let known: Vec<_> = self.items.iter().map(|item| self.style.essence(&item.asked)).collect();
        let mut items: Vec<usize> = Vec::with_capacity(sent.len());
        for item in &sent {
            let essence = self.style.essence(item);
            items.push((0..known.len()).find(|index| known[*index] == essence && !items.contains(index))?);
        }
        Some(BatchPart { items, sent })
    }

    /// The items of a part that are not done when `failed` (positions in this batch) fail again.
    #[must_use]
    pub fn not_done_in(&self, part: &BatchPart, failed: &[usize]) -> Vec<usize> {
        let (failed, dragged) = self.failing_in(part, failed);
        failed.iter().chain(&dragged).map(|position| part.items[*position]).collect()
    }

    /// The reply to a request that holds some of the items, made of what the recording says of them; `failed`
    /// (positions in this batch) fail again.
    #[must_use]
    pub fn reply_to_part(&self, reply: &Reply, part: &BatchPart, failed: &[usize], failure: ItemFailure) -> Reply {
        let (failed, dragged) = self.failing_in(part, failed);
        let models = part.items.iter().map(|item| &self.items[*item]);
        let entries = models.zip(&part.sent).enumerate().map(|(index, (model, asked))| Entry {
            index,
            model,
            asked,
            answered: &model.answered,
            fate: fate(index, &failed, &dragged, failure),
        });
        self.style.write(reply, &entries.collect::<Vec<_>>())
    }

    /// The reply to a request with other items: each of them is answered like the recorded item at its position (from
    /// the beginning again when there are more), with what `answer` makes of that item and the one that was sent.
    #[must_use]
    pub fn reply_to_others(&self, reply: &Reply, sent: &[Value], answer: impl Fn(&Item, &Value) -> Value) -> Reply {
        let models: Vec<_> = sent.iter().zip(self.items.iter().cycle()).collect();
        let answers: Vec<_> = models.iter().map(|(asked, model)| answer(model, asked)).collect();
        let entries = models.iter().zip(&answers).enumerate().map(|(index, ((asked, model), answered))| Entry {
            index,
            model,
            asked,
            answered,
            fate: Fate::AsRecorded,
        });
        self.style.write(reply, &entries.collect::<Vec<_>>())
    }

    fn asked(&self) -> Vec<&Value> {
        self.items.iter().map(|item| &item.asked).collect()
    }

    /// Positions in the part.
    fn failing_in(&self, part: &BatchPart, failed: &[usize]) -> (Vec<usize>, Vec<usize>) {
        let failing: Vec<_> = (0..part.items.len()).filter(|at| failed.contains(&part.items[*at])).collect();
        let dragged = self.style.dragged(&part.sent.iter().collect::<Vec<_>>(), &failing);
        (failing, dragged)
    }
}

fn fate(index: usize, failed: &[usize], dragged: &[usize], failure: ItemFailure) -> Fate {
    match index {
        index if failed.contains(&index) => Fate::Failed(failure),
        index if dragged.contains(&index) => Fate::Dragged,
        _ => Fate::AsRecorded,
    }
}
