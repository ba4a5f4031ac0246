//! Pages: a list, and the request for what comes after it.

use std::collections::{BTreeSet, HashMap};

use super::index::{Index, List, ValueId};
use super::links::Flow;
use super::spots::{Kind, Spot};
use crate::analysis::endpoint::Endpoint;
use crate::analysis::place::Place;
use crate::format::Interaction;
use crate::json::Pointer;

/// A page and the one after it, with what led there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLink {
    /// Number of the interaction that has the page before.
    pub from: usize,
    /// Number of the interaction that asks for the next page.
    pub to: usize,
    /// What leads there.
    pub kind: PageKind,
    /// Where it stood in the reply; `None` where the client counted by itself.
    pub source: Option<Place>,
    /// Where it stood in the request.
    pub sink: Place,
    /// The token, the path and query, or the number. A token that is an object is JSON.
    pub token: String,
}

/// What leads to the next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PageKind {
    /// A token of the service, or the id of the last item: it may expire or go.
    Token,
    /// A URL of the service that holds no token, as `?page=2`.
    Link,
    /// A number that the client counts: pages or items.
    Counted,
}

/// A page link before it is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// Positions of the interactions.
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: PageKind,
    pub(super) source: Option<Spot>,
    pub(super) sink: Spot,
    pub(super) value: ValueId,
}

impl Flow {
    /// The pages of a recording, in order of the requests for them; `interactions` are those of [`Flow::of`].
    ///
    /// A page link goes from a reply with a list to a later request of the same endpoint that carries a value of that
    /// reply: one from beside the list that stands where the request before had nothing or such a value, or the id of
    /// the last item. A URL is followed also to another endpoint, if items of the same form are there. Where nothing
    /// is given, two requests that differ in one number, which counts pages or items, are pages as well.
    #[must_use]
    pub fn pages(&self, interactions: &[Interaction]) -> Vec<PageLink> {
        let found = Paging::of(&self.index, interactions).all();
        found.iter().map(|found| self.page_link(found, interactions)).collect()
    }

    fn page_link(&self, found: &Found, interactions: &[Interaction]) -> PageLink {
        let sink = self.index.spots.place(found.sink);
        let token = match &sink {
            Place::Body(at, None) if self.index.known(found.value).is_object() => text_at(interactions, found.to, at),
            _ => None,
        };
        let number = || self.index.known(found.value).number().map(|number| number.to_string());
        let token = token.unwrap_or_else(|| match self.index.text(found.value) {
            "" => number().unwrap_or_default(),
            text => text.to_owned(),
        });
        let of = |at: usize| self.index.exchanges.get(at).map_or(0, |exchange| exchange.number);
        PageLink {
            from: of(found.from),
            to: of(found.to),
            kind: found.kind,
            source: found.source.map(|source| self.index.spots.place(source)),
            sink,
            token,
        }
    }
}

fn text_at(interactions: &[Interaction], at: usize, pointer: &Pointer) -> Option<String> {
    let document = interactions.get(at)?.request.json()?;
    pointer.resolve(&document).first().map(|(_, value)| value.to_string())
}

/// What finds pages.
#[derive(Debug)]
pub(super) struct Paging<'i> {
    pub(super) index: &'i Index,
    /// Of each interaction: the same number where the endpoint is the same.
    endpoints: Vec<usize>,
}

impl<'i> Paging<'i> {
    pub(super) fn of(index: &'i Index, interactions: &[Interaction]) -> Self {
        let mut numbers: HashMap<Endpoint, usize> = HashMap::new();
        let mut endpoints = Vec::with_capacity(interactions.len());
        for interaction in interactions {
            let next = numbers.len();
            endpoints.push(*numbers.entry(Endpoint::of(interaction)).or_insert(next));
        }
        Self { index, endpoints }
    }

    /// Every page link, in order of the requests; one for each at most.
    pub(super) fn all(&self) -> Vec<Found> {
        let mut earlier: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut all = Vec::new();
        for (to, endpoint) in self.endpoints.iter().enumerate() {
            let same = earlier.entry(*endpoint).or_default();
            if self.index.exchanges.get(to).is_some_and(|exchange| !exchange.asks_a_model) {
                let counted = || if same.is_empty() { None } else { self.counted(to, same) };
                all.extend(
                    self.by_token(to).or_else(|| self.by_link(to)).or_else(|| self.by_last_item(to)).or_else(counted),
                );
                same.push(to);
            }
        }
        all
    }

    pub(super) fn is_same_endpoint(&self, one: usize, other: usize) -> bool {
        self.endpoints.get(one).is_some_and(|endpoint| self.endpoints.get(other) == Some(endpoint))
    }

    /// The endpoint, by a number.
    pub(super) fn endpoint(&self, at: usize) -> usize {
        self.endpoints.get(at).copied().unwrap_or(usize::MAX)
    }

    /// Whether the reply to a request has what would follow a list: another one at the same place, or nothing.
    pub(super) fn continues(&self, list: &List, to: usize) -> bool {
        let lists = self.index.lists(to);
        let failed = self.index.exchanges.get(to).is_some_and(|exchange| !exchange.success);
        failed || lists.iter().any(|other| other.spot == list.spot) || lists.iter().all(|other| other.items == 0)
    }

    /// Whether another endpoint has items of the same form at the same place.
    pub(super) fn has_same_items(&self, list: &List, from: usize, to: usize) -> bool {
        let members = |at: usize| -> BTreeSet<Spot> {
            let in_list = |spot: &Spot| self.index.spots.item(*spot).is_some_and(|(of, _)| of == list.spot);
            let spots = self.index.brought(at).iter().map(|leaf| leaf.spot);
            spots.filter(in_list).map(|spot| self.index.spots.general(spot)).collect()
        };
        let there = self.index.main_list(to).is_some_and(|other| other.spot == list.spot);
        let (one, other) = (members(from), members(to));
        there && !one.is_empty() && one.intersection(&other).count() * 2 >= one.len().max(other.len())
    }

    /// Whether a request had the value itself; then its reply only repeats it.
    pub(super) fn asked_with(&self, at: usize, value: ValueId) -> bool {
        self.index.carried(at).iter().any(|carried| carried.value == value)
    }

    /// What a request asks for, without headers: places and values, sorted.
    pub(super) fn parameters(&self, at: usize) -> Vec<(Spot, ValueId)> {
        let spots = &self.index.spots;
        let is_parameter = |spot: Spot| {
            let kind = spots.part_of_message(spot).kind;
            matches!(kind, Kind::Segment | Kind::Query | Kind::Body) && spots.step(spot).kind != Kind::Word
        };
        let carried = self.index.carried(at).iter();
        let carried = carried.filter(|each| !self.index.known(each.value).is_object() && is_parameter(each.spot));
        let mut parameters: Vec<_> = carried.map(|each| (each.spot, each.value)).collect();
        parameters.sort_unstable();
        parameters
    }

    /// Whether two requests ask for the same but for what stands at or below a place.
    pub(super) fn differ_only_at(&self, sink: Spot, from: usize, to: usize) -> bool {
        let others = |at: usize| {
            let mut parameters = self.parameters(at);
            parameters.retain(|(spot, _)| !self.index.spots.path(*spot).any(|above| above == sink));
            parameters
        };
        others(from) == others(to)
    }
}

#[cfg(test)]
mod tests;
