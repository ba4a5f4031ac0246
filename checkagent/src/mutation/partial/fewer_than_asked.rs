//! A read of several things brings fewer of them.

use std::collections::{HashMap, HashSet};

use checkagent_cassette::analysis::{Atom, Batch, Endpoint, ItemFailure, Place, Several, reply_atoms};
use checkagent_cassette::json::{Pointer, Step, leaves};
use checkagent_cassette::{Reply, Request};

use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::{FollowUp, Recording};

/// A read of several things by id without one of them. See [`fewer_than_asked`].
#[derive(Clone, Debug)]
pub struct FewerThanAsked;

/// A read of several things by their ids brings all but the last one, once. Asked again, all or only for what was
/// missing, the service has it.
///
/// `unprocessed`: the reply says which one it did not read (`UnprocessedKeys`, `null` and an error with a path).
/// `absent`: it is simply not there, as if it did not exist. That is evident where an earlier reply showed it, else
/// plausible.
#[must_use]
pub fn fewer_than_asked() -> FewerThanAsked {
    FewerThanAsked
}

const UNPROCESSED: &str = "unprocessed";
const ABSENT: &str = "absent";

/// A recorded read of several things.
enum Read<'r> {
    Batch(&'r Batch),
    List(Several),
}

impl<'r> Read<'r> {
    fn of(recording: &'r Recording, number: usize) -> Option<Self> {
        let interaction = recording.interaction(number);
        if !interaction.reply.is_success() {
            return None;
        }
        if let Some(batch) = recording.batch(number).filter(|batch| batch.is_read()) {
            return Some(Self::Batch(batch));
        }
        if recording.is_effect(&interaction.request) { None } else { Several::of(interaction).map(Self::List) }
    }

    fn place(&self) -> Pointer {
        match self {
            Self::Batch(batch) => batch.place(),
            Self::List(several) => several.list().clone(),
        }
    }

    /// The last thing that was found, where there are others.
    fn missing(&self) -> Option<usize> {
        let found = match self {
            Self::Batch(batch) => (0..batch.items().len()).filter(|item| batch.items()[*item].done).collect(),
            Self::List(several) => several.found(),
        };
        found.last().copied().filter(|_| found.len() >= 2)
    }

    fn variants(&self) -> Vec<&'static str> {
        match self {
            Self::Batch(batch) => {
                let known = [(ItemFailure::Retryable, UNPROCESSED), (ItemFailure::Permanent, ABSENT)];
                known.into_iter().filter(|(failure, _)| batch.allows(*failure)).map(|(_, variant)| variant).collect()
            }
            Self::List(_) => vec![ABSENT],
        }
    }

    /// The texts that name a thing: its id, or the values of its key.
    fn names(&self, thing: usize) -> Vec<String> {
        let mut names = Vec::new();
        match self {
            Self::Batch(batch) => {
                let asked = &batch.items()[thing].asked;
                let key = asked.get("key").unwrap_or(asked);
                leaves(key, &mut |_, value| {
                    names.extend(value.as_str().map(str::to_owned));
                });
            }
            Self::List(several) => names.push(several.ids()[thing].clone()),
        }
        names
    }

    fn without(&self, reply: &Reply, thing: usize, variant: Option<&str>) -> Reply {
        match self {
            Self::Batch(batch) => {
                let failure = if variant == Some(ABSENT) { ItemFailure::Permanent } else { ItemFailure::Retryable };
                batch.reply_with_failures(reply, &[thing], failure)
            }
            Self::List(several) => {
                let others: Vec<_> = several.found().into_iter().filter(|other| *other != thing).collect();
                reply.edited(&several.only(&reply.json().unwrap_or_default(), &others))
            }
        }
    }
}

