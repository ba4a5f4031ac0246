//! A read of several things brings fewer of them.

use std::collections::HashMap;

use checkagent_cassette::analysis::{Batch, Endpoint, ItemFailure, Several};
use checkagent_cassette::json::{Pointer, leaves};
use checkagent_cassette::{Reply, Request};

use super::shown::shown;
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
        if recording.asks_for_effect(number) || recording.asks_a_model(number) {
            return None;
        }
        let answered = || recording.reply_document(number);
        Several::read(&interaction.request, recording.request_document(number).as_deref(), answered).map(Self::List)
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
        let names = reads.iter().flat_map(|(_, thing, read)| read.names(*thing)).collect();
        let last = reads.last().map_or(0, |(number, ..)| *number);
        let shown = shown(recording, names, last);
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

fn absence(shown: &HashMap<String, usize>, number: usize, names: &[String]) -> Lie {
    let known = names.iter().filter_map(|name| shown.get(name).map(|first| (name, *first)));
    let earlier = known.filter(|(_, first)| *first < number).min_by_key(|(_, first)| *first);
    match earlier {
        Some((name, first)) => Lie::Evident(format!("`{name}` was asked for and interaction {first} had shown it")),
        None => Lie::Plausible("what was asked for may not exist, as far as the recording tells".to_owned()),
    }
}
