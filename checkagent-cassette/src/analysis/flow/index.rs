//! Every value of a recording: where replies brought it, and where requests carried it.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::ops::Range;

use super::rarity::{Form, Rarity, SHORTEST};
use super::spots::{Hashed, Kind, Same, Spot, Spots, hash, mix};
use super::words::{MOST_WORDS, words};

/// No leaf.
const NONE: u32 = u32::MAX;

/// A value, named by its position.
pub(super) type ValueId = u32;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A text, or a number of many digits.
    Text,
    /// A number of few digits.
    Number(u32),
    /// An object.
    Object,
}

/// What is known of a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    form: Form,
    pub(super) what: What,
    /// A request had it before any reply.
    own: bool,
    /// Some request had it.
    pub(super) asked: bool,
    first: u32,
    last: u32,
    /// The last leaf in a reply of a model.
    told: u32,
    times: u32,
}

impl Known {
    pub(super) fn is_object(&self) -> bool {
        self.what == What::Object
    }

    pub(super) fn number(&self) -> Option<u32> {
        match self.what {
            What::Number(number) => Some(number),
            What::Text | What::Object => None,
        }
    }
}

/// A value at a place of a reply.
#[derive(Clone, Copy, Debug)]
pub(super) struct Brought {
    pub(super) exchange: u32,
    pub(super) spot: Spot,
    pub(super) value: ValueId,
    /// The leaf before with the same value.
    previous: u32,
}

/// A value at a place of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Carried {
    pub(super) exchange: u32,
    pub(super) spot: Spot,
    pub(super) value: ValueId,
    /// The last leaf with that value when it was asked.
    last: u32,
    /// The last leaf of a model's reply with that value when it was asked.
    told: u32,
    /// A model is told again what its conversation had before.
    pub(super) again: bool,
    /// It says where it comes from.
    pub(super) links: bool,
}

/// A list in a reply, not inside another one.
#[derive(Clone, Copy, Debug)]
pub(super) struct List {
    pub(super) spot: Spot,
    pub(super) items: u32,
    pub(super) of_objects: bool,
    /// Of its content.
    pub(super) hash: u64,
}

/// One interaction: its pieces of the lists in [`Index`].
#[derive(Clone, Debug, Default)]
pub(super) struct Exchange {
    pub(super) number: usize,
    pub(super) asks_a_model: bool,
    pub(super) success: bool,
    pub(super) carried: Range<usize>,
    pub(super) brought: Range<usize>,
    pub(super) lists: Range<usize>,
}

/// Every value of a recording.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    pub(super) spots: Spots,
    pub(super) exchanges: Vec<Exchange>,
    values: Vec<Known>,
    by_hash: Hashed<ValueId>,
    /// A value without the punctuation around it, as it would stand in a text.
    by_words: Hashed<ValueId>,
    /// Of the first word of a value: of how many words such values are, a bit for each number.
    heads: Hashed<u32>,
    brought: Vec<Brought>,
    carried: Vec<Carried>,
    lists: Vec<List>,
    /// The texts of values that were brought and later carried.
    texts: Hashed<Box<str>>,
    /// The leaves of requests whose values replies brought before, by value and then in order.
    uses: Vec<u32>,
    /// What each conversation with a model has heard.
    heard: HashSet<u64, BuildHasherDefault<Same>>,
}

impl Index {
    pub(super) fn known(&self, value: ValueId) -> &Known {
        &self.values[value as usize]
    }

    pub(super) fn carried(&self, exchange: usize) -> &[Carried] {
        self.exchanges.get(exchange).and_then(|exchange| self.carried.get(exchange.carried.clone())).unwrap_or_default()
    }

    pub(super) fn brought(&self, exchange: usize) -> &[Brought] {
        self.exchanges.get(exchange).and_then(|exchange| self.brought.get(exchange.brought.clone())).unwrap_or_default()
    }

    pub(super) fn all_carried(&self) -> &[Carried] {
        &self.carried
    }

    /// Says that a value that was carried says where it comes from.
    pub(super) fn mark(&mut self, at: usize) {
        if let Some(carried) = self.carried.get_mut(at) {
            carried.links = true;
        }
    }

    pub(super) fn lists(&self, exchange: usize) -> &[List] {
        self.exchanges.get(exchange).and_then(|exchange| self.lists.get(exchange.lists.clone())).unwrap_or_default()
    }

    /// The list that holds the results: the longest list of objects, else the longest.
    pub(super) fn main_list(&self, exchange: usize) -> Option<&List> {
        self.lists(exchange).iter().filter(|list| list.items > 0).max_by_key(|list| (list.of_objects, list.items))
    }

    /// The position of an interaction.
    pub(super) fn position(&self, number: usize) -> Option<usize> {
        let is = |at: &usize| self.exchanges.get(*at).is_some_and(|exchange| exchange.number == number);
        number.checked_sub(1).filter(is).or_else(|| (0..self.exchanges.len()).find(is))
    }

