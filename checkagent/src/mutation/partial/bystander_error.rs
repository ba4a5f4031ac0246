//! The first error in a reply is not the cause.

use checkagent_cassette::Request;
use checkagent_cassette::analysis::{Batch, ItemFailure};

use super::failing::{batches, done, failure, variants};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::{FollowUp, Recording};

/// A batch in which one item takes others with it. See [`bystander_error`].
#[derive(Clone, Debug)]
pub struct BystanderError;

/// One item of a batch fails, others are not done because of it, and an error of these is listed first:
/// `PROCESSING_HALTED`, `stopped`, 424, a transaction's reason `None`.
///
/// Nothing that is listed with an error was done. Where the cause was throttled, a retry does everything; where it was
/// rejected, the others are done as soon as it is left out.
#[must_use]
pub fn bystander_error() -> BystanderError {
    BystanderError
}

/// The item that fails so that another one's error is listed before its own.
fn cause(batch: &Batch) -> Option<usize> {
    let reversed = batch.order_is_free();
    let hidden = |item: &usize| {
        let lost = batch.not_done(&[*item]);
        let first = if reversed { lost.last() } else { lost.first() };
        first.is_some_and(|first| first != item)
    };
    if reversed { done(batch).find(hidden) } else { done(batch).filter(hidden).last() }
}

impl Operator for BystanderError {
    fn id(&self) -> &'static str {
        "bystander_error"
    }

    fn family(&self) -> Family {
        Family::Partial
    }

    fn truth(&self) -> Truth {
        Truth::Changed
    }

    fn about(&self) -> About {
        About {
            what: "One item of a batch takes others with it, and the first error in the reply is not the cause.",
            seen: "Salesforce (PROCESSING_HALTED), BigQuery (stopped), Microsoft Graph (424), DynamoDB transactions",
            source: "fluent-plugin-bigquery#38, concepts/json-batching of Microsoft Graph, botocore, Salesforce's REST guide",
            sites: "every recorded batch that is all or nothing, or whose items depend on one another",
            good: "looks for the error that is the cause, and does not report the others as faulty or done",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let mut sites = Vec::new();
        for (number, batch) in batches(recording).filter(|(_, batch)| cause(batch).is_some()) {
            let site = Site::at(number).pointer(batch.place()).rank(100);
            sites.extend(variants(batch).map(|variant| site.clone().variant(variant)));
        }
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let failed = recording.batch(site.interaction).and_then(cause).into_iter().collect();
        Bend::PartlyDone { at: site.interaction, failed, failure: failure(site) }
    }

    fn follow_up(&self, site: &Site, recording: &Recording, request: &Request) -> Option<FollowUp> {
        let failed = match failure(site) {
            ItemFailure::Retryable => None,
            ItemFailure::Permanent => cause(recording.batch(site.interaction)?),
        };
        recording.part_of_failing_batch(site.interaction, request, failed.as_slice(), failure(site))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::{Session, delivered, recording};
    use crate::ledger::Outcome;

    fn rows() -> Arc<Recording> {
        let rows: Vec<_> = (1..=3).map(|n| json!({"insertId": n.to_string(), "json": {"n": n, "k": "x"}})).collect();
        recording(&[
            ("GET", "/rows", Value::Null, json!({"rows": []})),
            ("POST", "/insertAll", json!({"rows": rows}), json!({"kind": "bigquery#tableDataInsertAllResponse"})),
            (
                "GET",
                "/rows",
                Value::Null,
                json!({"rows": [{"n": 1, "k": "x"}, {"n": 2, "k": "x"}, {"n": 3, "k": "x"}]}),
            ),
        ])
    }

    fn names(recording: &Recording) -> Vec<String> {
        bystander_error().sites(recording).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_batch_that_is_all_or_nothing_is_a_site() {
        assert_eq!(names(&rows()), ["2:insertErrors:rejected"]);
        let items = json!({"TransactItems": [{"Put": {"TableName": "a"}}, {"Put": {"TableName": "b"}}]});
        let written = recording(&[("POST", "/", items, json!({}))]);
        assert_eq!(names(&written), ["1:CancellationReasons:throttled", "1:CancellationReasons:rejected"]);
    }

    #[test]
    fn a_batch_whose_items_stand_alone_is_none() {
        let requests =
            json!({"requests": [{"id": "1", "method": "PUT", "url": "/a"}, {"id": "2", "method": "PUT", "url": "/b"}]});
        let responses = json!({"responses": [{"id": "1", "status": 200}, {"id": "2", "status": 200}]});
        assert!(names(&recording(&[("POST", "/$batch", requests, responses)])).is_empty());
    }

    #[test]
    fn nothing_is_done_and_the_cause_is_listed_last() {
        let ledger = delivered(&rows(), bystander_error);
        assert!(matches!(&ledger.calls[1].outcome, Outcome::PartlyDone { failed, .. } if *failed == [0, 1, 2]));
        let mut session = Session::first(&rows(), bystander_error());
        session.again(1);
        let reply = session.ask("POST", "/insertAll", rows().interaction(2).request.json().unwrap()).1;
        let reasons: Vec<_> = (0..3).map(|at| reply["insertErrors"][at]["errors"][0]["reason"].clone()).collect();
        assert_eq!(reasons, ["stopped", "stopped", "invalid"]);
        // Nothing of the batch is there.
        assert_eq!(session.get("/rows")["rows"], json!([]));
    }

    #[test]
    fn without_the_cause_the_others_are_done_and_with_it_nothing_is() {
        let mut session = Session::first(&rows(), bystander_error());
        session.again(1);
        let all = rows().interaction(2).request.json().unwrap();
        session.ask("POST", "/insertAll", all.clone());
        let (_, again) = session.ask("POST", "/insertAll", all.clone());
        assert_eq!(again["insertErrors"].as_array().map(Vec::len), Some(3));
        let (_, rest) = session.ask("POST", "/insertAll", json!({"rows": [all["rows"][1], all["rows"][2]]}));
        assert_eq!(rest.get("insertErrors"), None);
        assert_eq!(session.get("/rows")["rows"].as_array().map(Vec::len), Some(2));
        assert_eq!(session.ledger().undone_items, [0]);
    }
}
