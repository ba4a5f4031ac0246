//! Batches of which some items fail, sent and sent again.

use std::sync::Arc;

use serde_json::{Value, json};

use checkagent_cassette::Reply;

use crate::fixture::{Session, delivered, recording, recording_of, taped};
use crate::ledger::Outcome;
use crate::mutation::{Operator, partial_success};
use crate::recording::Recording;
use crate::world::Reaction;

fn messages() -> Arc<Recording> {
    let entries: Vec<_> = (1..=4).map(|n| json!({"Id": n.to_string(), "MessageBody": format!("m{n}")})).collect();
    let sent: Vec<_> = (1..=4).map(|n| json!({"Id": n.to_string(), "MessageId": format!("id-{n}")})).collect();
    recording(&[("POST", "/", json!({"Entries": entries}), json!({"Successful": sent}))])
}

fn bulk() -> Arc<Recording> {
    let lines = concat!(
        r#"{"index":{"_id":"1"}}"#,
        "\n",
        r#"{"sku":"S1","n":1}"#,
        "\n",
        r#"{"index":{"_id":"2"}}"#,
        "\n",
        r#"{"sku":"S2","n":2}"#,
        "\n"
    );
    let item = |id: &str| json!({"index": {"_id": id, "status": 201}});
    let hit = |id: &str, n: u8| json!({"_id": id, "_source": {"sku": format!("S{n}"), "n": n}});
    recording_of(vec![
        taped("POST", "/_bulk").text(lines).reply(&json!({"errors": false, "items": [item("1"), item("2")]})),
        taped("GET", "/_search").reply(&json!({"hits": {"hits": [hit("1", 1), hit("2", 2)]}})),
    ])
}

fn variants_of(recording: &Recording) -> Vec<String> {
    partial_success().sites(recording).iter().map(ToString::to_string).collect()
}

fn at(recording: &Arc<Recording>, variant: &str) -> Session {
    let sites = partial_success().sites(recording);
    let site = sites.iter().find(|site| site.variant == Some(variant)).unwrap();
    Session::at(recording, partial_success(), site)
}

fn document(reaction: Reaction) -> Value {
    match reaction {
        Reaction::Reply(reply, _) => Reply::json(&reply).unwrap(),
        other => panic!("no reply: {other:?}"),
    }
}

#[test]
fn a_batch_is_a_site_for_each_way_in_which_its_items_fail() {
    assert_eq!(variants_of(&messages()), ["1:Successful:throttled", "1:Successful:rejected"]);
    let records = json!({"Records": [{"Data": "YQ=="}, {"Data": "Yg=="}]});
    let stored = json!({"FailedRecordCount": 0, "Records": [{"SequenceNumber": "1"}, {"SequenceNumber": "2"}]});
    assert_eq!(variants_of(&recording(&[("POST", "/", records, stored)])), ["1:Records:throttled"]);
}

#[test]
fn what_is_all_or_nothing_or_only_reads_or_is_no_batch_has_no_site() {
    let rows = json!({"rows": [{"json": {"a": 1}}, {"json": {"a": 2}}]});
    let keys = json!({"RequestItems": {"T": {"Keys": [{"k": {"S": "1"}}, {"k": {"S": "2"}}]}}});
    let found = json!({"Responses": {"T": [{"k": {"S": "1"}}, {"k": {"S": "2"}}]}});
    let exchanges = [
        ("POST", "/insertAll", rows, json!({"kind": "bigquery#tableDataInsertAllResponse"})),
        ("POST", "/", keys, found),
        ("POST", "/notes", json!({"tags": ["a", "b"]}), json!({"tags": [{"n": 1}, {"n": 2}]})),
    ];
    assert!(variants_of(&recording(&exchanges)).is_empty());
}

#[test]
fn the_fault_is_delivered_and_items_stay_undone() {
    let ledger = delivered(&messages(), partial_success);
    assert!(matches!(&ledger.calls[0].outcome, Outcome::PartlyDone { failed, of: 4, .. } if *failed == [1, 3]));
    assert_eq!(ledger.undone_items, [1, 3]);
}

#[test]
fn throttled_items_are_done_by_a_retry_with_ids_of_its_own() {
    let recording = messages();
    let mut session = at(&recording, "throttled");
    let bent = document(session.again(1));
    assert_eq!(bent["Failed"].as_array().map(Vec::len), Some(2));
    let retry = json!({"Entries": [{"Id": "a", "MessageBody": "m2"}, {"Id": "b", "MessageBody": "m4"}]});
    let (_, reply) = session.ask("POST", "/", retry);
    assert_eq!(reply["Successful"][1], json!({"Id": "b", "MessageId": "id-4"}));
    let ledger = session.ledger();
    assert!(ledger.undone_items.is_empty() && ledger.calls.iter().all(|call| call.duplicate.is_none()));
}

