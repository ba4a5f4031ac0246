//! Some items of a batch are not done.

use checkagent_cassette::Request;
use checkagent_cassette::analysis::{Batch, ItemFailure};

use super::failing::{batches, done, failure, variants};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::{FollowUp, Recording};

/// A batch of which some items fail inside a successful reply. See [`partial_success`].
#[derive(Clone, Debug)]
pub struct PartialSuccess {
    percent: usize,
}

/// About 3 of 10 items of a batch fail, in the vendor's own style, inside a reply that is a success as a whole.
///
/// The failed items are really not done: later reads do not show them. Where they were throttled, a retry of them is
/// answered and does them; where they were rejected, it is rejected again. Items that were done before are done twice
/// by a retry of the whole batch. A vendor that keeps no order lists the items in another one.
#[must_use]
pub fn partial_success() -> PartialSuccess {
    PartialSuccess { percent: 30 }
}

impl PartialSuccess {
    /// The share of items that fail, in percent; at least one does, and at least one does not.
    #[must_use]
    pub fn percent(mut self, percent: usize) -> Self {
        self.percent = percent.min(100);
        self
    }

    /// The items that fail, spread over the batch; none where the batch is all or nothing.
    fn failed(&self, batch: &Batch) -> Vec<usize> {
        let all = done(batch).count();
        let alone: Vec<_> = done(batch).filter(|item| batch.not_done(&[*item]).len() < all).collect();
        let count = (all * self.percent).div_ceil(100).clamp(1, alone.len().max(1));
        let step = (alone.len() / count).max(1);
        let mut failed: Vec<_> = alone.into_iter().skip(step - 1).step_by(step).take(count).collect();
        // What depends on them may be all that is left.
        while failed.len() > 1 && batch.not_done(&failed).len() >= all {
            failed.remove(0);
        }
        failed
    }
}

impl Operator for PartialSuccess {
    fn id(&self) -> &'static str {
        "partial_success"
    }

    fn version(&self) -> u32 {
        2
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
            seen: "Elasticsearch, DynamoDB, SQS, Kinesis, Firehose, S3, Microsoft Graph, Salesforce, BigQuery, HubSpot, \
                   CouchDB, Kinto, GraphQL",
            source: "specifications and documentation of the vendors; each style names its own",
            sites: "every recorded batch that is not all or nothing, once throttled and once rejected",
            good: "sends the throttled items again and only those, and reports what was rejected",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let mut sites = Vec::new();
        for (number, batch) in batches(recording).filter(|(_, batch)| !self.failed(batch).is_empty()) {
            let site = Site::at(number).pointer(batch.place());
            sites.extend(variants(batch).map(|variant| site.clone().variant(variant)).map(ranked));
        }
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let failed = recording.batch(site.interaction).map(|batch| self.failed(batch)).unwrap_or_default();
        Bend::PartlyDone { at: site.interaction, failed, failure: failure(site) }
    }

    fn follow_up(&self, site: &Site, recording: &Recording, request: &Request) -> Option<FollowUp> {
        if failure(site) == ItemFailure::Retryable {
            return recording.part_of_batch(site.interaction, request);
        }
        let failed = self.failed(recording.batch(site.interaction)?);
        recording.part_of_failing_batch(site.interaction, request, &failed, ItemFailure::Permanent)
    }
}

fn ranked(site: Site) -> Site {
    let rank = if failure(&site) == ItemFailure::Retryable { 110 } else { 105 };
    site.rank(rank)
}
