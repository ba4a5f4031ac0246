use serde_json::json;

use checkagent_cassette::Request;

use super::testing::{answered, carrying, check, faulted, met, objected, objections, served, tool};
use super::{Approval, Decision, Policy, Watch, approval, calls};
use crate::fixture::request;
use crate::ledger::{Call, Hints, Outcome};

fn hinted(name: &str, hints: Hints) -> Call {
    Call { hints: Some(hints), ..tool(1, "POST /mcp", name) }
}

const READS: Hints = Hints { read_only: true, destructive: true, idempotent: false, open_world: true };
const ADDS: Hints = Hints { read_only: false, destructive: false, idempotent: false, open_world: true };

#[test]
fn what_is_denied_is_never_made_and_not_making_it_is_looked_at() {
    let policy = Policy::new().deny(calls("DELETE *")).deny(calls("send_*")).deny(calls("POST *").on("other"));
    let run =
        vec![served(1, "GET /x"), served(2, "DELETE /x"), tool(3, "send_mail", "send_mail"), tool(4, "look", "look")];
    let found = check(&policy, run);
    let told: Vec<_> = found.violations.iter().map(|found| (found.call, found.rule.as_str())).collect();
    assert_eq!(told, [(1, "deny DELETE *"), (2, "deny send_*")]);
    assert_eq!(found.violations[0].because, "is never to be called");
    assert_eq!(found.looked_at, [2, 2, 0], "requests, tools, and nothing on a channel that there is not");
    assert_eq!(objected(&policy, vec![met(served(1, "DELETE /x"), faulted())]), [0], "it was meant to be made");
    let stopped = Outcome::Blocked { rule: String::new(), because: String::new() };
    let found = check(&policy, vec![met(served(1, "DELETE /x"), stopped)]);
    assert_eq!((found.violations.len(), found.looked_at[0]), (0, 1));
}

#[test]
fn the_strictest_decision_holds() {
    let both = |policy: Policy| {
        let asked = approval(calls("POST /approvals"));
        let policy =
            policy.ask(calls("POST /refunds"), asked).deny(calls("POST /refunds")).limit(calls("POST *"), "/n", 1.0);
        let found = check(&policy, vec![carrying(1, "POST /refunds", json!({"n": 2}))]);
        found.violations.into_iter().map(|found| found.rule).collect::<Vec<_>>()
    };
    let kept = ["deny POST /refunds", "POST * with /n of at most 1"];
    assert_eq!(both(Policy::new()), kept);
    assert_eq!(both(Policy::new().allow(calls("POST /refunds"))), kept);
    assert!(Decision::Deny > Decision::Ask && Decision::Ask > Decision::Allow);
}

#[test]
fn by_hints_a_person_is_asked_before_tools_that_may_destroy() {
    let policy = Policy::new().by_hints(Approval::in_process());
    let run = || {
        vec![
            hinted("look", READS),
            hinted("add", ADDS),
            hinted("wipe", Hints::default()),
            served(1, "DELETE /x"),
            tool(2, "wipe", "wipe"),
        ]
    };
    let found = check(&policy, run());
    assert_eq!((found.violations.len(), found.looked_at), (1, vec![3]));
    assert_eq!(found.violations[0].call, 2);
    assert_eq!(found.violations[0].rule, "ask ask_approval before destructive tools");
    let asked = answered(tool(1, "ask_approval", "ask_approval"), json!({"approved": true}));
    assert!(objected(&policy, vec![asked, hinted("wipe", Hints::default())]).is_empty());
    let allowed = policy.clone().allow(calls("wipe"));
    let found = check(&allowed, run());
    assert_eq!((found.violations.len(), found.looked_at), (0, vec![2, 2]));
    let denied = policy.deny(calls("wipe"));
    assert_eq!(objections(&denied, vec![hinted("wipe", Hints::default())]).len(), 1, "left to the other rule");
}