#[test]
fn a_retry_that_was_recorded_is_answered_as_it_was() {
    let entry = |n: u8| json!({"Id": n.to_string(), "MessageBody": format!("m{n}")});
    let sent = |n: u8| json!({"Id": n.to_string(), "MessageId": format!("id-{n}")});
    let failed = json!([{"Id": "3", "SenderFault": false, "Code": "InternalError"}]);
    let recording = recording(&[
        (
            "POST",
            "/",
            json!({"Entries": [entry(1), entry(2), entry(3)]}),
            json!({"Successful": [sent(1), sent(2)], "Failed": failed}),
        ),
        ("POST", "/", json!({"Entries": [entry(3)]}), json!({"Successful": [sent(3)]})),
    ]);
    let mut session = at(&recording, "throttled");
    session.again(1);
    // Both together: the one that the recording says fails, fails once more, and is not done twice.
    let (_, both) = session.ask("POST", "/", json!({"Entries": [entry(2), entry(3)]}));
    assert_eq!((&both["Successful"], &both["Failed"]), (&json!([sent(2)]), &failed));
    let (_, last) = session.ask("POST", "/", json!({"Entries": [entry(3)]}));
    assert_eq!(last["Successful"], json!([sent(3)]));
    let ledger = session.ledger();
    assert!(ledger.undone_items.is_empty() && ledger.calls.iter().all(|call| call.duplicate.is_none()));
    assert_eq!(ledger.effects_done(), [1, 2]);
}

#[test]
fn rejected_items_are_rejected_again() {
    let recording = messages();
    let mut session = at(&recording, "rejected");
    session.again(1);
    let retry = json!({"Entries": [{"Id": "2", "MessageBody": "m2"}]});
    let (_, reply) = session.ask("POST", "/", retry);
    assert_eq!((&reply["Successful"], &reply["Failed"][0]["SenderFault"]), (&json!([]), &json!(true)));
    assert_eq!(session.ledger().undone_items, [1, 3]);
}

#[test]
fn documents_that_were_sent_as_lines_are_not_found_until_they_are_sent_again() {
    let recording = bulk();
    let mut session = at(&recording, "throttled");
    assert_eq!(document(session.again(1))["errors"], true);
    assert_eq!(session.get("/_search")["hits"]["hits"].as_array().map(Vec::len), Some(1));
    let again = taped("POST", "/_bulk").text("{\"index\":{\"_id\":\"2\"}}\n{\"sku\":\"S2\",\"n\":2}\n");
    let again = recording_of(vec![again]).interaction(1).request.clone();
    assert_eq!(document(session.send(&again))["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(session.get("/_search")["hits"]["hits"].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_was_put_with_typed_values_is_not_found_either() {
    let item = |n: u8| json!({"pk": {"S": format!("o#{n}")}, "total": {"N": n.to_string()}});
    let puts: Vec<_> = (1..=2).map(|n| json!({"PutRequest": {"Item": item(n)}})).collect();
    let recording = recording(&[
        ("POST", "/", json!({"RequestItems": {"Orders": puts}}), json!({})),
        ("GET", "/orders", Value::Null, json!({"Items": [item(1), item(2)]})),
    ]);
    let mut session = at(&recording, "throttled");
    let bent = document(session.again(1));
    assert_eq!(session.get("/orders")["Items"], json!([item(1)]));
    session.ask("POST", "/", json!({"RequestItems": bent["UnprocessedItems"]}));
    assert_eq!(session.get("/orders")["Items"], json!([item(1), item(2)]));
}

#[test]
fn a_list_that_may_hide_a_deletion_is_not_served() {
    let delete = |n: u8| json!({"id": n.to_string(), "method": "DELETE", "url": format!("/notes/all/{n}")});
    let gone = |n: u8| json!({"id": n.to_string(), "status": 204});
    let list = |names: &[&str]| json!({"notes": names});
    let recording = recording(&[
        ("GET", "/v1/notes/all", Value::Null, list(&["a", "b", "c"])),
        ("GET", "/v1/users", Value::Null, list(&["u"])),
        ("POST", "/$batch", json!({"requests": [delete(1), delete(2)]}), json!({"responses": [gone(1), gone(2)]})),
        ("GET", "/v1/notes/all", Value::Null, list(&["c"])),
        ("GET", "/v1/users", Value::Null, list(&["u"])),
    ]);
    let mut session = at(&recording, "throttled");
    session.play();
    let outcomes: Vec<_> = session.ledger().calls.into_iter().map(|call| call.outcome).collect();
    assert!(matches!(outcomes[3], Outcome::Missed { .. }), "{:?}", outcomes[3]);
    assert!(matches!(outcomes[4], Outcome::Served { interaction: 5, .. }), "{:?}", outcomes[4]);
}
