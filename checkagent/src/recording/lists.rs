//! What replies say of their lists: where they are, how long they are, and what stands beside them.

use std::collections::HashMap;

use serde_json::Value;

use checkagent_cassette::analysis::{Place, list_places, main_list};
use checkagent_cassette::json::{Pointer, Step};
use checkagent_cassette::{Interaction, Request};

use super::analysed::Recording;
use super::list_names::{counts, names_what_comes, says_more};

/// What one reply says of its lists.
#[derive(Debug, Default)]
pub(crate) struct ReplyLists {
    /// Every list and its length.
    pub all: Vec<(Pointer, usize)>,
    /// The list of results and its length.
    pub main: Option<(Pointer, usize)>,
    /// Whole numbers in headers and beside the lists.
    pub numbers: Vec<(Place, u64)>,
    /// Truth values beside the lists.
    pub switches: Vec<(Pointer, bool)>,
    /// Whether something beside the lists leads on: a cursor, a link to what comes next.
    pub leads_on: bool,
}

impl ReplyLists {
    fn of(recording: &Recording, interaction: &Interaction) -> Self {
        let mut lists = Self::default();
        for (name, value) in interaction.reply.headers() {
            if let Ok(number) = value.parse() {
                lists.numbers.push((Place::Header(name.to_string(), None), number));
            }
            lists.leads_on |= if *name == *"link" { value.contains("next") } else { names_what_comes(name) };
        }
        if let Some(document) = recording.reply_document(interaction.number) {
            lists.all = list_places(&document);
            lists.main = main_list(&document);
            lists.beside(&Pointer::root(), &document);
        }
        lists
    }

    fn beside(&mut self, at: &Pointer, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, member) in members.iter().filter(|(_, member)| !member.is_array() && !member.is_null()) {
                    self.beside(&at.key(name), member);
                }
            }
            Value::Bool(switch) => {
                self.switches.push((at.clone(), *switch));
                self.leads_on |= *switch && at.field().and_then(says_more) == Some(true);
            }
            Value::Number(number) => {
                if let Some(number) = number.as_u64() {
                    self.numbers.push((Place::Body(at.clone(), None), number));
                }
                self.leads_on |= at.field().is_some_and(names_what_comes);
            }
            Value::String(text) => {
                let named = at.steps().iter().any(|step| matches!(step, Step::Key(name) if names_what_comes(name)));
                self.leads_on |= named && !text.is_empty();
            }
            Value::Array(_) | Value::Null => {}
        }
    }

    /// How long the list at that place is.
    pub(crate) fn length(&self, at: &Pointer) -> Option<usize> {
        self.all.iter().find(|(place, _)| place == at).map(|(_, length)| *length)
    }

    /// Numbers whose names say that they count: `Total-Objects: 23`, `{"total_count": 23}`.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (&Place, usize)> {
        let counting = self.numbers.iter().filter(|(place, _)| counts(name_of(place)));
        counting.map(|(place, number)| (place, usize::try_from(*number).unwrap_or(usize::MAX)))
    }

    /// The number at that place.
    pub(crate) fn number(&self, at: &Place) -> Option<u64> {
        self.numbers.iter().find(|(place, _)| place == at).map(|(_, number)| *number)
    }

    /// The truth value at that place.
    pub(crate) fn switch(&self, at: &Pointer) -> Option<bool> {
        self.switches.iter().find(|(place, _)| place == at).map(|(_, switch)| *switch)
    }
}

/// What the replies of a recording say of their lists.
#[derive(Debug)]
pub(crate) struct Lists {
    replies: Vec<ReplyLists>,
    /// For each interaction, the lengths of all lists of its endpoint together.
    totals: Vec<usize>,
    /// Where each count stands: the interactions, and the names of the numbers.
    counts: HashMap<usize, Vec<(usize, String)>>,
}

impl Lists {
    pub(super) fn of(recording: &Recording) -> Self {
        let replies: Vec<_> = recording.interactions().iter().map(|each| ReplyLists::of(recording, each)).collect();
        let mut totals = HashMap::new();
        let mut counts: HashMap<_, Vec<_>> = HashMap::new();
        for (interaction, reply) in recording.interactions().iter().zip(&replies) {
            let length = reply.main.as_ref().map_or(0, |(_, length)| *length);
            *totals.entry(recording.endpoint(interaction.number)).or_insert(0) += length;
            for (place, count) in reply.counts() {
                counts.entry(count).or_default().push((interaction.number, name_of(place).to_owned()));
            }
        }
        let endpoints = recording.interactions().iter().map(|interaction| recording.endpoint(interaction.number));
        let totals = endpoints.map(|endpoint| totals.get(endpoint).copied().unwrap_or_default()).collect();
        Self { replies, totals, counts }
    }