impl Operator for FewerThanAsked {
    fn id(&self) -> &'static str {
        "fewer_than_asked"
    }

    fn family(&self) -> Family {
        Family::Partial
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A read of several things by id brings fewer of them; asked again, the service has them all.",
            seen: "DynamoDB BatchGetItem, HubSpot batch reads, GraphQL, replicas that lag behind",
            source: "botocore's model of DynamoDB, HubSpot-public-api-spec-collection, the GraphQL specification",
            sites: "every read that names several things and got at least two of them",
            good: "compares what came with what was asked for, asks again for the rest, or says what is missing",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let numbers = 1..=recording.interactions().len();
        let reads = numbers.filter_map(|number| Some((number, Read::of(recording, number)?)));
        let reads: Vec<_> = reads.filter_map(|(number, read)| Some((number, read.missing()?, read))).collect();
        let shown = shown(recording, &reads);
        let mut sites = Vec::new();
        for (number, thing, read) in &reads {
            for variant in read.variants() {
                let lie = if variant == ABSENT { absence(&shown, *number, &read.names(*thing)) } else { Lie::None };
                sites.push(Site::at(*number).pointer(read.place()).variant(variant).lie(lie).rank(90));
            }
        }
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let recorded = &recording.interaction(site.interaction).reply;
        let read = Read::of(recording, site.interaction);
        let bent = read.and_then(|read| Some(read.without(recorded, read.missing()?, site.variant)));
        Bend::Replace { at: site.interaction, reply: bent.unwrap_or_else(|| recorded.clone()), times: Some(1) }
    }

    /// Only what was missing, or another part of it.
    fn follow_up(&self, site: &Site, recording: &Recording, request: &Request) -> Option<FollowUp> {
        let interaction = recording.interaction(site.interaction);
        if Endpoint::of_request(&interaction.channel, request) != *recording.endpoint(site.interaction) {
            return None;
        }
        match Read::of(recording, site.interaction)? {
            Read::Batch(_) => recording.part_of_batch(site.interaction, request),
            Read::List(several) => {
                let items = several.part_in(request)?;
                let reply = interaction.reply.edited(&several.only(&interaction.reply.json()?, &items));
                Some(FollowUp { reply, items })
            }
        }
    }
}

/// Where each of the things was shown first.
fn shown(recording: &Recording, reads: &[(usize, usize, Read<'_>)]) -> HashMap<String, usize> {
    let mut first: HashMap<String, usize> = HashMap::new();
    let mut wanted: HashSet<String> = reads.iter().flat_map(|(_, thing, read)| read.names(*thing)).collect();
    let last = reads.iter().map(|(number, ..)| *number).max().unwrap_or(1);
    let probe = Probe::of(&wanted);
    for interaction in recording.interactions().iter().take(last - 1) {
        if !probe.hits(&interaction.reply) {
            continue;
        }
        for atom in reply_atoms(&interaction.reply) {
            if names_a_thing(&atom) && wanted.remove(&atom.text) {
                first.insert(atom.text, interaction.number);
            }
        }
    }
    first
}

/// The first word of each name: a reply without any of them need not be parsed.
struct Probe {
    words: HashSet<Vec<u8>>,
    /// A bit for each length that a word has.
    lengths: u128,
}

impl Probe {
    fn of(names: &HashSet<String>) -> Self {
        let first = names.iter().filter_map(|name| words(name.as_bytes()).next());
        let words: HashSet<_> = first.map(<[u8]>::to_vec).collect();
        let lengths = words.iter().fold(0, |lengths, word| lengths | bit(word.len()));
        Self { words, lengths }
    }

    fn hits(&self, reply: &Reply) -> bool {
        let Reply::Http(reply) = reply else { return true };
        let body = reply.body();
        let Some(text) = body.text() else { return false };
        words(text.as_bytes()).any(|word| self.lengths & bit(word.len()) != 0 && self.words.contains(word))
    }
}

fn bit(length: usize) -> u128 {
    1 << length.min(127)
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let apart = |byte: &u8| !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b'_' | b'#' | b'.');
    text.split(apart).filter(|word| !word.is_empty())
}

/// Whether a value stands there as somebody's name, and not because some number is the same.
fn names_a_thing(atom: &Atom) -> bool {
    let Place::Body(at, None) = &atom.place else { return false };
    let listed = matches!(at.steps().last(), Some(Step::Index(_)));
    let named = at.field().is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        ["id", "ids", "key", "uuid"].iter().any(|end| name.ends_with(end))
    });
    listed || named || atom.text.len() > 5
}