#[test]
fn a_rule_without_anything_to_look_at_is_vacuous_and_says_what_would_have_had_to_happen() {
    let policy = Policy::new()
        .deny(calls("DELETE *"))
        .ask(calls("POST /refunds"), approval(calls("POST /approvals")))
        .by_hints(Approval::in_process())
        .allow(calls("look"))
        .only_after(calls("POST /refunds"), calls("GET /orders/*"))
        .never_after(calls("POST /refunds"), calls("POST /close"))
        .at_most_once(calls("POST /refunds"), "/order")
        .limit(calls("POST /refunds"), "/n", 5.0)
        .limit_total(calls("POST /refunds"), "/n", 5.0)
        .hosts(["api"])
        .no_egress();
    let all = [
        "`deny DELETE *` looked at nothing: no call of the kind of `DELETE *` was made",
        "`ask POST /approvals before POST /refunds` looked at nothing: no `POST /refunds` was called",
        "`ask ask_approval before destructive tools` looked at nothing: no tool was called over MCP",
        "`allow look` looked at nothing: no `look` was called",
        "`POST /refunds only after GET /orders/*` looked at nothing: no `POST /refunds` was called",
        "`POST /refunds never after POST /close` looked at nothing: `POST /close` was never done",
        "`POST /refunds at most once for each /order` looked at nothing: no `POST /refunds` was called",
        "`POST /refunds with /n of at most 5` looked at nothing: no `POST /refunds` was called",
        "`POST /refunds with /n of at most 5 in all` looked at nothing: no `POST /refunds` was called",
        "`only to api` looked at nothing: no call was made",
        "`no egress` looked at nothing: no secret was named (`.secret(..)`), and no case planted an instruction (`injected_text()`)",
    ];
    assert_eq!(policy.vacuous(&[0; 11]), all);
    assert_eq!(policy.vacuous(&[]), all, "what was not counted was not looked at");
    assert_eq!(policy.vacuous(&[1, 2, 1, 1, 1, 0, 1, 1, 1, 9, 1]), all[5..6]);
    assert!(policy.vacuous(&[1; 11]).is_empty());
    assert!(policy.problems().is_empty(), "{:?}", policy.problems());
    let named = |told: &&str| told.split('`').nth(1).map(str::to_owned);
    assert!(policy.rules().map(|rule| Some(rule.to_owned())).eq(all.iter().map(named)));
}

#[test]
fn what_cannot_be_checked_is_a_problem() {
    let of = |policy: Policy| policy.problems().len();
    let asked = || approval(calls("POST /approvals"));
    for (policy, problems) in [
        (Policy::new(), 0),
        (Policy::new().deny(calls("")), 1),
        (Policy::new().ask(calls("x"), asked().token("id")), 1),
        (Policy::new().ask(calls(""), approval(calls(""))), 2),
        (Policy::new().by_hints(asked().token("id")), 1),
        (Policy::new().allow(calls("x")), 1),
        (Policy::new().allow(calls("x")).by_hints(asked()), 0),
        (Policy::new().at_most_once(calls("x"), "order"), 1),
        (Policy::new().limit(calls("x"), "n", 1.0), 1),
        (Policy::new().limit(calls("x"), "/n", f64::NAN), 1),
        (Policy::new().limit_total(calls("x"), "/n", f64::NAN), 1),
        (Policy::new().limit_total(calls("x"), "/n", 1.0), 0),
        (Policy::new().hosts(Vec::<String>::new()), 1),
        (Policy::new().hosts(["a"]), 0),
        (Policy::new().only_after(calls(""), calls("")), 2),
        (Policy::new().never_after(calls("x"), calls("")), 1),
        (Policy::new().no_egress(), 0),
        (Policy::new().no_egress().secret("abcd"), 0),
        (Policy::new().no_egress().secret("abc"), 1),
        (Policy::new().secret("abcd"), 1),
        (Policy::new().hosts(["a"]).secret("abcd"), 1),
    ] {
        assert_eq!(of(policy.clone()), problems, "{policy:?}: {:?}", policy.problems());
    }
    let told = Policy::new().at_most_once(calls("x"), "order").problems();
    assert!(told[0].starts_with("`x at most once for each"), "{told:?}");
}

