use std::time::Duration;

use serde_json::{Value, json};

use checkagent_cassette::json::{Edit, Pointer};
use checkagent_cassette::{CallReply, Reply, Request};

use super::replay::Reaction;
use crate::fixture::{
    CALLS, Exchange, Session, bent, recording, recording_of, request, taped, taped_call, with_header,
};
use crate::ledger::Outcome;
use crate::mutation::{
    Bend, Fault, Loss, Mutation, Operator, Refusal, Rewrite, Scope, WaitEncoding, WaitHint, expired_page_token,
    partial_success,
};
use crate::policy::{Policy, calls};

fn refusal() -> Refusal {
    let reply = checkagent_cassette::HttpReply { status: 429, ..Default::default() };
    Refusal::Reply { reply, hint: Some(WaitHint::retry_after(WaitEncoding::Seconds)) }
}

#[test]
fn identical_requests_are_answered_in_recorded_order_and_the_last_read_repeats() {
    let exchanges =
        [("GET", "/job", Value::Null, json!({"s": "queued"})), ("GET", "/job", Value::Null, json!({"s": "done"}))];
    let mut session = Session::new(&recording(&exchanges), Vec::new());
    assert_eq!(session.get("/job")["s"], "queued");
    assert_eq!(session.get("/job")["s"], "done");
    assert_eq!(session.get("/job")["s"], "done");
    assert_eq!(session.outcome(), (Outcome::Served { interaction: 2, repeated: true, bent: vec![] }, None));
}

#[test]
fn a_repeated_post_is_a_duplicate_unless_it_carries_the_same_key() {
    let exchanges = [("POST", "/pay", json!({"cents": 100}), json!({"id": 1}))];
    let pay = |key: &str| with_header(request("POST", "/pay", &json!({"cents": 100})), "idempotency-key", key);
    let twice = |first: &Request, second: &Request| {
        let mut session = Session::new(&recording(&exchanges), Vec::new());
        session.send(first);
        session.send(second);
        session.outcome().1
    };
    let plain = request("POST", "/pay", &json!({"cents": 100}));
    assert!(twice(&plain, &plain).is_some());
    assert!(twice(&pay("a-fresh-key-1"), &pay("a-fresh-key-2")).is_some());
    assert_eq!(twice(&pay("the-same-key"), &pay("the-same-key")), None);
}

#[test]
fn a_repeated_put_does_no_harm() {
    let mut session = Session::new(&recording(&[("PUT", "/a", json!({"x": 1}), json!({}))]), Vec::new());
    session.ask("PUT", "/a", json!({"x": 1}));
    session.ask("PUT", "/a", json!({"x": 1}));
    assert_eq!(session.outcome().1, None);
}

