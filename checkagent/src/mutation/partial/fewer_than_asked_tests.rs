//! Reads by id that bring fewer than was asked for.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::fixture::{Session, delivered, recording};
use crate::ledger::Outcome;
use crate::mutation::{Lie, Operator, fewer_than_asked};
use crate::recording::Recording;

fn users() -> Arc<Recording> {
    let user = |id: u8| json!({"id": id, "name": format!("n{id}")});
    recording(&[
        ("GET", "/teams/1", Value::Null, json!({"members": ["7", "8", "9"]})),
        ("GET", "/users?ids=7,8,9", Value::Null, json!({"count": 3, "users": [user(9), user(8), user(7)]})),
    ])
}

fn keys() -> Arc<Recording> {
    let item = |n: u8| json!({"pk": {"S": format!("o#{n}")}, "n": {"N": n.to_string()}});
    let wanted: Vec<_> = (1..=3).map(|n| json!({"pk": {"S": format!("o#{n}")}})).collect();
    let asked = json!({"RequestItems": {"T": {"Keys": wanted}}});
    recording(&[("POST", "/", asked, json!({"Responses": {"T": [item(1), item(2), item(3)]}, "UnprocessedKeys": {}}))])
}

fn names(recording: &Recording) -> Vec<String> {
    fewer_than_asked().sites(recording).iter().map(ToString::to_string).collect()
}

#[test]
fn reads_by_several_ids_are_sites_and_the_lie_is_evident_where_the_id_was_shown() {
    let sites = fewer_than_asked().sites(&users());
    assert_eq!(names(&users()), ["2:users:absent"]);
    assert_eq!(sites[0].lie, Lie::Evident("`9` was asked for and interaction 1 had shown it".to_owned()));
    assert_eq!(names(&keys()), ["1:Responses:unprocessed", "1:Responses:absent"]);
    let lies: Vec<_> = fewer_than_asked().sites(&keys()).into_iter().map(|site| site.lie).collect();
    assert!(matches!(lies[..], [Lie::None, Lie::Plausible(_)]));
}

#[test]
fn a_number_that_happens_to_be_the_same_shows_nothing() {
    let users = json!({"users": [{"id": 7, "name": "a"}, {"id": 8, "name": "b"}]});
    let recording = recording(&[
        ("GET", "/weather", Value::Null, json!({"degrees": 8})),
        ("GET", "/users?ids=7,8", Value::Null, users),
    ]);
    assert!(matches!(fewer_than_asked().sites(&recording)[0].lie, Lie::Plausible(_)));
}

#[test]
fn other_lists_and_writes_are_no_sites() {
    let two = json!({"items": [{"id": 1}, {"id": 2}]});
    let exchanges = [
        ("GET", "/items?limit=2&page=1", Value::Null, two.clone()),
        ("GET", "/items?ids=1", Value::Null, json!({"items": [{"id": 1}]})),
        ("POST", "/items", json!({"ids": [1, 2]}), two),
    ];
    assert!(names(&recording(&exchanges)).is_empty());
}

#[test]
fn one_is_missing_once_and_the_count_agrees() {
    let ledger = delivered(&users(), fewer_than_asked);
    assert!(matches!(ledger.calls[1].outcome, Outcome::Served { .. }));
    let mut session = Session::first(&users(), fewer_than_asked());
    let fewer = session.get("/users?ids=7,8,9");
    assert_eq!((&fewer["count"], fewer["users"].as_array().map(Vec::len)), (&json!(2), Some(2)));
    assert_eq!(session.get("/users?ids=9"), json!({"count": 1, "users": [{"id": 9, "name": "n9"}]}));
    assert_eq!(session.get("/users?ids=7,8,9")["count"], 3);
}

#[test]
fn keys_that_were_not_read_can_be_asked_for_again_without_doing_anything_twice() {
    let mut session = Session::first(&keys(), fewer_than_asked());
    let (_, fewer) = session.ask("POST", "/", keys().interaction(1).request.json().unwrap());
    assert_eq!(fewer["UnprocessedKeys"]["T"]["Keys"], json!([{"pk": {"S": "o#3"}}]));
    let (_, rest) = session.ask("POST", "/", json!({"RequestItems": fewer["UnprocessedKeys"]}));
    assert_eq!(rest["Responses"]["T"][0]["n"]["N"], "3");
    assert!(session.ledger().calls.iter().all(|call| call.duplicate.is_none()));
}
