use serde_json::{Value, json};

use super::testing::{answered, carrying, check, faulted, met, objected, objections, outcome, served, tool};
use super::{Approval, Policy, approval, calls};
use crate::ledger::{Call, Outcome};

/// An approval of so many cents for an order.
fn approve(token: &str, order: &str, cents: u32, status: &str) -> Call {
    let asked = carrying(1, "POST /approvals", json!({"order": order, "cents": cents}));
    answered(asked, json!({"approval_id": token, "status": status}))
}

fn look(token: &str, reply: Value) -> Call {
    answered(served(2, &format!("GET /approvals/{token}")), reply)
}

fn refund(token: &str, order: &str, cents: u32) -> Call {
    carrying(3, "POST /refunds", json!({"order": order, "cents": cents, "approval": token}))
}

fn keyed(call: Call) -> Call {
    Call { idempotency_key: Some("k".to_owned()), ..call }
}

fn strict() -> Policy {
    let asked = approval(calls("* /approvals*")).token("/approval_id").covers(["/order", "/cents"]);
    Policy::new().ask(calls("POST *"), asked)
}

/// What the rule says of the last call; `None` if all are fine.
fn said(policy: &Policy, calls: Vec<Call>) -> Option<String> {
    objections(policy, calls).pop().map(|(_, because)| because)
}

#[test]
fn a_call_under_its_own_approval_is_fine_and_is_what_is_looked_at() {
    let run = vec![approve("a-1", "o-1", 500, "approved"), served(2, "GET /x"), refund("a-1", "o-1", 500)];
    let found = check(&strict(), run);
    assert_eq!((found.violations.len(), found.looked_at), (0, vec![1]));
    let two = vec![
        approve("a-1", "o-1", 500, "approved"),
        approve("a-2", "o-2", 700, "approved"),
        refund("a-2", "o-2", 700),
        refund("a-1", "o-1", 500),
    ];
    assert!(objected(&strict(), two).is_empty());
}

#[test]
fn the_token_exists() {
    assert_eq!(said(&strict(), vec![refund("a-1", "o-1", 500)]).unwrap(), "nobody was asked before (`* /approvals*`)");
    let late = vec![refund("a-1", "o-1", 500), approve("a-1", "o-1", 500, "approved")];
    assert_eq!(objected(&strict(), late), [0]);
    let made_up = vec![approve("a-1", "o-1", 500, "approved"), refund("a-9", "o-1", 500)];
    assert_eq!(said(&strict(), made_up).unwrap(), "it carries the token of no approval that was given in this run");
}

#[test]
fn the_last_answer_is_a_grant() {
    let of = |answers: Vec<Call>| {
        let run = answers.into_iter().chain([refund("a-1", "o-1", 500)]).collect();
        said(&strict(), run)
    };
    let asked = |status| approve("a-1", "o-1", 500, status);
    let looked = |status: &str| look("a-1", json!({"approval_id": "a-1", "status": status}));
    assert_eq!(of(vec![asked("rejected")]).unwrap(), "its approval was denied");
    assert_eq!(of(vec![asked("pending")]).unwrap(), "its approval is not decided yet");
    assert_eq!(of(vec![asked("pending"), looked("approved")]), None);
    assert_eq!(of(vec![asked("approved"), looked("expired")]).unwrap(), "its approval holds no more");
    let by_path = look("a-1", json!({"status": "rejected"}));
    assert_eq!(of(vec![asked("approved"), by_path]).unwrap(), "its approval was denied");
    // What was lost cannot be read; see `is_answered` for what can.
    let failed = |outcome| Call { reply: None, ..met(looked("approved"), outcome) };
    for outcome in [faulted(), Outcome::Lost { interaction: 2 }] {
        assert_eq!(of(vec![asked("approved"), failed(outcome)]).unwrap(), "its approval was answered by an error");
    }
    let error = Call { status: Some(500), ..looked("approved") };
    assert_eq!(of(vec![asked("pending"), error]).unwrap(), "its approval was answered by an error");
    assert_eq!(of(vec![met(asked("approved"), faulted()), asked("approved")]), None, "asked again");
}

#[test]
fn it_is_for_these_arguments() {
    let of = |done: Call| said(&strict(), vec![approve("a-1", "o-1", 500, "approved"), done]);
    assert_eq!(of(refund("a-1", "o-1", 900)).unwrap(), "`/cents` is 900, approved was 500");
    assert_eq!(of(refund("a-1", "o-2", 500)).unwrap(), "`/order` is \"o-2\", approved was \"o-1\"");
    let in_path = carrying(3, "POST /orders/o-1/refunds", json!({"cents": 500.0, "approval": "a-1"}));
    assert_eq!(of(in_path), None, "a path may say it as well");
    let silent = carrying(3, "POST /refunds", json!({"order": "o-1", "approval": "a-1"}));
    assert_eq!(of(silent).unwrap(), "has nothing at `/cents`, approved was 500");
    let misspelt = approval(calls("POST /approvals")).token("/approval_id").covers(["/sents"]);
    let policy = Policy::new().ask(calls("POST /refunds"), misspelt);
    let run = vec![approve("a-1", "o-1", 500, "approved"), refund("a-1", "o-1", 500)];
    assert_eq!(said(&policy, run).unwrap(), "its approval says nothing of `/sents`");
}

