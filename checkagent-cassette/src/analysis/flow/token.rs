//! Pages that a token, the id of the last item, or a followed URL leads to.

use super::index::{Brought, Carried, List};
use super::pages::{Found, PageKind, Paging};
use super::rarity::Rarity;
use super::spots::{Kind, Spot, Spots};

/// So many replies that brought a value are looked at.
const LOOKED_AT: usize = 16;
/// What carries more values than this asks for no page.
const MOST_VALUES: usize = 256;

impl Paging<'_> {
    /// A value from beside a list leads to more of it.
    pub(super) fn by_token(&self, to: usize) -> Option<Found> {
        let index = self.index;
        let (objects, others): (Vec<_>, Vec<_>) =
            self.tokens(to).partition(|carried| index.known(carried.value).is_object());
        // Of an object in an object, the outer one.
        objects.into_iter().rev().chain(others).find_map(|carried| {
            let (from, brought, list) = self.offered(to, carried, |spot| index.spots.item(spot).is_none())?;
            let sink = sink_of(&index.spots, carried.spot);
            let (is_absent, is_alone) =
                (|| self.is_absent_or_a_token(sink, from), || self.differ_only_at(sink, from, to));
            // A short cursor as `MTA=` may be any word, unless it is the only news.
            let telling = self.is_telling(carried);
            let is_new = if telling { is_absent() || is_alone() } else { is_absent() && is_alone() };
            (is_new && self.continues(list, to)).then_some(Found {
                from,
                to,
                kind: PageKind::Token,
                source: Some(brought.spot),
                sink: carried.spot,
                value: carried.value,
            })
        })
    }

    /// A value of the last item leads to what comes after it, which does not have that value.
    pub(super) fn by_last_item(&self, to: usize) -> Option<Found> {
        let spots = &self.index.spots;
        let telling = |carried: &&Carried| self.index.rarity(carried.value).is_telling();
        self.tokens(to).filter(telling).find_map(|carried| {
            let (from, brought, list) = self.offered(to, carried, |spot| spots.item(spot).is_some())?;
            let is_last = spots.item(brought.spot) == Some((list.spot, list.items.saturating_sub(1)));
            let sink = sink_of(spots, carried.spot);
            let place = spots.general(brought.spot);
            let again = |leaf: &Brought| leaf.value == carried.value && spots.general(leaf.spot) == place;
            let is_page = is_last
                && self.is_absent_or_a_token(sink, from)
                && self.differ_only_at(sink, from, to)
                && self.continues(list, to)
                && !self.index.brought(to).iter().any(again);
            is_page.then_some(Found {
                from,
                to,
                kind: PageKind::Token,
                source: Some(brought.spot),
                sink: carried.spot,
                value: carried.value,
            })
        })
    }

    /// A URL from beside a list is followed, to the same endpoint or to items of the same form.
    pub(super) fn by_link(&self, to: usize) -> Option<Found> {
        let spots = &self.index.spots;
        let is_target = |carried: &&Carried| matches!(spots.step(carried.spot).kind, Kind::Target | Kind::Location);
        let carried = self.index.carried(to).iter().find(is_target)?;
        if !self.index.is_from_a_reply(carried.value) {
            return None;
        }
        self.index.before(carried).take(LOOKED_AT).find_map(|brought| {
            let from = brought.exchange as usize;
            let is_url = matches!(spots.step(brought.spot).kind, Kind::UrlTarget | Kind::UrlLocation);
            if !is_url || spots.item(brought.spot).is_some() || self.is_about_itself(from, carried) {
                return None;
            }
            let list = self.index.main_list(from)?;
            let same = self.is_same_endpoint(from, to) && self.continues(list, to);
            if !same && !self.has_same_items(list, from, to) {
                return None;
            }
            Some(self.token_in_url(from, to, brought).unwrap_or(Found {
                from,
                to,
                kind: PageKind::Link,
                source: Some(brought.spot),
                sink: carried.spot,
                value: carried.value,
            }))
        })
    }

    /// The token in a URL that was followed: a new parameter, or the last segment of a path without a query.
    fn token_in_url(&self, from: usize, to: usize, url: &Brought) -> Option<Found> {
        let spots = &self.index.spots;
        let has_query = spots.step(url.spot).kind == Kind::UrlTarget;
        let new = |carried: &&Carried| {
            let step = spots.step(carried.spot);
            let is_piece = step.kind == if has_query { Kind::Query } else { Kind::Segment };
            is_piece && self.index.rarity(carried.value) >= Rarity::Telling && !self.asked_with(from, carried.value)
        };
        let mut candidates = self.index.carried(to).iter().filter(new);
        let token = if has_query { candidates.next() } else { candidates.next_back() }?;
        let step = spots.step(token.spot);
        let is_piece = |leaf: &&Brought| {
            let piece = spots.step(leaf.spot);
            let kind = matches!(piece.kind, Kind::UrlParameter | Kind::UrlSegment);
            kind && piece.number == step.number
                && leaf.value == token.value
                && spots.parent(leaf.spot) == spots.parent(url.spot)
        };
        let source = self.index.brought(from).iter().find(is_piece)?;
        let (source, sink, value) = (Some(source.spot), token.spot, token.value);
        Some(Found { from, to, kind: PageKind::Token, source, sink, value })
    }

    /// Values of a request that may be tokens.
    fn tokens(&self, to: usize) -> impl DoubleEndedIterator<Item = &Carried> {
        let index = self.index;
        index.carried(to).iter().take(MOST_VALUES).filter(move |carried| {
            let part = index.spots.part_of_message(carried.spot).kind;
            let is_long = index.known(carried.value).is_object() || index.rarity(carried.value) > Rarity::Everywhere;
            is_long && matches!(part, Kind::Query | Kind::Body) && index.is_from_a_reply(carried.value)
        })
    }

    /// The latest reply of the same endpoint that has a list and offered the value of its own accord.
    fn offered(
        &self,
        to: usize,
        carried: &Carried,
        is_right: impl Fn(Spot) -> bool,
    ) -> Option<(usize, Brought, &List)> {
        self.index.before(carried).take(LOOKED_AT).find_map(|brought| {
            let from = brought.exchange as usize;
            let fits =
                is_right(brought.spot) && self.is_same_endpoint(from, to) && !self.is_about_itself(from, carried);
            let list = self.index.main_list(from).filter(|_| fits)?;
            Some((from, *brought, list))
        })
    }

    fn is_telling(&self, carried: &Carried) -> bool {
        self.index.known(carried.value).is_object() || self.index.rarity(carried.value).is_telling()
    }

    fn is_about_itself(&self, from: usize, carried: &Carried) -> bool {
        self.index.exchanges.get(from).is_none_or(|exchange| exchange.asks_a_model)
            || self.asked_with(from, carried.value)
    }

    /// Whether a request has nothing at a place, something short as `*`, or what a reply gave it.
    fn is_absent_or_a_token(&self, sink: Spot, at: usize) -> bool {
        self.index.carried(at).iter().filter(|carried| carried.spot == sink).all(|carried| {
            let known = self.index.known(carried.value);
            self.index.is_from_a_reply(carried.value)
                || (!known.is_object() && self.index.rarity(carried.value) == Rarity::Everywhere)
        })
    }
}

/// The parameter or member that a value stands in.
fn sink_of(spots: &Spots, spot: Spot) -> Spot {
    if spots.step(spot).kind == Kind::Word { spots.parent(spot) } else { spot }
}