    /// The text of a value that was brought and carried.
    pub(super) fn text(&self, value: ValueId) -> &str {
        self.texts.get(&u64::from(value)).map_or("", AsRef::as_ref)
    }

    pub(super) fn rarity(&self, value: ValueId) -> Rarity {
        self.known(value).form.rarity
    }

    /// Whether replies brought it before any request had it.
    pub(super) fn is_from_a_reply(&self, value: ValueId) -> bool {
        let known = self.known(value);
        known.first != NONE && !known.own
    }

    /// The value of this text, if any message has it.
    pub(super) fn find(&self, text: &str) -> Option<ValueId> {
        self.by_hash.get(&hash(text)).copied()
    }

    /// Where a reply brought it first.
    pub(super) fn first(&self, value: ValueId) -> Option<&Brought> {
        self.brought.get(self.known(value).first as usize)
    }

    /// Where requests carried a value after some interaction.
    pub(super) fn uses_after(&self, exchange: usize, value: ValueId) -> impl Iterator<Item = &Carried> {
        let carried = |at: &u32| &self.carried[*at as usize];
        let start = self.uses.partition_point(|at| {
            let carried = carried(at);
            (carried.value, carried.exchange as usize) <= (value, exchange)
        });
        self.uses.get(start..).unwrap_or_default().iter().map(carried).take_while(move |carried| carried.value == value)
    }

