//! A cassette with its analysis, shared by all cases.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use checkagent_cassette::analysis::{
    Batch, Endpoint, Flow, ItemFailure, Observed, PageLink, Unfollowed, reply_atoms, request_atoms,
};
use checkagent_cassette::key::{Key, id_tokens};
use checkagent_cassette::model::Wire;
use checkagent_cassette::{Branch, Cassette, Interaction, Reply, Request};

use serde_json::Value;

use super::conversations::{self, Conversations};
use super::documents::{Documents, Found};
use super::effects::{Effects, Operation};
use super::fields::FieldPlace;
use super::lists::Lists;
use super::message::Spoken;
use super::model_exchange::ModelExchange;
use super::records::{Record, name_of, records};

/// A cassette and its analysis. Cases share it; none copies it.
///
/// Nothing is analysed before it is asked for.
#[derive(Debug)]
pub struct Recording {
    cassette: Cassette,
    effects: Effects,
    documents: OnceLock<Documents>,
    kinds: OnceLock<Vec<Asks>>,
    by_key: HashMap<Key, Vec<usize>>,
    flow: OnceLock<Flow>,
    pages: OnceLock<Vec<PageLink>>,
    observed: OnceLock<BTreeMap<Endpoint, Observed>>,
    endpoints: OnceLock<Vec<Endpoint>>,
    batches: OnceLock<Vec<Option<Batch>>>,
    fields: OnceLock<Vec<FieldPlace>>,
    lists: OnceLock<Lists>,
    new_ids: OnceLock<Vec<Vec<String>>>,
    new_records: OnceLock<Vec<Vec<Record>>>,
    model_exchanges: OnceLock<Vec<ModelExchange>>,
    spoken: OnceLock<Vec<Spoken>>,
    conversations: OnceLock<Conversations>,
    base_hash: OnceLock<String>,
}

/// What an interaction asks for.
#[derive(Clone, Copy, Debug)]
struct Asks {
    /// A model.
    model: bool,
    /// To change the outside.
    effect: bool,
}

impl Recording {
    /// Analyses a cassette; `reads` are operations that are no effects although their method says so.
    #[must_use]
    pub fn new(cassette: Cassette, reads: Vec<Operation>) -> Arc<Self> {
        Self::with_effects(cassette, Effects::new(reads, Vec::new()))
    }

    /// Analyses a cassette in which these are the effects.
    #[must_use]
    pub fn with_effects(cassette: Cassette, effects: Effects) -> Arc<Self> {
        let mut by_key: HashMap<Key, Vec<usize>> = HashMap::with_capacity(cassette.interactions().len());
        for interaction in cassette.interactions() {
            by_key.entry(interaction.key).or_default().push(interaction.number);
        }
        Arc::new(Self {
            cassette,
            effects,
            documents: OnceLock::new(),
            kinds: OnceLock::new(),
            by_key,
            flow: OnceLock::new(),
            pages: OnceLock::new(),
            observed: OnceLock::new(),
            endpoints: OnceLock::new(),
            batches: OnceLock::new(),
            fields: OnceLock::new(),
            lists: OnceLock::new(),
            new_ids: OnceLock::new(),
            new_records: OnceLock::new(),
            model_exchanges: OnceLock::new(),
            spoken: OnceLock::new(),
            conversations: OnceLock::new(),
            base_hash: OnceLock::new(),
        })
    }

    /// The cassette.
    #[must_use]
    pub fn cassette(&self) -> &Cassette {
        &self.cassette
    }

    /// The interactions in recorded order.
    #[must_use]
    pub fn interactions(&self) -> &[Interaction] {
        self.cassette.interactions()
    }

    /// The interaction of that number, counted from 1.
    ///
    /// # Panics
    ///
    /// If there is none: numbers come from this recording.
    #[must_use]
    pub fn interaction(&self, number: usize) -> &Interaction {
        &self.interactions()[number - 1]
    }

    /// The numbers of the interactions with that key, in recorded order.
    #[must_use]
    pub fn with_key(&self, key: Key) -> &[usize] {
        self.by_key.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The numbers of the requests to models that say the same as one whose normalised form has that key.
    pub(crate) fn with_conversation(&self, key: Key) -> &[usize] {
        let conversations = self.conversations.get_or_init(|| conversations::of(self));
        conversations.get(&key).map_or(&[], Vec::as_slice)
    }

    /// As [`Cassette::base_hash`], computed once.
    #[must_use]
    pub fn base_hash(&self) -> &str {
        self.base_hash.get_or_init(|| self.cassette.base_hash())
    }

    /// The branch of that name, void or not.
    pub(crate) fn branch(&self, case: &str) -> Option<&Branch> {
        let branches = self.cassette.branches();
        let found = branches.binary_search_by(|branch| branch.case.as_str().cmp(case)).ok()?;
        branches.get(found)
    }

    fn documents(&self) -> &Documents {
        self.documents.get_or_init(|| Documents::new(self.interactions()))
    }

    /// The JSON document that a request carries, if there is one. It is parsed once, unless the recording is large.
    pub(crate) fn request_document(&self, number: usize) -> Option<Cow<'_, Value>> {
        self.documents().of_request(self.interaction(number))
    }

