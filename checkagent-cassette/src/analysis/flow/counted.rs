//! Pages that the client counts: two requests that differ in one number.

use super::index::{List, ValueId};
use super::pages::{Found, PageKind, Paging};
use super::spots::{Kind, Spot, Spots};

/// So many earlier requests of the endpoint are looked at.
const LOOKED_BACK: usize = 6;
/// Numbers of pages are not greater; years are.
const MOST_PAGES: u32 = 1_000;

/// How one request differs from another: in the number at one place.
#[derive(Clone, Copy, Debug)]
struct Step {
    sink: Spot,
    /// The number before, where there was one.
    before: Option<(ValueId, u32)>,
    after: (ValueId, u32),
}

impl Paging<'_> {
    /// The same request but for a number that counts pages or items: it grows by one, or by as many as were asked for
    /// or came. A filter by a number, which the items of both replies have, is none.
    pub(super) fn counted(&self, to: usize, earlier: &[usize]) -> Option<Found> {
        let asked = self.parameters(to);
        earlier.iter().rev().take(LOOKED_BACK).find_map(|from| {
            let from = *from;
            let list = self.index.main_list(from)?;
            let step = self.step(&self.parameters(from), &asked)?;
            let offered = self
                .index
                .brought(from)
                .iter()
                .find(|leaf| leaf.value == step.after.0 && self.index.spots.item(leaf.spot).is_none());
            let counts = self.counts(&step, list, &asked) || (step.before.is_none() && offered.is_some());
            let is_page = counts
                && [from, to].iter().all(|at| self.index.exchanges.get(*at).is_some_and(|exchange| exchange.success))
                && self.continues(list, to)
                && !self.is_other_than_pages(&step, list, from, to);
            is_page.then_some(Found {
                from,
                to,
                kind: PageKind::Counted,
                source: offered.map(|leaf| leaf.spot),
                sink: step.sink,
                value: step.after.0,
            })
        })
    }

    /// The one number that a request has greater than another, or beside what the other has.
    fn step(&self, from: &[(Spot, ValueId)], to: &[(Spot, ValueId)]) -> Option<Step> {
        let mut removed = from.iter().filter(|parameter| to.binary_search(parameter).is_err());
        let mut added = to.iter().filter(|parameter| from.binary_search(parameter).is_err());
        let (before, after) = (removed.next(), added.next()?);
        if removed.next().is_some() || added.next().is_some() || before.is_some_and(|before| before.0 != after.0) {
            return None;
        }
        let kind = self.index.spots.part_of_message(after.0).kind;
        let number =
            |parameter: &(Spot, ValueId)| self.index.known(parameter.1).number().map(|number| (parameter.1, number));
        let before = match before {
            Some(before) => Some(number(before)?),
            None => None,
        };
        let after = number(after).map(|number| (after.0, number)).filter(|_| kind != Kind::Segment)?;
        let grows = before.is_none_or(|before| after.1.1 > before.1);
        grows.then_some(Step { sink: after.0, before, after: after.1 })
    }

    fn counts(&self, step: &Step, list: &List, asked: &[(Spot, ValueId)]) -> bool {
        let (before, after) = (step.before.map_or(0, |before| before.1), step.after.1);
        let grown = after - before;
        let by_page = after <= MOST_PAGES && (grown == 1 || (step.before.is_none() && after == 2));
        let by_limit = asked
            .iter()
            .any(|(spot, value)| *spot != step.sink && grown > 1 && self.index.known(*value).number() == Some(grown));
        by_page || (grown > 1 && grown == list.items) || by_limit
    }

    /// A filter by a number, the same content again, or the number of a message.
    fn is_other_than_pages(&self, step: &Step, list: &List, from: usize, to: usize) -> bool {
        let same_again = self.index.lists(to).iter().any(|other| other.spot == list.spot && other.hash == list.hash);
        let filters = |at: usize, value: ValueId| {
            let items = self.index.main_list(at).map_or(0, |list| list.items);
            let leaves = self.index.brought(at).iter();
            let with_value = leaves.filter(|leaf| leaf.value == value && self.index.spots.item(leaf.spot).is_some());
            let mut places: Vec<_> = with_value.map(|leaf| self.index.spots.general(leaf.spot)).collect();
            places.sort_unstable();
            places.chunk_by(|one, other| one == other).any(|group| group.len() >= items as usize) && items > 0
        };
        let is_filter = filters(to, step.after.0) && step.before.is_none_or(|before| filters(from, before.0));
        same_again || is_filter || self.is_id_of_message(step.sink, to)
    }

    /// The `id` of JSON-RPC, which every client counts.
    fn is_id_of_message(&self, sink: Spot, to: usize) -> bool {
        let spots = &self.index.spots;
        let name = |spot: Spot| spots.name(spots.step(spot).number);
        let at_root = |spot: Spot| {
            let body = spots.parent(spot);
            spots.step(body).kind == Kind::Body && spots.parent(body) == Spots::START
        };
        let has_version =
            || self.index.carried(to).iter().any(|each| at_root(each.spot) && name(each.spot) == "jsonrpc");
        at_root(sink) && name(sink) == "id" && has_version()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::fixture::{get, post};
    use crate::analysis::{Flow, PageKind};
    use crate::format::Interaction;

    fn pages(recording: &[Interaction]) -> Vec<(usize, usize, String)> {
        let pages = Flow::of(recording).pages(recording);
        assert!(pages.iter().all(|page| page.kind == PageKind::Counted));
        pages.into_iter().map(|page| (page.from, page.to, page.token)).collect()
    }

    fn items(names: &[&str]) -> Value {
        json!({"total": 5, "items": names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>()})
    }

    #[test]
    fn numbers_of_pages_are_counted_from_the_first_request_without_one() {
        let recording = [
            get(1, "/items?per_page=2", &items(&["a", "b"])),
            get(2, "/items?per_page=2&page=2", &items(&["c", "d"])),
            get(3, "/items?per_page=2&page=3", &items(&[])),
        ];
        assert_eq!(pages(&recording), [(1, 2, "2".to_owned()), (2, 3, "3".to_owned())]);
    }

    #[test]
    fn offsets_grow_by_the_limit_or_by_what_came() {
        let by_limit = [
            get(1, "/search?startAt=0&maxResults=50", &items(&["a", "b"])),
            get(2, "/search?startAt=50&maxResults=50", &items(&["c"])),
        ];
        assert_eq!(pages(&by_limit), [(1, 2, "50".to_owned())]);
        let by_items = [
            post(1, "/search", &json!({"from": 0}), &items(&["a", "b"])),
            post(2, "/search", &json!({"from": 2}), &items(&["c"])),
        ];
        assert_eq!(pages(&by_items), [(1, 2, "2".to_owned())]);
    }

    #[test]
    fn a_short_cursor_that_the_reply_gave_is_a_page() {
        let recording = [
            get(1, "/contacts", &json!({"results": [{"x": "a"}], "paging": {"next": {"after": "100"}}})),
            get(2, "/contacts?after=100", &json!({"results": [{"x": "b"}]})),
        ];
        assert_eq!(pages(&recording), [(1, 2, "100".to_owned())]);
    }

    #[test]
    fn years_filters_ids_of_messages_and_repeated_requests_are_no_pages() {
        let years = [get(1, "/report?year=2023", &items(&["a"])), get(2, "/report?year=2024", &items(&["b"]))];
        let of = |customer: u8| json!([{"customer": customer, "x": "a"}, {"customer": customer, "x": "b"}]);
        let filters = [get(1, "/orders?customer=1", &of(1)), get(2, "/orders?customer=2", &of(2))];
        let rpc = |id: u8| {
            let asked = json!({"jsonrpc": "2.0", "id": id, "method": "tools/list"});
            post(id.into(), "/mcp", &asked, &json!({"jsonrpc": "2.0", "id": id, "result": {"tools": [{"name": id}]}}))
        };
        let other = [get(1, "/a?page=1&q=x", &items(&["a"])), get(2, "/a?page=2&q=y", &items(&["b"]))];
        let again = [get(1, "/a?try=1", &items(&["a"])), get(2, "/a?try=2", &items(&["a"]))];
        for recording in [years, filters, [rpc(1), rpc(2)], other, again] {
            assert_eq!(pages(&recording), [], "{:?}", recording[0].request);
        }
    }
}
