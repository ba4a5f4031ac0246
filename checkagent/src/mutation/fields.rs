//! Fields of replies that an agent may depend on: the sites of schema drift.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use checkagent_cassette::analysis::{Endpoint, Format, Kind, Observed, Place};
use checkagent_cassette::json::{Edit, Pointer, Step};

use super::bend::{Bend, Scope};
use super::site::{Lie, Site};
use crate::recording::Recording;

/// Fields of one endpoint that are bent at most; the most influential ones.
const PER_ENDPOINT: usize = 6;
/// Deeper members are seldom read.
const DEEPEST: usize = 5;

/// A field, and the reply from which on it is bent.
#[derive(Clone, Debug)]
pub(super) struct FieldSite {
    /// The interaction's number.
    pub interaction: usize,
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The place, general: `/data/*/amount`.
    pub pointer: Pointer,
    /// Its influence.
    pub rank: u32,
}

/// The fields of every endpoint, from its second reply on where there is one: drift comes while the agent works.
pub(super) fn sites(recording: &Recording) -> Vec<FieldSite> {
    let mut replies: BTreeMap<&Endpoint, Vec<usize>> = BTreeMap::new();
    for interaction in recording.interactions().iter().filter(|interaction| interaction.reply.is_success()) {
        replies.entry(recording.endpoint(interaction.number)).or_default().push(interaction.number);
    }
    let influence = Influence::of(recording);
    let mut sites = Vec::new();
    for (endpoint, numbers) in replies {
        let Some(observed) = recording.observed(endpoint) else { continue };
        let mut fields: Vec<FieldSite> = observed
            .fields()
            .filter(|(pointer, field)| is_field(pointer) && field.kinds().iter().any(|kind| is_scalar(*kind)))
            .filter_map(|(pointer, field)| {
                let having = |number: &&usize| has(recording, **number, pointer);
                let interaction = *numbers.iter().skip(1).find(having).or_else(|| numbers.iter().find(having))?;
                let rank = influence.on(endpoint, pointer)
                    + match field.format() {
                        Some(Format::Timestamp | Format::Url) => 10,
                        Some(Format::Uuid) => 20,
                        _ if field.kinds().iter().any(|kind| matches!(kind, Kind::Integer | Kind::Float)) => 40,
                        _ => 30,
                    };
                Some(FieldSite { interaction, endpoint: endpoint.clone(), pointer: pointer.clone(), rank })
            })
            .collect();
        fields.sort_by(|a, b| b.rank.cmp(&a.rank).then_with(|| a.pointer.cmp(&b.pointer)));
        sites.extend(fields.into_iter().take(PER_ENDPOINT));
    }
    sites
}

/// Drift sites: every field, with the reason why a careful client could notice.
pub(super) fn drift_sites(
    recording: &Recording,
    against: impl Fn(&Observed, &Pointer) -> Option<String>,
) -> Vec<Site> {
    let site = |field: FieldSite| {
        let observed = recording.observed(&field.endpoint);
        let lie = Lie::evident_if(observed.and_then(|observed| against(observed, &field.pointer)));
        Site::at(field.interaction).pointer(field.pointer).lie(lie).rank(field.rank)
    };
    sites(recording).into_iter().map(site).collect()
}

/// The same edit in this reply and every later one of its endpoint.
pub(super) fn drift(site: &Site, recording: &Recording, edit: impl FnOnce(Pointer) -> Edit) -> Bend {
    let scope = Scope::EndpointFrom(recording.endpoint(site.interaction).clone());
    let edits = vec![edit(site.pointer.clone().unwrap_or_default())];
    Bend::Rewrite { at: site.interaction, scope, edits }
}

/// The first value of the field in the reply of an interaction.
pub(super) fn value_at(recording: &Recording, number: usize, pointer: &Pointer) -> Option<(Pointer, Value)> {
    let reply = recording.interaction(number).reply.json()?;
    let places = pointer.resolve(&reply);
    // Of a list, the one in the middle: neither end is special.
    let (place, value) = places.get(places.len() / 2)?;
    Some((place.clone(), (*value).clone()))
}

fn is_field(pointer: &Pointer) -> bool {
    pointer.steps().len() <= DEEPEST && matches!(pointer.steps().last(), Some(Step::Key(_)))
}

fn is_scalar(kind: Kind) -> bool {
    !matches!(kind, Kind::Array | Kind::Object | Kind::Null)
}

fn has(recording: &Recording, number: usize, pointer: &Pointer) -> bool {
    recording.interaction(number).reply.json().is_some_and(|reply| !pointer.resolve(&reply).is_empty())
}

/// How many later requests carry a value of each field.
struct Influence<'r>(HashMap<(&'r Endpoint, Pointer), u32>);

impl<'r> Influence<'r> {
    fn of(recording: &'r Recording) -> Self {
        let mut carried = HashMap::new();
        for link in recording.flow().links() {
            if let (Place::Body(source, _), true) = (&link.source, recording.interaction(link.from).reply.is_success()) {
                *carried.entry((recording.endpoint(link.from), source.generalised())).or_default() += 1;
            }
        }
        Self(carried)
    }

    fn on(&self, endpoint: &'r Endpoint, pointer: &Pointer) -> u32 {
        self.0.get(&(endpoint, pointer.clone())).copied().unwrap_or_default().min(5) * 10
    }
}
