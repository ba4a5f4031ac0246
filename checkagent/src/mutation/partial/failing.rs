//! The two ways in which items of a batch fail, as variants of a site.

use checkagent_cassette::analysis::{Batch, ItemFailure};

use crate::mutation::site::Site;
use crate::recording::Recording;

const REJECTED: &str = "rejected";

/// The ways in which items of this batch may fail, as variants.
pub(super) fn variants(batch: &Batch) -> impl Iterator<Item = &'static str> {
    let known = [(ItemFailure::Retryable, "throttled"), (ItemFailure::Permanent, REJECTED)];
    known.into_iter().filter(|(failure, _)| batch.allows(*failure)).map(|(_, variant)| variant)
}

/// How items fail at a site.
pub(super) fn failure(site: &Site) -> ItemFailure {
    if site.variant == Some(REJECTED) { ItemFailure::Permanent } else { ItemFailure::Retryable }
}

/// Every batch that changed something, with its interaction's number.
pub(super) fn batches(recording: &Recording) -> impl Iterator<Item = (usize, &Batch)> {
    let effects = (1..=recording.interactions().len()).filter(|number| recording.changed_something(*number));
    let batches = effects.filter_map(|number| Some((number, recording.batch(number)?)));
    batches.filter(|(_, batch)| !batch.is_read())
}

/// The items that were done.
pub(super) fn done(batch: &Batch) -> impl Iterator<Item = usize> {
    batch.items().iter().enumerate().filter(|(_, item)| item.done).map(|(index, _)| index)
}