    /// What the reply of that interaction says.
    pub(crate) fn reply(&self, number: usize) -> &ReplyLists {
        &self.replies[number - 1]
    }

    /// The lengths of all lists of an interaction's endpoint together.
    pub(crate) fn total(&self, number: usize) -> usize {
        self.totals[number - 1]
    }

    /// A count of the list of an interaction, in any reply of the session, that says that there are so many: a client
    /// can compare before it claims.
    pub(crate) fn told(&self, recording: &Recording, number: usize, count: usize) -> Option<String> {
        let list = recording.interaction(number);
        let mut counts = self.counts.get(&count)?.iter();
        let (interaction, name) = counts.find(|(other, _)| counts_list(recording.interaction(*other), list))?;
        Some(format!("`{name}` of interaction {interaction} says that there are {count}"))
    }
}

/// Whether a count in one reply is one of the items in another: it is about the same thing, or about what a word after
/// it says (`/records/count`), but for the filters in the query.
fn counts_list(counting: &Interaction, list: &Interaction) -> bool {
    let path = |interaction: &Interaction| match &interaction.request {
        Request::Http(http) => http.path().to_owned(),
        Request::Call(call) => call.name.to_string(),
    };
    let (ours, theirs) = (path(list), path(counting));
    // An id after it leads to one item, which counts other things.
    let word = |rest: &str| rest.strip_prefix('/').is_some_and(|word| !word.is_empty() && word.chars().all(is_in_word));
    counting.channel == list.channel && (ours == theirs || theirs.strip_prefix(ours.as_str()).is_some_and(word))
}

fn is_in_word(c: char) -> bool {
    c.is_ascii_lowercase() || matches!(c, '_' | '-')
}

/// The name under which a value stands.
pub(crate) fn name_of(place: &Place) -> &str {
    match place {
        Place::Header(name, _) | Place::Query(name) => name,
        Place::Body(pointer, _) => pointer.field().unwrap_or_default(),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::{recording_of, taped};

    #[test]
    fn what_stands_beside_a_list_is_known_and_what_stands_in_its_items_is_not() {
        let reply = json!({"data": [{"n": 7, "ok": true}], "meta": {"total": 23, "has_more": false}});
        let recording = recording_of(vec![taped("GET", "/a").reply(&reply).reply_header("x-total", "23")]);
        let lists = ReplyLists::of(&recording, recording.interaction(1));
        assert_eq!(lists.length(&Pointer::parse("/data")), Some(1));
        assert_eq!(lists.switches, [(Pointer::parse("/meta/has_more"), false)]);
        assert_eq!(
            lists.counts().map(|(place, count)| (name_of(place), count)).collect::<Vec<_>>(),
            [("x-total", 23), ("total", 23)]
        );
        assert!(!lists.leads_on);
    }

    #[test]
    fn a_count_is_about_the_list_on_its_path_and_not_about_another() {
        let told = |target: &str| {
            let list = taped("GET", "/orders?limit=9").reply(&json!({"data": [1, 2]}));
            let other = taped("GET", target).reply(&json!({"total": 2}));
            let recording = recording_of(vec![list, other]);
            recording.lists().told(&recording, 1, 2)
        };
        for target in ["/orders", "/orders?limit=3", "/orders/count"] {
            assert_eq!(told(target).as_deref(), Some("`total` of interaction 2 says that there are 2"), "{target}");
        }
        for target in ["/customers", "/orders/17", "/orders/17/lines", "/orders-of-old"] {
            assert_eq!(told(target), None, "{target}");
        }
    }

    #[test]
    fn a_reply_that_leads_on_is_no_whole_list() {
        let leads = |reply: &Value| recording_of(vec![taped("GET", "/a").reply(reply)]).lists().reply(1).leads_on;
        for reply in [
            json!({"d": [1], "next_cursor": "x"}),
            json!({"d": [1], "paging": {"next": {"after": "10"}}}),
            json!({"d": [1], "hasMore": true}),
            json!({"d": [1], "nextPage": 2}),
        ] {
            assert!(leads(&reply), "{reply}");
        }
        for reply in [json!({"d": [1], "next_cursor": ""}), json!({"d": [1], "next": null, "isLast": true})] {
            assert!(!leads(&reply), "{reply}");
        }
    }
}
