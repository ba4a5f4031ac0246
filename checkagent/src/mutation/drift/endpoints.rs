//! Endpoints from their second call on.

use std::collections::BTreeMap;

use checkagent_cassette::Interaction;
use checkagent_cassette::analysis::Endpoint;

use crate::recording::Recording;

/// The second of these interactions at each endpoint, or the only one: drift comes while the agent works.
pub(super) fn seconds<'r>(
    recording: &'r Recording,
    interactions: impl Iterator<Item = &'r Interaction>,
) -> impl Iterator<Item = &'r Interaction> {
    let mut found: BTreeMap<&Endpoint, (usize, &Interaction)> = BTreeMap::new();
    for interaction in interactions {
        let (times, at) = found.entry(recording.endpoint(interaction.number)).or_insert((0, interaction));
        *times += 1;
        if *times == 2 {
            *at = interaction;
        }
    }
    found.into_values().map(|(_, at)| at)
}

/// An interaction, and the later ones of its endpoint.
pub(super) fn from(recording: &Recording, number: usize) -> impl Iterator<Item = &Interaction> {
    let endpoint = recording.endpoint(number);
    let later = recording.interactions().iter().filter(move |each| each.number >= number);
    later.filter(move |each| recording.endpoint(each.number) == endpoint)
}
