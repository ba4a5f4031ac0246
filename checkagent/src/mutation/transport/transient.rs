//! Where faults strike that pass by themselves.

use std::collections::HashSet;

use crate::mutation::site::Site;
use crate::recording::Recording;

/// Every interaction but the first: limits and outages begin in mid-sequence, after some successes. Effects come
/// first, then pages, then other reads.
pub(super) fn sites(recording: &Recording) -> Vec<Site> {
    let interactions = recording.interactions();
    let first = usize::from(interactions.len() > 1);
    let mut sites: Vec<_> = interactions[first..].iter().map(|interaction| interaction.number).map(Site::at).collect();
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
