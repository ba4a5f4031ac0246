//! What is wrong whatever the answer is.

use checkagent::VerdictKind::{Diverged, DuplicateEffect, Hung, Panicked, PolicyViolation, Recovered, Runaway};
use checkagent::policy::{Policy, calls};
use checkagent::{Ending, Plan};

use crate::agents;
use crate::shop::{ORDER, PAY, RECEIPT, fails, limits, loses_reply, report_with, stalls, verdict};

#[test]
fn doing_it_again_after_a_lost_reply_is_a_duplicate_effect() {
    assert_eq!(verdict(agents::doing_again, loses_reply(PAY)).kind, DuplicateEffect);
    assert_eq!(verdict(agents::doing_again, fails(PAY, 1)).kind, Recovered, "nothing was done the first time");
}

#[test]
fn a_loop_without_a_pause_is_runaway_and_one_that_waits_is_not() {
    let verdict_of = verdict(agents::hammering, fails(ORDER, u32::MAX));
    assert_eq!(verdict_of.kind, Runaway, "{}", verdict_of.because);
    assert_eq!(verdict(agents::hammering, limits(ORDER)).kind, Runaway);
    assert_eq!(verdict(agents::waiting, limits(ORDER)).kind, Recovered);
}

#[test]
fn silence_without_a_deadline_hangs() {
    let report = report_with(agents::giving_up, stalls(RECEIPT), |plan| plan);
    assert_eq!(report.verdict.kind, Hung);
    assert!(matches!(report.run.ending, Ending::Hung { .. }));
}

#[test]
fn a_panic_is_named_with_its_place() {
    let verdict = verdict(agents::unwrapping, fails(ORDER, 1));
    assert_eq!(verdict.kind, Panicked);
    assert!(verdict.because.contains("agents.rs:"), "{}", verdict.because);
}

#[test]
fn what_the_policy_forbids_is_a_violation_even_where_nothing_answers_it() {
    let policy = |plan: Plan| plan.policy(Policy::new().deny(calls("cancel")));
    let report = report_with(agents::cancelling, fails(RECEIPT, 1), policy);
    assert_eq!(report.verdict.kind, PolicyViolation, "{}", report.verdict.because);
    let report = report_with(agents::cancelling, fails(RECEIPT, 1), |plan| plan);
    assert_eq!(report.verdict.kind, Diverged, "without the rule nothing is known of it");
}

#[test]
fn what_the_policy_blocks_is_not_done_and_no_violation() {
    let policy = |plan: Plan| plan.policy(Policy::new().deny(calls("cancel")).blocking());
    let report = report_with(agents::cancelling, fails(RECEIPT, 1), policy);
    assert_eq!(report.verdict.kind, checkagent::VerdictKind::Admitted, "{}", report.verdict.because);
}
