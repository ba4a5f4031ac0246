//! The whole export against a small CRM in paused time. Undisturbed it takes six requests: three pages,
//! the count, the batch, the reading back.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::export;
use crate::fake_crm::{FakeCrm, Fault};
use crate::outcome::{Call, Outcome, Setback, Trouble};
use crate::records::Report;

const BATCH: usize = 5;
const READ_BACK: usize = 6;

async fn run(faults: impl IntoIterator<Item = (usize, Fault)>) -> (FakeCrm, Outcome) {
    let crm = FakeCrm::start(faults).await;
    let outcome = export(&crm.base).await;
    (crm, outcome)
}

fn done(outcome: Outcome) -> Report {
    match outcome {
        Outcome::Done(report) => report,
        other => panic!("not done: {other:?}"),
    }
}

fn failed(outcome: Outcome) -> Trouble {
    match outcome {
        Outcome::Failed(trouble) => trouble,
        other => panic!("not failed: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn two_runs_send_equal_requests_and_report_the_same() {
    let (first, outcome) = run([]).await;
    let (second, again) = run([]).await;
    assert_eq!(first.log(), second.log());
    assert_eq!(first.log().len(), READ_BACK);
    let report = done(outcome);
    assert_eq!((report.records, report.total_amount, report.summaries.len()), (12, 1200, 3));
    assert_eq!(report, done(again));
}

#[tokio::test(start_paused = true)]
async fn a_second_run_finds_everything_stored() {
    let (crm, outcome) = run([]).await;
    assert_eq!(done(export(&crm.base).await), done(outcome));
    assert_eq!(crm.stored(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_was_asked_for_is_kept() {
    let start = Instant::now();
    let (crm, outcome) = run([(2, Fault::Status(429, "Retry-After: 120"))]).await;
    done(outcome);
    assert!(start.elapsed() >= Duration::from_secs(120));
    assert_eq!(crm.log().len(), READ_BACK + 1);
}

#[tokio::test(start_paused = true)]
async fn a_wait_of_hours_is_not() {
    let (crm, outcome) = run([(2, Fault::Status(429, "Retry-After: 7200"))]).await;
    let call = Call::CustomerPage(2);
    assert_eq!(failed(outcome), Trouble::WaitTooLong { call, seconds: 7200 });
    assert_eq!(crm.log().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_token_means_a_new_start() {
    let (crm, outcome) = run([(3, Fault::Status(410, "x: y"))]).await;
    assert_eq!(done(outcome).records, 12);
    assert_eq!(crm.log().len(), READ_BACK + 3);

    let (crm, outcome) = run([2, 4, 6].map(|at| (at, Fault::Status(400, "x: y")))).await;
    assert_eq!(failed(outcome), Trouble::TokensRejected { restarts: 2 });
    assert_eq!(crm.stored(), 0);
}

#[tokio::test(start_paused = true)]
async fn silence_is_given_up_on() {
    let (_, outcome) = run((1..=6).map(|at| (at, Fault::Silence))).await;
    let call = Call::CustomerPage(1);
    let trouble = Trouble::GaveUp { call, attempts: 6, last: Setback::Timeout };
    assert_eq!(failed(outcome), trouble);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_was_empty_once_is_read_again() {
    let (crm, outcome) = run([(2, Fault::Bend(|page| page["data"] = json!([])))]).await;
    assert_eq!(done(outcome).records, 12);
    assert_eq!(crm.batches(), 1);
}

#[tokio::test(start_paused = true)]
async fn missing_customers_stop_the_export_before_it_writes() {
    let empty = |at| (at, Fault::Bend(|page| page["data"] = json!([])));
    let (crm, outcome) = run([empty(2), empty(6)]).await;
    assert_eq!(failed(outcome), Trouble::Incomplete { counted: 12, read: 7 });
    assert_eq!(crm.batches(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_bad_value_stops_the_export_before_it_writes() {
    let bend = |page: &mut Value| page["data"][1]["amount"] = json!(-100);
    let (crm, outcome) = run([(3, Fault::Bend(bend))]).await;
    let said = failed(outcome).to_string();
    assert_eq!(said, "record cust-0011: `amount` is not a possible amount");
    assert_eq!(crm.batches(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_batch_whose_reply_was_lost_is_not_sent_again() {
    let (crm, outcome) = run([(BATCH, Fault::ReplyLost)]).await;
    done(outcome);
    assert_eq!((crm.batches(), crm.stored()), (1, 3));
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_was_not_done_is_sent_again_unchanged() {
    for fault in [Fault::Status(500, "x: y"), Fault::Silence, Fault::Status(429, "Retry-After: 3")] {
        let (crm, outcome) = run([(BATCH, fault)]).await;
        done(outcome);
        let log = crm.log();
        let batches: Vec<_> = log.iter().filter(|request| request.starts_with("POST")).collect();
        assert!(matches!(batches[..], [first, second] if first == second));
        assert_eq!(crm.stored(), 3);
    }
}

/// The CRM did store the second summary, but its reply says that it was too busy.
#[tokio::test(start_paused = true)]
async fn only_the_item_that_failed_is_sent_again() {
    let bend = |reply: &mut Value| reply["responses"][1] = json!({"status": 503, "body": {}});
    let (crm, outcome) = run([(BATCH, Fault::Bend(bend))]).await;
    done(outcome);
    let second = &crm.log()[BATCH];
    assert!(second.contains("summary-eu-s") && !second.contains("summary-eu-n"), "{second}");
}

#[tokio::test(start_paused = true)]
async fn an_item_refused_for_good_is_admitted() {
    let bend = |reply: &mut Value| reply["responses"][2] = json!({"status": 403, "body": {}});
    let hide = |list: &mut Value| drop(list["data"].as_array_mut().unwrap().pop());
    let (_, outcome) = run([(BATCH, Fault::Bend(bend)), (READ_BACK, Fault::Bend(hide))]).await;
    let Outcome::Partial(report, trouble) = outcome else { panic!("{outcome:?}") };
    assert_eq!((report.records, report.summaries.len()), (8, 2));
    assert_eq!(trouble.to_string(), "not stored, refused by the server: US-E (403)");
}

#[tokio::test(start_paused = true)]
async fn a_reply_without_statuses_is_settled_by_reading_back() {
    let (crm, outcome) = run([(BATCH, Fault::Bend(|reply| *reply = json!({"results": []})))]).await;
    done(outcome);
    assert_eq!(crm.batches(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_stored_differently_is_admitted() {
    let bend = |list: &mut Value| list["data"][0]["amount"] = json!("400");
    let (_, outcome) = run([(READ_BACK, Fault::Bend(bend))]).await;
    let Outcome::Partial(report, trouble) = outcome else { panic!("{outcome:?}") };
    assert_eq!(report.summaries.len(), 2);
    assert_eq!(trouble.to_string(), "the stored summaries differ: EU-N has other content");
}
