//! Some items of a batch are not done.

use checkagent_cassette::Request;
use checkagent_cassette::analysis::Batch;

use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::{FollowUp, Recording};

/// A batch of which some items fail inside a successful reply. See [`partial_success`].
#[derive(Clone, Debug)]
pub struct PartialSuccess {
    percent: usize,
}

/// About 3 of 10 items of a batch fail, in the batch's own style, inside a reply that is a success as a whole.
///
/// The failed items are really not done: later reads do not show them. A retry of failed items is answered, and does
/// them; items that were done before are done twice by a retry of the whole batch.
#[must_use]
pub fn partial_success() -> PartialSuccess {
    PartialSuccess { percent: 30 }
}

impl PartialSuccess {
    /// The share of items that fail, in percent; at least one does.
    #[must_use]
    pub fn percent(mut self, percent: usize) -> Self {
        self.percent = percent.min(100);
        self
    }

    /// The items that fail, spread over the batch.
    fn failed(&self, batch: &Batch) -> Vec<usize> {
        let done: Vec<_> = (0..batch.items().len()).filter(|index| batch.items()[*index].done).collect();
        let count = (done.len() * self.percent).div_ceil(100).clamp(1, done.len().max(1));
        let step = (done.len() / count).max(1);
        done.into_iter().skip(step - 1).step_by(step).take(count).collect()
    }
}

impl Operator for PartialSuccess {
    fn id(&self) -> &'static str {
        "partial_success"
    }

    fn family(&self) -> Family {
        Family::Partial
    }

    fn truth(&self) -> Truth {
        Truth::Changed
    }

    fn about(&self) -> About {
        About {
            what: "Some items of a batch fail inside a reply that is a success as a whole.",
            seen: "Elasticsearch, Microsoft Graph, Kinto, Salesforce, CouchDB",
            source: "the documentation of the vendors",
            sites: "every recorded batch",
            good: "sends the failed items again and only those, and reports what still fails",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let effects = (1..=recording.interactions().len()).filter(|number| recording.changed_something(*number));
        effects
            .filter_map(|number| recording.batch(number).map(|batch| (number, batch)))
            .filter(|(_, batch)| !self.failed(batch).is_empty())
            .map(|(number, batch)| Site::at(number).pointer(batch.place()).rank(110))
            .collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let failed = recording.batch(site.interaction).map(|batch| self.failed(batch)).unwrap_or_default();
        Bend::PartlyDone {
            at: site.interaction,
            failed,
            failure: checkagent_cassette::analysis::ItemFailure::Retryable,
        }
    }

    fn follow_up(&self, site: &Site, recording: &Recording, request: &Request) -> Option<FollowUp> {
        recording.part_of_batch(site.interaction, request)
    }
}
