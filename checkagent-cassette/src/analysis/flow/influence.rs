//! How far a reply's values reach.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::answer::values_of;
use super::index::ValueId;
use super::links::Flow;
use super::spots::Kind;
use crate::analysis::place::Place;
use crate::json::Pointer;

/// How many later requests carry a value.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::analysis::Influence;
///
/// let (id, note) = (Influence { addressed: 1, echoed: 0 }, Influence { addressed: 0, echoed: 2 });
/// assert!(id.weight() > note.weight());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Influence {
    /// Requests that carry it in path or query: what they are about depends on it.
    pub addressed: usize,
    /// Requests that carry it in their headers or body only.
    pub echoed: usize,
}

impl Influence {
    /// One number to rank by: a request that is addressed with a value counts three times.
    #[must_use]
    pub fn weight(self) -> usize {
        self.addressed * 3 + self.echoed
    }
}

impl Flow {
    /// How many later requests carry a value of that place of an interaction's JSON body or below it, as
    /// `/data/*/id` or `/data/3`. Only telling values count, and a conversation counts what it tells again once.
    #[must_use]
    pub fn influence(&self, interaction: usize, at: &Pointer) -> Influence {
        let Some(exchange) = self.index.position(interaction) else { return Influence::default() };
        self.influence_of(exchange, &self.values_below(exchange, at))
    }

    fn values_below(&self, exchange: usize, at: &Pointer) -> HashSet<ValueId> {
        let spots = &self.index.spots;
        let below = spots.below(at);
        let leaves = self.index.brought(exchange).iter();
        leaves.filter(|leaf| spots.is_below(leaf.spot, below)).map(|leaf| leaf.value).collect()
    }

    fn influence_of(&self, exchange: usize, values: &HashSet<ValueId>) -> Influence {
        let mut requests: BTreeMap<u32, bool> = BTreeMap::new();
        for carried in values.iter().flat_map(|value| self.index.uses_after(exchange, *value)) {
            if carried.links {
                let first = self.index.spots.part_of_message(carried.spot);
                let addresses = matches!(first.kind, Kind::Segment | Kind::Query | Kind::Target);
                *requests.entry(carried.exchange).or_default() |= addresses;
            }
        }
        let addressed = requests.values().filter(|addressed| **addressed).count();
        Influence { addressed, echoed: requests.len() - addressed }
    }

    /// The places of an interaction's reply that later requests carry values of, as `/data/*/id`, the most influential
    /// first.
    #[must_use]
    pub fn ranked(&self, interaction: usize) -> Vec<(Place, Influence)> {
        let Some(exchange) = self.index.position(interaction) else { return Vec::new() };
        let mut places: BTreeMap<_, HashSet<ValueId>> = BTreeMap::new();
        for leaf in self.index.brought(exchange) {
            if self.index.is_from_a_reply(leaf.value) {
                places.entry(self.index.spots.general(leaf.spot)).or_default().insert(leaf.value);
            }
        }
        let mut ranked: Vec<_> = places
            .into_iter()
            .map(|(spot, values)| (self.index.spots.place(spot), self.influence_of(exchange, &values)))
            .filter(|(_, influence)| influence.weight() > 0)
            .collect();
        ranked.sort_by(|one, other| other.1.weight().cmp(&one.1.weight()).then_with(|| one.0.cmp(&other.0)));
        ranked
    }

    /// Whether no value of that place of an interaction's JSON body or below it is in any later request, nor in the
    /// answer where one is given. `false` also where a value only happens to be there again: what is said to flow
    /// nowhere is not sent anywhere.
    #[must_use]
    pub fn flows_nowhere(&self, interaction: usize, at: &Pointer, answer: Option<&Value>) -> bool {
        let Some(exchange) = self.index.position(interaction) else { return true };
        let values = self.values_below(exchange, at);
        let answered = answer.map(|answer| values_of(&self.index, answer)).unwrap_or_default();
        !values.iter().any(|value| self.index.uses_after(exchange, *value).next().is_some())
            && !answered.iter().any(|(_, value)| values.contains(value))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fixture::{get, post};
    use super::*;
    use crate::format::Interaction;

    fn recording() -> Vec<Interaction> {
        let list = json!({"data": [
            {"id": "rec-2026-1", "note": "never sent", "amount": 118_050, "state": "open"},
            {"id": "rec-2026-2", "note": "not sent either", "amount": 99_100, "state": "done"}]});
        vec![
            get(1, "/records", &list),
            get(2, "/records/rec-2026-1", &json!({})),
            get(3, "/records/rec-2026-2?state=open", &json!({})),
            post(4, "/sums", &json!({"amount": 118_050, "of": "rec-2026-1"}), &json!({})),
        ]
    }

    #[test]
    fn requests_that_carry_a_value_are_counted_by_where_they_carry_it() {
        let flow = Flow::of(&recording());
        let influence = |at: &str| flow.influence(1, &Pointer::parse(at));
        assert_eq!(influence("/data/*/id"), Influence { addressed: 2, echoed: 1 });
        assert_eq!(influence("/data/0/id"), Influence { addressed: 1, echoed: 1 });
        assert_eq!(influence("/data/0"), Influence { addressed: 1, echoed: 1 });
        assert_eq!(influence("/data/*/amount"), Influence { addressed: 0, echoed: 1 });
        assert_eq!(influence("/data/*/note"), Influence::default());
        let ranked: Vec<_> = flow.ranked(1).into_iter().map(|(place, _)| place.to_string()).collect();
        assert_eq!(ranked, ["/data/*/id", "/data/*/amount"]);
        assert_eq!(flow.influence(9, &Pointer::root()), Influence::default());
    }

    #[test]
    fn nowhere_is_only_said_of_what_is_not_sent_at_all() {
        let flow = Flow::of(&recording());
        let nowhere = |at: &str| flow.flows_nowhere(1, &Pointer::parse(at), None);
        assert!(nowhere("/data/*/note"));
        assert!(!nowhere("/data/*/id"));
        // A common word does not link, but it is there again.
        assert!(!nowhere("/data/*/state") && nowhere("/data/1/state"));
        assert!(!nowhere("/data") && !nowhere(""));
        let answer = json!({"summary": "One was never sent, the other not."});
        assert!(!flow.flows_nowhere(1, &Pointer::parse("/data/0/note"), Some(&answer)));
        assert!(flow.flows_nowhere(1, &Pointer::parse("/data/1/note"), Some(&answer)));
    }
}
