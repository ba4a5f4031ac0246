//! A list comes back empty.

use std::collections::HashMap;

use serde_json::{Value, json};

use checkagent_cassette::Reply;
use checkagent_cassette::analysis::{Endpoint, list_places, main_list};
use checkagent_cassette::json::{Edit, Pointer, leaves};

use crate::mutation::bend::{Bend, Rewrite, Scope};
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
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

    fn about(&self) -> About {
        About {
            what: "A list comes back empty; everything else of the reply stays.",
            seen: "search indexes that lag behind, filters that were applied twice, permissions that were taken away",
            source: "aip.dev/158: a page may be empty although there are more",
            sites: "every read that brought a list",
            good: "does not report `nothing there` where a count or a token says otherwise",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let told = Told::of(recording);
        let reads = recording
            .interactions()
            .iter()
            .filter(|interaction| !recording.is_effect(&interaction.request) && interaction.reply.is_success());
        reads
            .filter_map(|interaction| {
                let (place, length) = told.list(interaction.number)?;
                let lie = Lie::evident_if(told.contradiction(recording, interaction.number, *length));
                Some(Site::at(interaction.number).pointer(place.clone()).lie(lie).rank(70))
            })
            .collect()
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        let at = site.pointer.clone().unwrap_or_default();
        let rewrite = Rewrite::edit(Edit::Set { at, value: json!([]) });
        Bend::Rewrite { at: site.interaction, scope: Scope::Interaction, rewrite }
    }
}

/// What one reply says of its lists.
struct Lists {
    /// The place and length of the list of results.
    main: Option<(Pointer, usize)>,
    counts: Vec<(String, usize)>,
}

/// What the replies of a recording say of their lists.
struct Told<'r> {
    replies: Vec<Lists>,
    /// The lengths of all lists of an endpoint together.
    totals: HashMap<&'r Endpoint, usize>,
    /// Where a count stands first: the interaction, and its position among the counts there.
    first: HashMap<usize, (usize, usize)>,
}

impl<'r> Told<'r> {
    fn of(recording: &'r Recording) -> Self {
        let mut told = Self { replies: Vec::new(), totals: HashMap::new(), first: HashMap::new() };
        for interaction in recording.interactions() {
            let (number, document) = (interaction.number, interaction.reply.json());
            let main = document.as_ref().and_then(main_list);
            let counts = counts(&interaction.reply, document.as_ref());
            if let Some((_, length)) = main {
                *told.totals.entry(recording.endpoint(number)).or_default() += length;
            }
            for (position, (_, count)) in counts.iter().enumerate() {
                told.first.entry(*count).or_insert((number, position));
            }
            told.replies.push(Lists { main, counts });
        }
        told
    }

    fn list(&self, number: usize) -> Option<&(Pointer, usize)> {
        self.replies[number - 1].main.as_ref()
    }

    /// A count in any reply of the session that says how many items there are: a client can compare before it claims.
    fn contradiction(&self, recording: &Recording, number: usize, length: usize) -> Option<String> {
        let total = self.totals.get(recording.endpoint(number)).copied().unwrap_or_default();
        let own = || {
            let position = self.replies[number - 1].counts.iter().position(|(_, count)| *count == length)?;
            Some((number, position))
        };
        let (other, position) = self.first.get(&total).copied().or_else(own)?;
        let (name, count) = &self.replies[other - 1].counts[position];
        Some(format!("`{name}` of interaction {other} says that there are {count}"))
    }
}

/// Numbers whose names say that they count: `Total-Objects: 23`, `{"total_count": 23}`.
fn counts(reply: &Reply, document: Option<&Value>) -> Vec<(String, usize)> {
    let mut counts: Vec<(String, usize)> = reply
        .headers()
        .iter()
        .filter(|(name, _)| counting(name))
        .filter_map(|(name, value)| Some((name.to_string(), value.parse().ok()?)))
        .collect();
    let Some(document) = document else { return counts };
    // Counts stand beside the list, not in its items.
    let lists = list_places(document);
    leaves(document, &mut |place, value| {
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
