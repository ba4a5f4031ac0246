//! Where faults strike that pass by themselves, and where troubles begin that do not.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use checkagent_cassette::Request;

use crate::mutation::site::Site;
use crate::recording::Recording;

/// Every interaction but the first: limits and outages begin in mid-sequence, after some successes. Effects come
/// first, then pages, then other reads.
pub(super) fn sites(recording: &Recording) -> Vec<Site> {
    let interactions = recording.interactions();
    let first = usize::from(interactions.len() > 1);
    let numbers = interactions.iter().skip(first).map(|interaction| interaction.number);
    let mut sites: Vec<_> = numbers.map(Site::at).collect();
    let pages: HashSet<usize> = recording.pages().iter().map(|page| page.to).collect();
    for site in &mut sites {
        site.rank = if recording.changed_something(site.interaction) {
            100
        } else if pages.contains(&site.interaction) {
            80
        } else {
            60
        };
    }
    // Of many alike, those in the middle tell most; the ends come last.
    let middle = interactions.len() / 2;
    sites.sort_by_key(|site| (std::cmp::Reverse(site.rank), site.interaction.abs_diff(middle), site.interaction));
    sites
}

/// The same without the calls of the agent's own code: these have no status, no headers and no bytes.
pub(super) fn http_sites(recording: &Recording) -> Vec<Site> {
    let mut sites = sites(recording);
    sites.retain(|site| matches!(recording.interaction(site.interaction).request, Request::Http(_)));
    sites
}

/// Of these, where a trouble begins that lasts: on each channel before its first effect, in the middle and before the
/// last. At the others nearly the same would happen.
pub(super) fn beginnings(recording: &Recording, sites: Vec<Site>) -> Vec<Site> {
    let mut by_channel: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for site in &sites {
        by_channel.entry(&recording.interaction(site.interaction).channel).or_default().insert(site.interaction);
    }
    let mut kept = HashSet::new();
    for numbers in by_channel.values() {
        kept.extend(numbers.iter().copied().find(|number| recording.changed_something(*number)));
        kept.extend(numbers.iter().nth(numbers.len() / 2));
        kept.extend(numbers.last());
    }
    sites.into_iter().filter(|site| kept.contains(&site.interaction)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::{recording_of, taped, taped_call};

    #[test]
    fn troubles_that_last_begin_at_three_places_of_a_channel_at_most() {
        let mut talk: Vec<_> = (0..9).map(|number| taped("GET", &format!("/items?at={number}"))).collect();
        talk.insert(3, taped("POST", "/orders").body(&json!({"item": 1})));
        talk.push(taped_call("insert", true, &json!({"row": 1}), &Value::Null));
        let recording = recording_of(talk);
        let mut numbers: Vec<_> =
            beginnings(&recording, sites(&recording)).iter().map(|site| site.interaction).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [4, 6, 10, 11]);
        assert_eq!(http_sites(&recording).len(), 9, "all but the first and the call");
    }
}
