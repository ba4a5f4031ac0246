//! A list comes back empty.

use serde_json::json;

use checkagent_cassette::analysis::{list_places, main_list};
use checkagent_cassette::json::{Edit, leaves};

use super::bend::{Bend, Scope};
use super::operator::{Family, Operator, Truth};
use super::site::{Lie, Site};
use crate::recording::Recording;

/// A list reply without its items. See [`empty_list`].
#[derive(Clone, Debug)]
pub struct EmptyList;

/// A read that brought a list brings an empty one; everything else of the reply stays, also the token of the next
/// page, which makes it an empty page in the middle (legal, see AIP-158).
///
/// Evident where a count elsewhere in the recording contradicts it, else plausible.
#[must_use]
pub fn empty_list() -> EmptyList {
    EmptyList
}

impl Operator for EmptyList {
    fn id(&self) -> &'static str {
        "empty_list"
    }

    fn family(&self) -> Family {
        Family::Pagination
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let reads = recording
            .interactions()
            .iter()
            .filter(|interaction| !recording.is_effect(&interaction.request) && interaction.reply.is_success());
        reads
            .filter_map(|interaction| {
                let reply = interaction.reply.json()?;
                let (place, length) = main_list(&reply)?;
                let lie = Lie::evident_if(contradiction(recording, interaction.number, length));
                Some(Site::at(interaction.number).pointer(place).lie(lie).rank(70))
            })
            .collect()
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        let at = site.pointer.clone().unwrap_or_default();
        let edits = vec![Edit::Set { at, value: json!([]) }];
        Bend::Rewrite { at: site.interaction, scope: Scope::Interaction, edits }
    }
}

/// A count in any reply of the session that says how many items there are: a client can compare before it claims.
fn contradiction(recording: &Recording, number: usize, length: usize) -> Option<String> {
    let endpoint = recording.endpoint(number);
    let same = |other: usize| recording.endpoint(other) == endpoint;
    let pages = (1..=recording.interactions().len())
        .filter(|other| same(*other))
        .filter_map(|other| main_list(&recording.interaction(other).reply.json()?).map(|(_, length)| length));
    let total: usize = pages.sum();
    (1..=recording.interactions().len()).find_map(|other| {
        let counts = counts(recording, other);
        let (name, count) =
            counts.into_iter().find(|(_, count)| *count == total || (other == number && *count == length))?;
        Some(format!("`{name}` of interaction {other} says that there are {count}"))
    })
}

/// Numbers whose names say that they count: `Total-Objects: 23`, `{"total_count": 23}`.
fn counts(recording: &Recording, number: usize) -> Vec<(String, usize)> {
    let reply = &recording.interaction(number).reply;
    let mut counts: Vec<(String, usize)> = reply
        .headers()
        .iter()
        .filter(|(name, _)| counting(name))
        .filter_map(|(name, value)| Some((name.to_string(), value.parse().ok()?)))
        .collect();
    let Some(document) = reply.json() else { return counts };
    // Counts stand beside the list, not in its items.
    let lists = list_places(&document);
    leaves(&document, &mut |place, value| {
        let beside = !lists.iter().any(|(list, _)| list.covers(place));
        if beside
            && let Some(name) = place.field().filter(|name| counting(name))
            && let Some(count) = value.as_u64()
        {
            counts.push((name.to_owned(), usize::try_from(count).unwrap_or(usize::MAX)));
        }
    });
    counts
}

fn counting(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["total", "count", "hits", "size", "num"].iter().any(|word| name.contains(word))
}