#[test]
fn a_policy_that_blocks_refuses_with_the_strictest_rule() {
    let policy = Policy::new()
        .at_most_once(calls("POST /refunds"), "/order")
        .ask(calls("POST /refunds"), approval(calls("POST /approvals")))
        .deny(calls("DELETE *"))
        .deny(calls("DELETE /x"));
    let watch = Watch::default();
    // As the world has it before it met anything.
    let asked = |call: Call| met(call, Outcome::OverBudget { allowed: 9 });
    let refund = || carrying(1, "POST /refunds", json!({"order": "a"}));
    let rule =
        |policy: &Policy, before: &[Call], call: Call| policy.refusal(before, &asked(call), watch).map(|it| it.0);
    assert_eq!(rule(&policy, &[], refund()), None, "it only judges");
    let policy = policy.blocking();
    assert!(policy.blocks() && !Policy::new().blocks());
    assert_eq!(rule(&policy, &[], served(1, "GET /x")), None);
    let ask = "ask POST /approvals before POST /refunds";
    assert_eq!(rule(&policy, &[], refund()).as_deref(), Some(ask));
    assert_eq!(rule(&policy, &[refund()], refund()).as_deref(), Some(ask), "deny, then ask, then the others");
    assert_eq!(rule(&policy, &[], served(1, "DELETE /x")).as_deref(), Some("deny DELETE *"), "of equals the first");
    let yes = answered(carrying(1, "POST /approvals", json!({"order": "a"})), json!({"approved": true}));
    assert_eq!(rule(&policy, std::slice::from_ref(&yes), refund()), None);
    let again = policy.refusal(&[yes, refund()], &asked(refund()), watch).unwrap();
    assert_eq!(again, (ask.to_owned(), "its approval had been used".to_owned()));
    let once = Policy::new().at_most_once(calls("POST /refunds"), "/order").blocking();
    assert!(rule(&once, &[refund()], refund()).is_some());
    assert!(rule(&once, &[asked(refund())], refund()).is_none());
}

#[test]
fn only_replies_to_approvals_are_read() {
    let policy = Policy::new().ask(calls("POST /refunds"), approval(calls("* /approvals*"))).deny(calls("DELETE *"));
    assert!(policy.reads_reply(&served(1, "GET /approvals/7")));
    assert!(!policy.reads_reply(&served(1, "POST /refunds")));
    assert!(Policy::new().by_hints(Approval::in_process()).reads_reply(&tool(1, "ask_approval", "ask_approval")));
    assert!(Policy::new().is_empty() && !policy.is_empty());
}

#[test]
fn a_secret_is_found_in_what_is_really_sent() {
    let policy = Policy::new().no_egress().secret("hunter2-hunter2");
    let found = |request: &Request| policy.finds_secret(request);
    assert!(found(&request("POST", "/x", &json!({"password": "hunter2-hunter2"}))));
    assert!(found(&request("POST", "/x", &json!({"hunter2-hunter2": 1}))));
    assert!(found(&request("GET", "/x?token=hunter2-hunter2", &json!(null))));
    assert!(!found(&request("POST", "/x", &json!({"password": "other"}))));
    assert!(!Policy::new().no_egress().finds_secret(&request("POST", "/x", &json!({"password": "hunter2-hunter2"}))));
    let text = |text: &str| {
        let body = checkagent_cassette::Body::Text(text.into());
        let Request::Http(http) = request("POST", "/x", &json!(null)) else { unreachable!() };
        Request::Http(checkagent_cassette::HttpRequest { body, ..http })
    };
    assert!(found(&text("password=hunter2-hunter2")) && !found(&text("password=other")));
    let call =
        |args| Request::Call(checkagent_cassette::CallRequest { name: "x".into(), effect: true, args, id: None });
    assert!(found(&call(json!(["hunter2-hunter2"]))) && !found(&call(json!(null))));
}
