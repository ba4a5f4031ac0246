use serde_json::json;

use super::baseline::Baseline;
use super::evidence::Rules;
use crate::answer::Answer;
use crate::budget::Budget;
use crate::ledger::{Call, Ending, Ledger, Outcome, Run};
use crate::policy::{Policy, calls};

fn served(interaction: usize, label: &str) -> Call {
    Call::new("api", label, Outcome::Served { interaction, repeated: false, bent: vec![] })
}

fn paid() -> Call {
    Call { effect: true, ..served(2, "POST /pay") }
}

fn usual() -> Vec<Call> {
    vec![served(1, "GET /a"), paid()]
}

fn run(ending: Ending, calls: Vec<Call>) -> Run {
    let ledger = Ledger { calls, ..Ledger::default() };
    Run { ending, ledger, unused: vec![], notes: vec![], elapsed_ms: 7 }
}

fn done(answer: serde_json::Value, calls: Vec<Call>) -> Run {
    run(Ending::Answered { answer: Answer::done(answer) }, calls)
}

fn of_by(first: &Run, second: &Run, policy: &Policy) -> Result<Baseline, String> {
    let check = |run: &Run| if run.elapsed_ms > 100 { Err("too slow".to_owned()) } else { Ok(()) };
    let rules = Rules { policy, budget: &Budget::new(), goal: &|_, _| None, check: &check, strict: false };
    Baseline::of(first, second, &rules).map_err(|error| error.to_string())
}

fn of(first: &Run, second: &Run) -> Result<Baseline, String> {
    of_by(first, second, &Policy::new())
}

/// The error of a run that is the same twice.
fn refusal(run: &Run) -> String {
    of(run, run).unwrap_err()
}

#[test]
fn a_baseline_is_what_two_runs_have_in_common() {
    let (first, second) = (done(json!({"n": 1, "at": 3}), usual()), done(json!({"n": 1, "at": 4}), usual()));
    let baseline = of_by(&first, &second, &Policy::new().deny(calls("DELETE *"))).unwrap();
    assert_eq!(baseline.answer, Answer::done(json!({"n": 1, "at": 3})));
    assert_eq!((baseline.effects.as_slice(), baseline.calls, baseline.elapsed_ms), (&[2][..], 2, 7));
    assert_eq!(baseline.volatile.iter().map(ToString::to_string).collect::<Vec<_>>(), ["/at"]);
    assert_eq!(baseline.looked_at, [2]);
}

#[test]
fn other_calls_in_the_second_run_are_named_and_another_order_is_none() {
    let first = done(json!(1), usual());
    let mut turned = usual();
    turned.reverse();
    assert!(of(&first, &done(json!(1), turned)).is_ok());
    let fewer = of(&first, &done(json!(1), vec![paid()])).unwrap_err();
    assert!(fewer.contains("not deterministic") && fewer.contains("2 calls, then 1"), "{fewer}");
    let other = of(&first, &done(json!(1), vec![served(1, "GET /b"), paid()])).unwrap_err();
    assert!(other.contains("`GET /a`, then `GET /b`"), "{other}");
    let elsewhere = of(&first, &done(json!(1), vec![served(3, "GET /a"), paid()])).unwrap_err();
    assert!(elsewhere.contains("not deterministic"), "{elsewhere}");
}

#[test]
fn what_is_wrong_without_any_fault_is_an_error_that_says_what() {
    let unrecorded =
        Call { effect: true, ..Call::new("api", "POST /x", Outcome::Unrecorded { nearest: None, answered_like: 2 }) };
    let twice = Call { duplicate: Some("it had been done".to_owned()), ..paid() };
    let unused = Run { unused: vec![3, 5], ..done(json!(1), usual()) };
    let slow = Run { elapsed_ms: 101, ..done(json!(1), usual()) };
    let failed = run(Ending::Answered { answer: Answer::error("no luck") }, usual());
    for (run, says) in [
        (done(json!(1), vec![unrecorded]), "does what was not recorded"),
        (done(json!(1), vec![paid(), twice]), "twice without any fault"),
        (unused, "interaction 3, 5 of the recording"),
        (slow, "the check of the test does not hold without any fault: too slow"),
        (failed, "fails on its own recording: no luck"),
    ] {
        let error = refusal(&run);
        assert!(error.contains(says), "{error}");
    }
    let admits = run(Ending::Answered { answer: Answer::partial(json!(1), "half") }, usual());
    assert!(of(&admits, &admits).is_ok(), "an agent may be recorded doing a part");
}

#[test]
fn the_policy_holds_without_any_fault() {
    let run = done(json!(1), usual());
    let error = of_by(&run, &run, &Policy::new().deny(calls("POST /pay"))).unwrap_err();
    assert!(error.contains("breaks the policy without any fault: deny POST /pay: `POST /pay`"), "{error}");
}

#[test]
fn a_run_without_an_answer_says_where_it_ended() {
    let missed = Outcome::Missed { nearest: None, reason: "this read is not in the recording".to_owned() };
    let stopped = run(Ending::Stopped, vec![Call::new("api", "GET /z", missed)]);
    let stopped = refusal(&stopped);
    assert!(stopped.contains("GET /z") && stopped.contains("this read is not in the recording"), "{stopped}");
    let hung = refusal(&run(Ending::Hung { reason: "no answer".to_owned() }, usual()));
    assert!(hung.contains("does not come to an end: no answer") && hung.contains("POST /pay"), "{hung}");
    let panicked = Ending::Panicked { message: "boom".to_owned(), location: "a.rs:1".to_owned(), in_test: false };
    assert_eq!(refusal(&run(panicked, usual())), "the test panicked at a.rs:1: boom");
    assert_eq!(refusal(&run(Ending::Broken { reason: "no server".to_owned() }, vec![])), "no server");
}