    /// Where replies brought the value before it was carried, the latest first.
    pub(super) fn before<'i>(&'i self, carried: &Carried) -> impl Iterator<Item = &'i Brought> + use<'i> {
        let leaf = |at: u32| self.brought.get(at as usize);
        std::iter::successors(leaf(carried.last), move |brought| leaf(brought.previous))
    }

    /// Where a value that a request carries comes from. To a model the agent tells what others said; what it asks others
    /// after the model told it to comes from the model.
    pub(super) fn source(&self, carried: &Carried) -> Option<&Brought> {
        let first = self.first(carried.value).filter(|first| first.exchange < carried.exchange)?;
        let to_model = self.exchanges.get(carried.exchange as usize)?.asks_a_model;
        let told = self.brought.get(carried.told as usize).filter(|_| !to_model);
        Some(told.unwrap_or(first))
    }

    /// Begins an interaction.
    pub(super) fn begin(&mut self, number: usize, asks_a_model: bool, success: bool) {
        let (carried, brought, lists) = (self.carried.len(), self.brought.len(), self.lists.len());
        self.exchanges.push(Exchange {
            number,
            asks_a_model,
            success,
            carried: carried..carried,
            brought: brought..brought,
            lists: lists..lists,
        });
    }

    fn here(&self) -> u32 {
        u32::try_from(self.exchanges.len().saturating_sub(1)).unwrap_or(NONE)
    }

    fn intern(&mut self, hash: u64, form: impl FnOnce() -> (Form, What)) -> ValueId {
        if let Some(value) = self.by_hash.get(&hash) {
            return *value;
        }
        let value = u32::try_from(self.values.len()).unwrap_or(NONE);
        let (form, what) = form();
        let (own, asked) = (false, false);
        self.values.push(Known { form, what, own, asked, first: NONE, last: NONE, told: NONE, times: 0 });
        self.by_hash.insert(hash, value);
        value
    }

    fn of_text(&mut self, text: &str) -> ValueId {
        self.intern(hash(text), || {
            let number = text.parse().ok().filter(|_| text.len() <= 9);
            (Form::of(text), number.map_or(What::Text, What::Number))
        })
    }

    fn of_object(&mut self, hash: u64) -> ValueId {
        let form = Form { rarity: Rarity::Everywhere, may_be_common: false };
        self.intern(mix(hash, 1), || (form, What::Object))
    }

    /// A reply brings a text or a number.
    pub(super) fn bring(&mut self, spot: Spot, text: &str) {
        let value = self.of_text(text);
        if self.known(value).first == NONE && self.rarity(value).is_telling() {
            self.index_words(value, text);
        }
        self.bring_value(spot, value);
    }

    /// A reply brings an object.
    pub(super) fn bring_object(&mut self, spot: Spot, hash: u64) {
        let value = self.of_object(hash);
        self.bring_value(spot, value);
    }

    fn bring_value(&mut self, spot: Spot, value: ValueId) {
        let exchange = self.here();
        let leaf = u32::try_from(self.brought.len()).unwrap_or(NONE);
        let told = self.exchanges.last().is_some_and(|exchange| exchange.asks_a_model);
        let kind = self.spots.step(spot).kind;
        let is_plain = |kind: Kind| matches!(kind, Kind::Key | Kind::Index | Kind::Body);
        let first = self.brought.get(self.known(value).first as usize);
        // Of one reply, a member says more than a piece of a URL.
        let better = is_plain(kind)
            && first.is_some_and(|first| first.exchange == exchange && !is_plain(self.spots.step(first.spot).kind));
        let known = &mut self.values[value as usize];
        let previous = std::mem::replace(&mut known.last, leaf);
        if known.first == NONE || better {
            known.first = leaf;
        }
        // Of a model's reply, an argument says more than a word of its text.
        let earlier = self.brought.get(known.told as usize).is_some_and(|told| told.exchange == exchange);
        if told && !(kind == Kind::Word && earlier) {
            known.told = leaf;
        }
        known.times += 1;
        self.brought.push(Brought { exchange, spot, value, previous });
        if let Some(exchange) = self.exchanges.last_mut() {
            exchange.brought.end = self.brought.len();
        }
    }

    pub(super) fn bring_list(&mut self, list: List) {
        self.lists.push(list);
        if let Some(exchange) = self.exchanges.last_mut() {
            exchange.lists.end = self.lists.len();
        }
    }

    /// Prepares that a value is found in texts.
    fn index_words(&mut self, value: ValueId, text: &str) {
        let mut ranges = words(text);
        let Some(first) = ranges.next() else { return };
        let (mut end, mut count) = (first.end, 1);
        for range in ranges {
            end = range.end;
            count += 1;
            if count > MOST_WORDS {
                return;
            }
        }
        let trimmed = &text[first.start..end];
        if trimmed.chars().count() < SHORTEST {
            return;
        }
        *self.heads.entry(hash(&text[first])).or_default() |= 1 << count;
        self.by_words.entry(hash(trimmed)).or_insert(value);
    }

    /// A request carries a text or a number. Says whether a reply brought it.
    pub(super) fn carry(&mut self, spot: Spot, text: &str, conversation: Option<u64>) -> bool {
        let value = self.of_text(text);
        let known = &mut self.values[value as usize];
        let brought = known.first != NONE;
        known.own |= !brought;
        self.carry_value(spot, value, text, conversation);
        brought
    }

    /// A request carries an object.
    pub(super) fn carry_object(&mut self, spot: Spot, hash: u64) {
        let value = self.of_object(hash);
        let known = &mut self.values[value as usize];
        known.own |= known.first == NONE;
        self.carry_value(spot, value, "", None);
    }

    fn carry_value(&mut self, spot: Spot, value: ValueId, text: &str, conversation: Option<u64>) {
        let known = &mut self.values[value as usize];
        known.asked = true;
        let (last, told) = (known.last, known.told);
        if last != NONE && !known.is_object() {
            self.texts.entry(u64::from(value)).or_insert_with(|| text.into());
        }
        let again = conversation.is_some_and(|conversation| !self.heard.insert(mix(conversation, u64::from(value))));
        self.carried.push(Carried { exchange: self.here(), spot, value, last, told, again, links: false });
        if let Some(exchange) = self.exchanges.last_mut() {
            exchange.carried.end = self.carried.len();
        }
    }

    /// The values of replies that stand inside a text. Each place in the text is looked at for the lengths that values
    /// with its word at the front have.
    pub(super) fn in_text(&self, text: &str, found: &mut Vec<(ValueId, Range<usize>)>) {
        if self.heads.is_empty() {
            return;
        }
        let window: Vec<Range<usize>> = words(text).collect();
        let mut at = 0;
        while let Some(first) = window.get(at).cloned() {
            at += 1;
            let Some(lengths) = self.heads.get(&hash(&text[first.clone()])) else { continue };
            // The longest value, and nothing inside it again.
            for count in (1..=MOST_WORDS).rev().filter(|count| lengths & (1 << count) != 0) {
                let Some(last) = window.get(at + count - 2) else { continue };
                let range = first.start..last.end;
                if let Some(value) = self.by_words.get(&hash(&text[range.clone()])) {
                    found.push((*value, range));
                    at += count - 1;
                    break;
                }
            }
        }
    }

    /// A request carries some words that a reply brought as a value.
    pub(super) fn carry_words(&mut self, spot: Spot, value: ValueId, words: &str, conversation: Option<u64>) {
        self.carry_value(spot, value, words, conversation);
    }

    /// Ends the reading. Words and dates that are repeated, or are names as well, say little as values.
    pub(super) fn finish(&mut self) {
        /// In so many leaves of replies a word or a date is still seldom.
        const SELDOM: u32 = 3;
        for (hash, value) in &self.by_hash {
            let Some(known) = self.values.get_mut(*value as usize) else { continue };
            if known.form.may_be_common && (known.times > SELDOM || self.spots.is_name(*hash)) {
                known.form.rarity = known.form.rarity.min(Rarity::Common);
            }
        }
        let uses = self.carried.iter().enumerate().filter(|(_, carried)| carried.last != NONE);
        self.uses = uses.filter_map(|(at, _)| u32::try_from(at).ok()).collect();
        self.uses.sort_by_key(|at| self.carried[*at as usize].value);
        self.heard = HashSet::default();
    }
}