    /// The JSON document that a reply carries, if there is one. It is parsed once, unless the recording is large.
    pub(crate) fn reply_document(&self, number: usize) -> Option<Cow<'_, Value>> {
        self.documents().of_reply(self.interaction(number))
    }

    /// A reply as it was sent; other than the recorded one it is no longer spaced for reading.
    pub(crate) fn sent_reply(&self, number: usize) -> Cow<'_, Reply> {
        self.documents().as_sent(self.interaction(number))
    }

    /// What is found in a message, kept unless the recording is large.
    pub(super) fn kept<'r, T: Clone>(
        &self,
        found: &'r Found<T>,
        find: impl FnOnce() -> Option<T>,
    ) -> Option<Cow<'r, T>> {
        self.documents().kept(Some(found), find)
    }

    /// The messages of JSON-RPC, in recorded order.
    pub(super) fn spoken(&self) -> &[Spoken] {
        self.spoken.get_or_init(|| Spoken::in_recording(self))
    }

    /// What an interaction asks for.
    fn asks(&self, number: usize) -> Asks {
        let of = |interaction: &Interaction| match &interaction.request {
            Request::Http(http) => {
                let speaks = |document: &Value| Wire::of_document(&http.target, document).is_some();
                let model = Wire::of_path(&http.target).is_some()
                    && self.documents().of_request(interaction).is_some_and(|document| speaks(&document));
                Asks { model, effect: !model && self.effects.has_http(http) }
            }
            Request::Call(call) => Asks { model: interaction.asks_a_model(), effect: call.effect },
        };
        self.kinds.get_or_init(|| self.interactions().iter().map(of).collect())[number - 1]
    }

    /// Value flow through the recording.
    #[must_use]
    pub fn flow(&self) -> &Flow {
        self.flow
            .get_or_init(|| Flow::read(self.interactions(), &|interaction| self.request_document(interaction.number)))
    }

    /// Pages and the tokens that led to them, found by value flow.
    #[must_use]
    pub fn pages(&self) -> &[PageLink] {
        self.pages.get_or_init(|| self.flow().pages(self.interactions()))
    }

    /// Pages that a reply offered and that the agent did not ask for when it was recorded. No case can show what stood
    /// there.
    #[must_use]
    pub fn unfollowed(&self) -> Vec<Unfollowed> {
        self.flow().unfollowed(self.interactions())
    }

    /// What was observed of the fields in the successful replies of an endpoint.
    #[must_use]
    pub fn observed(&self, endpoint: &Endpoint) -> Option<&Observed> {
        let all = self.observed.get_or_init(|| {
            let mut all: BTreeMap<Endpoint, Observed> = BTreeMap::new();
            for interaction in self.interactions().iter().filter(|interaction| interaction.reply.is_success()) {
                if let Some(document) = self.reply_document(interaction.number) {
                    all.entry(self.endpoint(interaction.number).clone()).or_default().add(&document);
                }
            }
            all
        });
        all.get(endpoint)
    }

    /// The fields of replies that an agent may depend on.
    #[must_use]
    pub fn fields(&self) -> &[FieldPlace] {
        self.fields.get_or_init(|| super::fields::of(self))
    }

    /// What the replies say of their lists.
    pub(crate) fn lists(&self) -> &Lists {
        self.lists.get_or_init(|| Lists::of(self))
    }

    /// The endpoint of an interaction.
    #[must_use]
    pub fn endpoint(&self, number: usize) -> &Endpoint {
        &self.endpoints.get_or_init(|| self.interactions().iter().map(Endpoint::of).collect())[number - 1]
    }

    /// The batch that an interaction is, if it is one.
    #[must_use]
    pub fn batch(&self, number: usize) -> Option<&Batch> {
        let of = |interaction: &Interaction| {
            let Interaction { number, request, reply, .. } = interaction;
            if self.asks_a_model(*number) {
                return None;
            }
            Batch::read(request, self.request_document(*number), reply, || self.reply_document(*number))
        };
        self.batches.get_or_init(|| self.interactions().iter().map(of).collect())[number - 1].as_ref()
    }

    /// The requests to models that were answered, with their replies taken apart, in recorded order.
    #[must_use]
    pub fn model_exchanges(&self) -> &[ModelExchange] {
        let of = |interaction: &Interaction| ModelExchange::of(interaction, self);
        self.model_exchanges.get_or_init(|| self.interactions().iter().filter_map(of).collect())
    }

    /// What was said at an interaction, if it asked a model and was answered.
    #[must_use]
    pub fn model_exchange(&self, number: usize) -> Option<&ModelExchange> {
        let all = self.model_exchanges();
        all.binary_search_by_key(&number, |exchange| exchange.number).ok().map(|found| &all[found])
    }

    /// The generated ids that appear in an interaction for the first time, in its request or its reply.
    pub(crate) fn new_ids(&self, number: usize) -> &[String] {
        let all = self.new_ids.get_or_init(|| {
            let mut known: HashSet<String> = HashSet::new();
            let mut new_ids = |interaction: &Interaction| {
                let atoms = request_atoms(&interaction.request).into_iter().chain(reply_atoms(&interaction.reply));
                let ids = atoms.map(|atom| atom.text).filter(|text| id_tokens(text).any(|id| id.len() == text.len()));
                ids.filter(|id| known.insert(id.clone())).collect()
            };
            self.interactions().iter().map(&mut new_ids).collect()
        });
        &all[number - 1]
    }

    /// The records that an effect alone brought into the world: objects that no other effect sent or got, and that no
    /// interaction before it showed.
    pub(crate) fn new_records(&self, number: usize) -> &[Record] {
        let all = self.new_records.get_or_init(|| {
            let of = |interaction: &Interaction| {
                let number = interaction.number;
                let documents = [self.request_document(number), self.reply_document(number)];
                documents.iter().flatten().flat_map(|document| records(document)).collect::<Vec<_>>()
            };
            let effects = || self.interactions().iter().filter(|each| self.changed_something(each.number));
            let mut times: HashMap<String, usize> = HashMap::new();
            for effect in effects() {
                let names: HashSet<_> = of(effect).iter().map(name_of).collect();
                for name in names {
                    *times.entry(name).or_default() += 1;
                }
            }
            let mut seen: HashSet<String> = HashSet::new();
            let mut new = Vec::with_capacity(self.interactions().len());
            for interaction in self.interactions() {
                let effect = self.changed_something(interaction.number);
                let mut own = of(interaction);
                let names: Vec<_> = own.iter().map(name_of).collect();
                let mut of_effect = names.iter().map(|name| effect && times[name] == 1 && !seen.contains(name));
                own.retain(|_| of_effect.next().unwrap_or_default());
                seen.extend(names);
                new.push(own);
            }
            new
        });
        &all[number - 1]
    }

    /// The reply to a request that holds some items of a recorded batch and nothing else, made of what the recording
    /// says of these items.
    #[must_use]
    pub fn part_of_batch(&self, number: usize, request: &Request) -> Option<FollowUp> {
        self.part_of_failing_batch(number, request, &[], ItemFailure::Retryable)
    }

    /// As [`Recording::part_of_batch`], where these items of the batch fail again.
    #[must_use]
    pub fn part_of_failing_batch(
        &self,
        number: usize,
        request: &Request,
        failed: &[usize],
        failure: ItemFailure,
    ) -> Option<FollowUp> {
        let batch = self.batch(number)?;
        let part = batch.part_in(request)?;
        let not_done = batch.not_done_in(&part, failed);
        let reply = batch.reply_to_part(&self.interaction(number).reply, &part, failed, failure);
        let done = |item: &usize| batch.items()[*item].done && !not_done.contains(item);
        Some(FollowUp { reply, items: part.items.into_iter().filter(done).collect() })
    }

    /// Whether a request changes the outside: POST, PUT, PATCH, DELETE, or a call that is not a query; unless the test
    /// says otherwise of the operation.
    #[must_use]
    pub fn is_effect(&self, request: &Request) -> bool {
        self.effects.has(request)
    }

    /// As [`Recording::is_effect`], for the request of an interaction, which is looked at once.
    #[must_use]
    pub fn asks_for_effect(&self, number: usize) -> bool {
        self.asks(number).effect
    }

    /// As [`Interaction::asks_a_model`], for the interaction of that number, which is looked at once.
    #[must_use]
    pub fn asks_a_model(&self, number: usize) -> bool {
        self.asks(number).model
    }

    /// Whether a recorded interaction changed the outside: an effect that the service accepted.
    #[must_use]
    pub fn changed_something(&self, number: usize) -> bool {
        self.asks_for_effect(number) && self.interaction(number).reply.is_success()
    }
}

/// The answer to a request that is in no recording because only a fault provokes it.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowUp {
    /// The reply.
    pub reply: Reply,
    /// The items of the bent batch that it does, by position.
    pub items: Vec<usize>,
}