fn absence(shown: &HashMap<String, usize>, number: usize, names: &[String]) -> Lie {
    let known = names.iter().filter_map(|name| shown.get(name).map(|first| (name, *first)));
    let earlier = known.filter(|(_, first)| *first < number).min_by_key(|(_, first)| *first);
    match earlier {
        Some((name, first)) => Lie::Evident(format!("`{name}` was asked for and interaction {first} had shown it")),
        None => Lie::Plausible("what was asked for may not exist, as far as the recording tells".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::{Session, delivered, recording};
    use crate::world::Outcome;

    fn users() -> Arc<Recording> {
        let user = |id: u8| json!({"id": id, "name": format!("n{id}")});
        recording(&[
            ("GET", "/teams/1", Value::Null, json!({"members": ["7", "8", "9"]})),
            ("GET", "/users?ids=7,8,9", Value::Null, json!({"count": 3, "users": [user(9), user(8), user(7)]})),
        ])
    }

    fn keys() -> Arc<Recording> {
        let item = |n: u8| json!({"pk": {"S": format!("o#{n}")}, "n": {"N": n.to_string()}});
        let wanted: Vec<_> = (1..=3).map(|n| json!({"pk": {"S": format!("o#{n}")}})).collect();
        let asked = json!({"RequestItems": {"T": {"Keys": wanted}}});
        recording(&[(
            "POST",
            "/",
            asked,
            json!({"Responses": {"T": [item(1), item(2), item(3)]}, "UnprocessedKeys": {}}),
        )])
    }

    fn names(recording: &Recording) -> Vec<String> {
        fewer_than_asked().sites(recording).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn reads_by_several_ids_are_sites_and_the_lie_is_evident_where_the_id_was_shown() {
        let sites = fewer_than_asked().sites(&users());
        assert_eq!(names(&users()), ["2:users:absent"]);
        assert_eq!(sites[0].lie, Lie::Evident("`9` was asked for and interaction 1 had shown it".to_owned()));
        assert_eq!(names(&keys()), ["1:Responses:unprocessed", "1:Responses:absent"]);
        let lies: Vec<_> = fewer_than_asked().sites(&keys()).into_iter().map(|site| site.lie).collect();
        assert!(matches!(lies[..], [Lie::None, Lie::Plausible(_)]));
    }

    #[test]
    fn a_number_that_happens_to_be_the_same_shows_nothing() {
        let users = json!({"users": [{"id": 7, "name": "a"}, {"id": 8, "name": "b"}]});
        let recording = recording(&[
            ("GET", "/weather", Value::Null, json!({"degrees": 8})),
            ("GET", "/users?ids=7,8", Value::Null, users),
        ]);
        assert!(matches!(fewer_than_asked().sites(&recording)[0].lie, Lie::Plausible(_)));
    }

    #[test]
    fn other_lists_and_writes_are_no_sites() {
        let two = json!({"items": [{"id": 1}, {"id": 2}]});
        let exchanges = [
            ("GET", "/items?limit=2&page=1", Value::Null, two.clone()),
            ("GET", "/items?ids=1", Value::Null, json!({"items": [{"id": 1}]})),
            ("POST", "/items", json!({"ids": [1, 2]}), two),
        ];
        assert!(names(&recording(&exchanges)).is_empty());
    }

    #[test]
    fn one_is_missing_once_and_the_count_agrees() {
        let ledger = delivered(&users(), fewer_than_asked);
        assert!(matches!(ledger.calls[1].outcome, Outcome::Served { .. }));
        let mut session = Session::first(&users(), fewer_than_asked());
        let fewer = session.get("/users?ids=7,8,9");
        assert_eq!((&fewer["count"], fewer["users"].as_array().map(Vec::len)), (&json!(2), Some(2)));
        assert_eq!(session.get("/users?ids=9"), json!({"count": 1, "users": [{"id": 9, "name": "n9"}]}));
        assert_eq!(session.get("/users?ids=7,8,9")["count"], 3);
    }

    #[test]
    fn keys_that_were_not_read_can_be_asked_for_again_without_doing_anything_twice() {
        let mut session = Session::first(&keys(), fewer_than_asked());
        let (_, fewer) = session.ask("POST", "/", keys().interaction(1).request.json().unwrap());
        assert_eq!(fewer["UnprocessedKeys"]["T"]["Keys"], json!([{"pk": {"S": "o#3"}}]));
        let (_, rest) = session.ask("POST", "/", json!({"RequestItems": fewer["UnprocessedKeys"]}));
        assert_eq!(rest["Responses"]["T"][0]["n"]["N"], "3");
        assert!(session.ledger().calls.iter().all(|call| call.duplicate.is_none()));
    }
}