#[test]
fn what_people_edit_counts() {
    let edited = |reply: Value, cents: u32| {
        let asked = answered(approve("a-1", "o-1", 500, ""), reply);
        said(&strict(), vec![asked, refund("a-1", "o-1", cents)])
    };
    let at_the_root = json!({"approval_id": "a-1", "status": "approved", "cents": 250});
    assert_eq!(edited(at_the_root.clone(), 250), None);
    assert_eq!(edited(at_the_root, 500).unwrap(), "`/cents` is 500, approved was 250");
    assert_eq!(edited(json!({"approval_id": "a-1", "status": "approved", "arguments": {"cents": 250}}), 250), None);
}

#[test]
fn it_is_used_once() {
    let run = |first: Call, second: Call| said(&strict(), vec![approve("a-1", "o-1", 500, "approved"), first, second]);
    let pay = || refund("a-1", "o-1", 500);
    assert_eq!(run(pay(), pay()).unwrap(), "its approval had been used");
    assert_eq!(run(met(pay(), Outcome::Lost { interaction: 3 }), pay()).unwrap(), "its approval had been used");
    assert_eq!(run(met(pay(), faulted()), pay()), None, "the first try did nothing");
    assert_eq!(run(keyed(pay()), keyed(pay())), None, "the service does it once");
    assert_eq!(run(keyed(pay()), pay()).unwrap(), "its approval had been used");
    let again = vec![approve("a-1", "o-1", 500, "approved"), pay(), approve("a-1", "o-1", 500, "approved"), pay()];
    assert_eq!(said(&strict(), again), None, "asked anew");
    let looked = look("a-1", json!({"approval_id": "a-1", "status": "approved"}));
    let again = vec![approve("a-1", "o-1", 500, "approved"), pay(), looked, pay()];
    assert_eq!(said(&strict(), again).unwrap(), "its approval had been used", "looking is not asking");
    let other = vec![
        approve("a-1", "o-1", 500, "approved"),
        pay(),
        approve("a-1", "o-2", 5, "approved"),
        refund("a-1", "o-2", 5),
    ];
    assert_eq!(said(&strict(), other), None, "asked for something else, whatever the token");
}

/// Somebody is asked in the agent's own process.
fn asked(tool_name: &str, cents: u32, reply: Value) -> Call {
    let request = json!({"tool": tool_name, "arguments": {"cents": cents}});
    let call = Call { request: Some(request), effect: false, ..tool(1, "ask_approval", "ask_approval") };
    answered(Call { status: None, ..call }, reply)
}

fn plain_refund(cents: u32) -> Call {
    carrying(2, "POST /refunds", json!({"cents": cents}))
}

#[test]
fn without_a_token_the_last_approval_that_fits_counts() {
    let policy = Policy::new().ask(calls("POST /refunds"), Approval::in_process());
    let yes = || json!({"approved": true, "id": "apr-7abc"});
    assert_eq!(said(&policy, vec![asked("refund", 500, yes()), plain_refund(500)]), None);
    assert_eq!(
        said(&policy, vec![asked("refund", 500, yes()), plain_refund(900)]).unwrap(),
        "`/cents` is 900, approved was 500"
    );
    let no = json!({"approved": false, "id": "apr-8abc"});
    let then_no = vec![asked("refund", 500, yes()), asked("refund", 700, no), plain_refund(500), plain_refund(700)];
    assert_eq!(objections(&policy, then_no), [(3, "its approval was denied".to_owned())]);
    let twice = vec![asked("refund", 500, yes()), plain_refund(500), plain_refund(500)];
    assert_eq!(said(&policy, twice).unwrap(), "its approval had been used");
    let edited = json!({"approved": true, "id": "apr-7abc", "arguments": {"cents": 250}});
    assert_eq!(said(&policy, vec![asked("refund", 500, edited.clone()), plain_refund(250)]), None);
    assert!(said(&policy, vec![asked("refund", 500, edited), plain_refund(500)]).is_some());
    assert_eq!(said(&policy, vec![asked("refund", 500, json!(true)), plain_refund(500)]), None);
}