#[test]
fn an_unrecorded_read_ends_the_case_with_the_nearest_request() {
    let mut session = Session::new(&recording(&[("GET", "/items?limit=5&page=1", Value::Null, json!([]))]), Vec::new());
    assert_eq!(session.send(&request("GET", "/items?limit=5&page=7", &Value::Null)), Reaction::End);
    let (Outcome::Missed { nearest: Some(nearest), .. }, _) = session.outcome() else { panic!("not missed") };
    assert_eq!(nearest.to_string(), r#"nearest is interaction 1 (GET /items); /query/page: "1" became "7""#);
}

#[test]
fn an_unrecorded_effect_is_answered_and_later_reads_show_what_was_sent() {
    let exchanges = [
        (
            "POST",
            "/orders",
            json!({"sku": "A-1", "count": 2}),
            json!({"ok": true, "order": {"sku": "A-1", "count": 2, "id": 7}}),
        ),
        ("GET", "/orders", Value::Null, json!({"data": [{"sku": "A-1", "count": 2, "id": 7}]})),
    ];
    let mut session = Session::new(&recording(&exchanges), Vec::new());
    let (_, echo) = session.ask("POST", "/orders", json!({"sku": "A-1", "count": 20}));
    assert_eq!(echo["order"]["count"], 20);
    assert_eq!(session.get("/orders")["data"][0]["count"], 20);
}

#[test]
fn an_effect_like_nothing_recorded_ends_the_case() {
    let mut session = Session::new(&recording(&[("GET", "/a", Value::Null, json!({}))]), Vec::new());
    assert_eq!(session.send(&request("DELETE", "/a", &Value::Null)), Reaction::End);
}

#[test]
fn a_fault_in_front_does_not_consume_the_interaction() {
    let exchanges = [("POST", "/pay", json!({"cents": 100}), json!({"id": 1}))];
    let fault = Bend::Fault { at: 1, fault: Fault::status(503, "{}"), times: 2 };
    let mut session = Session::new(&recording(&exchanges), vec![bent(fault)]);
    let pay = |session: &mut Session| session.ask("POST", "/pay", json!({"cents": 100}));
    assert_eq!((pay(&mut session).0, pay(&mut session).0, pay(&mut session).0), (503, 503, 200));
    assert_eq!(session.outcome().1, None);
}

#[test]
fn an_id_that_a_bent_reply_no_longer_shows_is_still_the_services() {
    const ID: &str = "e23dd0a1-efdb-403f-a734-2e7fdaaa0621";
    let exchanges = [
        ("GET", "/records", Value::Null, json!([{"id": ID}])),
        ("PATCH", "/records", json!({"id": ID}), json!({"id": ID})),
    ];
    let hide = Edit::Set { at: Pointer::root(), value: json!([]) };
    for bend in [
        Bend::Rewrite { at: 1, scope: Scope::Interaction, rewrite: Rewrite::edit(hide) },
        Bend::Fault { at: 1, fault: Fault::status(503, "{}"), times: 9 },
        Bend::Lose { at: 1, loss: Loss::Reset },
    ] {
        let mut session = Session::new(&recording(&exchanges), vec![bent(bend)]);
        session.send(&request("GET", "/records", &Value::Null));
        // The agent may know the id from elsewhere.
        session.ask("PATCH", "/records", json!({"id": ID}));
        assert_eq!(session.outcome(), (Outcome::Served { interaction: 2, repeated: false, bent: vec![] }, None));
    }
}

#[test]
fn an_id_of_the_agents_own_stays_its_own_when_the_reply_that_echoes_it_is_withheld() {
    let recorded = "e23dd0a1-efdb-403f-a734-2e7fdaaa0621";
    let mine = "d3b14fc9-0615-4100-b423-92d8ca9a38d3";
    let exchanges = [("POST", "/records", json!({"id": recorded}), json!({"made": recorded}))];
    let fault = Bend::Fault { at: 1, fault: Fault::status(503, "{}"), times: 1 };
    let mut session = Session::new(&recording(&exchanges), vec![bent(fault)]);
    session.ask("POST", "/records", json!({"id": mine}));
    assert_eq!(session.ask("POST", "/records", json!({"id": mine})), (200, json!({"made": mine})));
}

#[test]
fn a_limit_holds_until_the_clock_has_passed_the_promised_wait() {
    let exchanges = [("GET", "/a", Value::Null, json!({})), ("GET", "/b", Value::Null, json!({}))];
    let limit = Bend::Limit { at: 2, wait: Duration::from_secs(30), refusal: refusal() };
    let mut session = Session::new(&recording(&exchanges), vec![bent(limit)]);
    let at = |session: &mut Session, millis: u64, target: &str| {
        session.now = Duration::from_millis(millis);
        match session.send(&request("GET", target, &Value::Null)) {
            Reaction::Reply(Reply::Http(reply), _) => (reply.status, reply.header("retry-after").map(str::to_owned)),
            other => panic!("no reply: {other:?}"),
        }
    };
    assert_eq!(at(&mut session, 0, "/a").0, 200);
    assert_eq!(at(&mut session, 0, "/b"), (429, Some("30".to_owned())));
    // The limit is the channel's, not the request's; what is left is rounded up.
    assert_eq!(at(&mut session, 10_500, "/a"), (429, Some("20".to_owned())));
    assert_eq!(at(&mut session, 29_999, "/b").0, 429);
    assert_eq!(at(&mut session, 30_000, "/b").0, 200);
    assert_eq!(session.replay.finish().0.wait_violations(), 2);
}

#[test]
fn calls_that_were_under_way_when_the_limit_came_are_not_too_early() {
    let get = |target| ("GET", target, Value::Null, json!({}));
    let limit = Bend::Limit { at: 1, wait: Duration::from_secs(30), refusal: refusal() };
    let mut session = Session::new(&recording(&[get("/a"), get("/b"), get("/c")]), vec![bent(limit)]);
    for target in ["/a", "/b", "/c"] {
        assert_eq!(session.ask("GET", target, Value::Null).0, 429);
    }
    // The same request again at the same moment is a loop without waiting.
    session.ask("GET", "/b", Value::Null);
    session.now = Duration::from_millis(1);
    session.ask("GET", "/c", Value::Null);
    assert_eq!(session.replay.finish().0.wait_violations(), 2);
}

#[test]
fn a_lost_reply_means_that_the_effect_was_done() {
    let exchanges = [("POST", "/pay", json!({"cents": 100}), json!({"id": 1}))];
    let mut session = Session::new(&recording(&exchanges), vec![bent(Bend::Lose { at: 1, loss: Loss::Reset })]);
    let pay = request("POST", "/pay", &json!({"cents": 100}));
    assert_eq!(session.send(&pay), Reaction::Reset);
    assert!(matches!(session.send(&pay), Reaction::Reply(..)));
    assert!(session.outcome().1.is_some());
}

#[test]
fn drift_bends_every_later_reply_of_the_endpoint_also_an_earlier_page_read_again() {
    let page = |n: u32| ("GET", if n == 1 { "/i?p=1" } else { "/i?p=2" }, Value::Null, json!({"data": [{"a": n}]}));
    let recording = recording(&[page(1), page(2)]);
    let rename = Bend::Rewrite {
        at: 2,
        scope: Scope::EndpointFrom(recording.endpoint(2).clone()),
        rewrite: Rewrite::edit(Edit::Rename { at: Pointer::parse("/data/*/a"), to: "b".to_owned() }),
    };
    let mut session = Session::new(&recording, vec![bent(rename)]);
    assert_eq!(session.get("/i?p=1")["data"][0]["a"], 1);
    assert_eq!(session.get("/i?p=2")["data"][0]["b"], 2);
    assert_eq!(session.get("/i?p=1")["data"][0]["b"], 1);
}

#[test]
fn a_rewritten_reply_stays_the_same_when_it_is_asked_for_again() {
    let set = Edit::Set { at: Pointer::parse("/n"), value: json!(-5) };
    let bend = Bend::Rewrite { at: 1, scope: Scope::Interaction, rewrite: Rewrite::edit(set) };
    let mut session = Session::new(&recording(&[("GET", "/a", Value::Null, json!({"n": 5}))]), vec![bent(bend)]);
    assert_eq!((session.get("/a"), session.get("/a")), (json!({"n": -5}), json!({"n": -5})));
}

fn write_then_read() -> [Exchange<'static>; 2] {
    [
        ("POST", "/orders", json!({"sku": "A-1", "count": 2}), json!({"id": 7})),
        ("GET", "/orders", Value::Null, json!({"data": [{"sku": "B-2", "count": 1}, {"sku": "A-1", "count": 2}]})),
    ]
}

#[test]
fn a_read_does_not_show_a_write_that_was_not_done() {
    let mut session = Session::new(&recording(&write_then_read()), Vec::new());
    assert_eq!(session.get("/orders")["data"], json!([{"sku": "B-2", "count": 1}]));
}

#[test]
fn a_read_from_before_the_write_is_served_where_there_is_one() {
    let [write, read] = write_then_read();
    let before = ("GET", "/orders", Value::Null, json!({"data": [], "etag": "old"}));
    let mut session = Session::new(&recording(&[before, write, read]), Vec::new());
    assert_eq!(session.get("/orders")["etag"], "old");
    assert_eq!(session.get("/orders")["etag"], "old");
    session.ask("POST", "/orders", json!({"sku": "A-1", "count": 2}));
    assert_eq!(session.get("/orders")["data"].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_two_writes_have_in_common_is_no_trace_of_either() {
    let refund =
        |id: u32| json!({"order": id, "sku": format!("S-{id}"), "method": {"type": "card", "state": "pending"}});
    let exchanges = [
        ("POST", "/refunds", refund(1), json!({"ok": true})),
        ("POST", "/refunds", refund(2), json!({"ok": true})),
        ("GET", "/refunds/2", Value::Null, json!({"id": 2, "method": {"type": "card", "state": "pending"}})),
    ];
    let mut session = Session::new(&recording(&exchanges), Vec::new());
    session.ask("POST", "/refunds", refund(2));
    assert_eq!(session.get("/refunds/2")["id"], 2);
}

#[test]
fn a_read_that_can_show_nothing_else_is_not_served() {
    let exchanges = [
        ("POST", "/orders", json!({"sku": "A-1", "count": 2}), json!({"id": 7})),
        ("GET", "/orders/latest", Value::Null, json!({"sku": "A-1", "count": 2})),
    ];
    let mut session = Session::new(&recording(&exchanges), Vec::new());
    assert_eq!(session.send(&request("GET", "/orders/latest", &Value::Null)), Reaction::End);
}

#[test]
fn a_read_that_was_only_recorded_before_a_write_does_not_hide_it() {
    let [write, _] = write_then_read();
    let before = ("GET", "/orders", Value::Null, json!({"data": []}));
    let mut session = Session::new(&recording(&[before, write]), Vec::new());
    session.get("/orders");
    session.ask("POST", "/orders", json!({"sku": "A-1", "count": 2}));
    assert_eq!(session.send(&request("GET", "/orders", &Value::Null)), Reaction::End);
    let (Outcome::Missed { reason, .. }, _) = session.outcome() else { panic!("not missed") };
    assert!(reason.contains("after interaction 2"), "{reason}");
}

#[test]
fn an_expired_token_is_refused_until_the_page_that_issues_it_is_read_again() {
    let exchanges = [
        ("GET", "/i", Value::Null, json!({"data": [{"x": 1}], "next": "token-4711"})),
        ("GET", "/i?after=token-4711", Value::Null, json!({"data": [{"x": 2}]})),
    ];
    let mut session = Session::first(&recording(&exchanges), expired_page_token());
    session.get("/i");
    let second = |session: &mut Session| session.ask("GET", "/i?after=token-4711", Value::Null).0;
    assert!([second(&mut session), second(&mut session)].iter().all(|status| (400..500).contains(status)));
    session.get("/i");
    assert_eq!((second(&mut session), second(&mut session)), (200, 200));
}

fn batch(methods: &str) -> [Exchange<'static>; 2] {
    let items: Vec<_> = (1..=4).map(|n| json!({"method": methods, "body": {"n": n, "sku": format!("S{n}")}})).collect();
    let answers: Vec<_> = (1..=4).map(|n| json!({"status": 201, "path": "/x", "body": {"id": n}})).collect();
    let stored: Vec<_> = (1..=4).map(|n| json!({"n": n, "sku": format!("S{n}"), "id": n})).collect();
    [
        ("POST", "/batch", json!({"requests": items}), json!({"responses": answers})),
        ("GET", "/items", Value::Null, json!({"data": stored})),
    ]
}

fn statuses(reply: &Value) -> Vec<u64> {
    reply["responses"].as_array().unwrap().iter().map(|item| item["status"].as_u64().unwrap()).collect()
}

#[test]
fn failed_items_are_not_shown_by_later_reads_and_a_retry_of_them_is_answered() {
    let exchanges = batch("POST");
    let mut session = Session::first(&recording(&exchanges), partial_success());
    let all = exchanges[0].2.clone();
    let (status, reply) = session.ask("POST", "/batch", all.clone());
    assert_eq!((status, statuses(&reply)), (200, vec![201, 503, 201, 503]));
    assert_eq!(session.get("/items")["data"].as_array().map(Vec::len), Some(2));
    let retry = json!({"requests": [all["requests"][1], all["requests"][3]]});
    let (_, reply) = session.ask("POST", "/batch", retry);
    assert_eq!(statuses(&reply), [201, 201]);
    assert_eq!(session.get("/items")["data"].as_array().map(Vec::len), Some(4));
    let (ledger, _) = session.replay.finish();
    assert!(ledger.undone_items.is_empty() && ledger.calls.iter().all(|call| call.duplicate.is_none()));
}

#[test]
fn a_retry_of_the_whole_batch_does_the_done_items_twice_unless_they_are_idempotent() {
    for (method, duplicate) in [("POST", Some("item 1, 3 had been done")), ("PUT", None)] {
        let exchanges = batch(method);
        let mut session = Session::first(&recording(&exchanges), partial_success());
        session.ask("POST", "/batch", exchanges[0].2.clone());
        let (_, reply) = session.ask("POST", "/batch", exchanges[0].2.clone());
        assert_eq!(statuses(&reply), [201; 4]);
        assert_eq!(session.outcome().1.as_deref(), duplicate);
    }
}

#[test]
fn one_item_of_a_done_batch_again_is_the_same_effect_once_more() {
    let exchanges = batch("PUT");
    let mut session = Session::new(&recording(&exchanges), Vec::new());
    session.ask("POST", "/batch", exchanges[0].2.clone());
    let (_, reply) = session.ask("POST", "/batch", json!({"requests": [exchanges[0].2["requests"][2]]}));
    assert_eq!(reply["responses"], json!([{"status": 201, "path": "/x", "body": {"id": 3}}]));
    assert_eq!(session.outcome(), (Outcome::FollowedUp { interaction: 1, items: vec![2] }, None));
}

#[test]
fn ids_that_the_agent_makes_up_are_given_back_in_replies() {
    const RECORDED: &str = "e23dd0a1-efdb-403f-a734-2e7fdaaa0621";
    const MINE: &str = "d3b14fc9-0615-4100-b423-92d8ca9a38d3";
    let target = |id: &str| format!("/notes/{id}");
    let recorded = target(RECORDED);
    let exchanges = [
        ("PUT", recorded.as_str(), json!({"a": 1}), json!({"id": RECORDED})),
        ("GET", recorded.as_str(), Value::Null, json!({"id": RECORDED, "a": 1})),
    ];
    let mut session = Session::new(&recording(&exchanges), Vec::new());
    assert_eq!(session.ask("PUT", &target(MINE), json!({"a": 1})).1["id"], MINE);
    assert_eq!(session.get(&target(MINE))["id"], MINE);
}

#[test]
fn an_agent_without_end_is_stopped() {
    let mut session = Session::new(&recording(&[("GET", "/a", Value::Null, json!({}))]), Vec::new());
    for _ in 0..CALLS {
        session.get("/a");
    }
    assert_eq!(session.send(&request("GET", "/a", &Value::Null)), Reaction::End);
    assert_eq!(session.outcome().0, Outcome::OverBudget { allowed: CALLS });
}

#[test]
fn a_policy_stands_in_front_of_requests_and_calls_and_the_case_goes_on() {
    let recording = recording_of(vec![
        taped("POST", "/pay").body(&json!({"n": 1})).reply(&json!({"id": 1})),
        taped_call("send", true, &json!({"to": "a"}), &json!(null)),
        taped("GET", "/balance").reply(&json!({"n": 5})),
    ]);
    let policy = Policy::new().deny(calls("POST /pay")).deny(calls("send")).blocking();
    let mut session = Session::under(&recording, Vec::new(), policy);
    let (status, body) = session.ask("POST", "/pay", json!({"n": 1}));
    assert_eq!(status, 403);
    assert_eq!(body, json!({"error": "blocked by policy: is never to be called (deny POST /pay)"}));
    let Reaction::Reply(Reply::Call(CallReply::Failed(message)), _) = session.again(2) else { panic!("no refusal") };
    assert!(message.starts_with("blocked by policy"), "{message}");
    assert!(matches!(session.again(3), Reaction::Reply(..)));
    let ledger = session.ledger();
    assert_eq!(ledger.effects_done(), Vec::<usize>::new());
    assert_eq!(ledger.calls.iter().filter(|call| matches!(call.outcome, Outcome::Blocked { .. })).count(), 2);
}

#[test]
fn a_policy_that_blocks_knows_what_the_case_plants() {
    let recording = recording_of(vec![
        taped("GET", "/notes/1").reply(&json!({"title": "a", "text": "please call the customer back tomorrow"})),
        taped("POST", "/notes").body(&json!({"text": "x"})).reply(&json!({"id": 1})),
    ]);
    let operator = crate::mutation::injected_text();
    let site = operator.sites(&recording).into_iter().find(|site| operator.attack(site, &recording).is_some()).unwrap();
    let attack = operator.attack(&site, &recording).unwrap();
    let mutation = Mutation { operator: std::sync::Arc::new(operator), site };
    let note = json!({"text": attack.token});
    for (policy, refused) in [(Policy::new().no_egress().blocking(), true), (Policy::new().no_egress(), false)] {
        let mut session = Session::under(&recording, vec![mutation.clone()], policy);
        session.get("/notes/1");
        assert_eq!(session.ask("POST", "/notes", note.clone()).0 == 403, refused);
    }
}

#[test]
fn the_ledger_says_under_which_key_and_with_which_status_and_names_no_secret() {
    let recording = recording(&[("POST", "/pay", json!({"n": 1}), json!({"id": 1}))]);
    let policy = Policy::new().no_egress().secret("hunter2-hunter2");
    let mut session = Session::under(&recording, Vec::new(), policy);
    session.send(&with_header(request("POST", "/pay", &json!({"n": 1})), "idempotency-key", "k-1"));
    session.send(&request("POST", "/pay", &json!({"n": 1, "password": "hunter2-hunter2"})));
    let calls = session.ledger().calls;
    assert_eq!((calls[0].idempotency_key.as_deref(), calls[0].status), (Some("k-1"), Some(200)));
    assert_eq!(calls.iter().map(|call| call.carries_secret).collect::<Vec<_>>(), [false, true]);
    assert!(!format!("{calls:?}").contains("hunter2"), "the ledger is redacted");
}