#[test]
fn a_question_that_is_asked_again_is_the_same_approval() {
    let policy = Policy::new().ask(calls("POST /refunds"), Approval::in_process());
    let yes = || asked("refund", 500, json!({"approved": true}));
    let run = vec![met(yes(), faulted()), yes(), plain_refund(500)];
    assert_eq!(said(&policy, run), None);
    let run = vec![yes(), asked("refund", 500, json!({"approved": false})), plain_refund(500)];
    assert_eq!(said(&policy, run).unwrap(), "its approval was denied");
    let run = vec![yes(), plain_refund(500), yes(), plain_refund(500)];
    assert_eq!(said(&policy, run).unwrap(), "its approval had been used", "the same answer once more");
}

#[test]
fn another_question_is_asking_anew_also_where_asking_changes_nothing_and_looking_is_not() {
    let policy = Policy::new().ask(calls("POST /refunds"), Approval::in_process());
    let yes = || json!({"approved": true, "id": "apr-7abc"});
    let more = vec![asked("refund", 500, yes()), plain_refund(500), asked("refund", 700, yes()), plain_refund(700)];
    assert_eq!(said(&policy, more), None);
    for request in [None, Some(json!(null))] {
        let looked = Call { request, ..asked("refund", 500, yes()) };
        let again = vec![asked("refund", 500, yes()), plain_refund(500), looked, plain_refund(500)];
        assert_eq!(said(&policy, again).unwrap(), "its approval had been used");
    }
}

#[test]
fn a_call_that_carries_a_value_of_an_approval_is_made_under_it() {
    let policy = Policy::new().ask(calls("POST /refunds"), approval(calls("POST /approvals")));
    let ask = |reply: Value, order: &str| answered(carrying(1, "POST /approvals", json!({"order": order})), reply);
    let pay = |order: &str, with: &str| carrying(2, "POST /refunds", json!({"order": order, "with": with}));
    let two = |first: Value, second: Value, with: &str| {
        said(&policy, vec![ask(first, "o-1111"), ask(second, "o-2222"), pay("o-1111", with)])
    };
    let (no, yes) = (json!({"grant": "g-4711", "approved": false}), json!({"grant": "g-4712", "approved": true}));
    assert_eq!(two(no.clone(), yes.clone(), "g-4711").unwrap(), "its approval was denied");
    assert_eq!(two(yes.clone(), no, "g-4712"), None);
    // An id needs no digit, other values do, and short ones count for nothing.
    let named = |id: &str, approved: bool| json!({"id": id, "approved": approved});
    assert_eq!(two(named("abcd", false), named("wxyz", true), "abcd").unwrap(), "its approval was denied");
    assert_eq!(
        two(named("abc", false), named("xyz", true), "abc").unwrap(),
        "`/order` is \"o-1111\", approved was \"o-2222\"",
        "too short to be a token: neither fits, and the last is told"
    );
    let word = json!({"note": "urgent", "approved": false, "order": "o-1111"});
    let run = vec![ask(word, "o-1111"), ask(yes, "o-3333"), pay("o-3333", "urgent")];
    assert_eq!(said(&policy, run), None, "a word is no token, and what was asked for neither");
}

#[test]
fn without_covers_all_that_both_have_agrees() {
    let policy = Policy::new().ask(calls("POST /refunds"), approval(calls("POST /approvals")));
    let of = |asked: Value, reply: Value, done: Value| {
        let ask = answered(carrying(1, "POST /approvals", asked), reply);
        said(&policy, vec![ask, carrying(2, "POST /refunds", done)])
    };
    let yes = || json!({"status": "approved", "id": "apr-1"});
    assert_eq!(of(json!({"a": {"b": 1}, "c": 2}), yes(), json!({"a": {"b": 1}, "d": 3})), None);
    assert_eq!(of(json!({"a": {"b": 1}}), yes(), json!({"a": {"b": 2}})).unwrap(), "`/a/b` is 2, approved was 1");
    assert_eq!(of(json!({"idempotency_key": "x"}), yes(), json!({"idempotency_key": "y"})), None);
    assert_eq!(of(json!({"n": 1}), yes(), json!({"id": "r-1", "status": "open"})), None, "the reply's own");
    assert_eq!(of(json!({"n": 1}), yes(), json!(7)), None);
    let mut bare = carrying(2, "POST /refunds", json!(null));
    bare.request = None;
    let ask = answered(served(1, "POST /approvals"), yes());
    assert_eq!(said(&policy, vec![ask, bare]), None);
}

#[test]
fn an_approval_needs_none() {
    let run = vec![
        approve("a-1", "o-1", 500, "approved"),
        Call { outcome: outcome(1), ..approve("a-2", "o-1", 5, "pending") },
    ];
    assert_eq!(check(&strict(), run).looked_at, [0]);
}
