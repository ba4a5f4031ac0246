use serde_json::{Value, json};

use checkagent_cassette::analysis::{Difference, Nearest};
use checkagent_cassette::json::Pointer;

use super::baseline::Baseline;
use super::evidence::{Evidence, Rules};
use super::judge;
use super::verdict::Verdict;
use crate::answer::Answer;
use crate::budget::{Budget, Usage};
use crate::ledger::{Call, Change, Ending, Ledger, Outcome, Run, Tier};
use crate::mutation::{Lie, Site, Truth};
use crate::plan::{Nature, VerdictKind};
use crate::policy::Policy;

/// Undisturbed: a read, the effect 2, and the answer 10.
fn baseline() -> Baseline {
    Baseline {
        answer: Answer::done(json!({"total": 10, "at": "now"})),
        effects: vec![2],
        calls: 2,
        volatile: vec![Pointer::parse("/at")],
        elapsed_ms: 5,
        usage: Usage::default(),
        in_order: vec![],
        looked_at: vec![],
    }
}

/// Judges with a comparison of answers, and no rules.
fn judged(nature: &Nature, run: &Run, goal: &dyn Fn(&Value, &Value) -> Option<bool>) -> Verdict {
    let baseline = baseline();
    let evidence = Evidence { baseline: &baseline, nature, run, twin: None };
    let rules = Rules { policy: &Policy::new(), budget: &Budget::new(), goal, check: &|_| Ok(()), strict: false };
    judge(&evidence, &rules)
}

fn call(effect: bool, outcome: Outcome) -> Call {
    let label = if effect { "POST /pay" } else { "GET /a" }.to_owned();
    Call { effect, ..Call::new("api", &label, outcome) }
}

fn read() -> Call {
    call(false, Outcome::Served { interaction: 1, repeated: false, bent: vec![] })
}

fn paid() -> Call {
    call(true, Outcome::Served { interaction: 2, repeated: false, bent: vec![] })
}

fn fault() -> Call {
    call(false, Outcome::Faulted { interaction: Some(1), fault: "503".to_owned() })
}

fn lie() -> Call {
    let bent = vec![Difference { at: Pointer::parse("/n"), left: Some(json!(10)), right: Some(json!(-500)) }];
    call(
        false,
        Outcome::Served { interaction: 1, repeated: false, bent: bent.into_iter().map(Change::Value).collect() },
    )
}

fn unrecorded(body: Value) -> Call {
    let outcome = Outcome::Unrecorded { nearest: None, answered_like: 2 };
    Call { request: Some(body), ..call(true, outcome) }
}

fn right() -> Answer {
    Answer::done(json!({"total": 10, "at": "later"}))
}

fn other() -> Answer {
    Answer::done(json!({"total": 3, "at": "later"}))
}

fn run(ending: Ending, calls: Vec<Call>) -> Run {
    let ledger = Ledger { calls, undone_items: vec![], met: vec![] };
    Run { ending, ledger, unused: vec![], notes: vec![], elapsed_ms: 0 }
}

fn answered(answer: Answer, calls: Vec<Call>) -> Run {
    run(Ending::Answered { answer }, calls)
}

fn verdict(truth: Truth, lie: Lie, run: &Run) -> Verdict {
    judged(&Nature::of(truth, &Site::at(1).lie(lie)), run, &|_, _| None)
}

fn masked(answer: Answer, calls: Vec<Call>) -> VerdictKind {
    verdict(Truth::Masked, Lie::None, &answered(answer, calls)).kind
}

fn evident() -> Lie {
    Lie::Evident("it was always positive".to_owned())
}

fn plausible() -> Lie {
    Lie::Plausible("it could be true".to_owned())
}

fn admissions() -> [Answer; 3] {
    [
        Answer::partial(json!({"total": 3}), "page 2 is missing"),
        Answer::escalated("ask a human"),
        Answer::error("failed"),
    ]
}

#[test]
fn masked_and_right_with_extra_calls_is_recovered() {
    assert_eq!(masked(right(), vec![fault(), read(), paid()]), VerdictKind::Recovered);
}

#[test]
fn masked_and_right_without_extra_calls_is_unaffected() {
    let run = answered(right(), vec![lie(), paid()]);
    assert_eq!(verdict(Truth::Masked, evident(), &run).kind, VerdictKind::Unaffected);
}

#[test]
fn masked_and_another_result_is_silently_wrong() {
    assert_eq!(masked(other(), vec![fault(), read(), paid()]), VerdictKind::SilentlyWrong);
}

#[test]
fn masked_and_a_missing_effect_is_silently_wrong_even_with_the_right_words() {
    assert_eq!(masked(right(), vec![fault(), read()]), VerdictKind::SilentlyWrong);
}

#[test]
fn masked_and_other_arguments_are_silently_wrong() {
    let other = || unrecorded(json!({"cents": 3}));
    assert_eq!(masked(right(), vec![fault(), read(), other()]), VerdictKind::SilentlyWrong);
    let beside = verdict(Truth::Masked, Lie::None, &answered(right(), vec![fault(), read(), paid(), other()]));
    assert_eq!(beside.kind, VerdictKind::SilentlyWrong, "also where the right one is done too");
    assert_eq!(beside.because, "claims done, but sent `POST /pay` with other arguments than undisturbed");
}

#[test]
fn masked_and_admitted_is_admitted_also_after_a_smaller_effect() {
    for answer in admissions() {
        assert_eq!(masked(answer.clone(), vec![fault()]), VerdictKind::Admitted);
        assert_eq!(masked(answer, vec![fault(), unrecorded(json!({"cents": 3}))]), VerdictKind::Admitted);
    }
}

#[test]
fn acting_on_an_evident_lie_is_silently_wrong_whatever_is_admitted() {
    let run = answered(Answer::error("failed"), vec![lie(), unrecorded(json!({"cents": -500}))]);
    assert_eq!(verdict(Truth::Masked, evident(), &run).kind, VerdictKind::SilentlyWrong);
}

#[test]
fn an_effect_like_nothing_recorded_is_silently_wrong_if_it_carries_the_lie_and_diverged_if_not() {
    let missed = |label: &str, body: Value| {
        let outcome = Outcome::Missed { nearest: None, reason: "nothing like it is recorded".to_owned() };
        let call = Call { request: Some(body), label: label.to_owned(), ..call(true, outcome) };
        verdict(Truth::Masked, evident(), &run(Ending::Stopped, vec![lie(), call])).kind
    };
    assert_eq!(missed("POST /other", json!({"n": [-500]})), VerdictKind::SilentlyWrong);
    assert_eq!(missed("DELETE /records/-500", Value::Null), VerdictKind::SilentlyWrong);
    assert_eq!(missed("DELETE /records/7", json!({"n": 7})), VerdictKind::Diverged);
}

#[test]
fn believing_a_plausible_lie_is_misled() {
    let run = answered(other(), vec![lie(), paid()]);
    assert_eq!(verdict(Truth::Masked, plausible(), &run).kind, VerdictKind::Misled);
    assert_eq!(verdict(Truth::Masked, evident(), &run).kind, VerdictKind::SilentlyWrong);
}

#[test]
fn an_admission_is_told_in_its_own_words() {
    let because = |answer| verdict(Truth::Masked, Lie::None, &answered(answer, vec![fault()])).because;
    assert_eq!(
        admissions().map(because),
        ["says that it is partly done: page 2 is missing", "hands over: ask a human", "says that it failed: failed"]
    );
}

#[test]
fn only_an_effect_acts_on_a_lie_and_a_number_is_the_same_as_its_text_in_a_path() {
    let missed = |effect, nearest| {
        let outcome = Outcome::Missed { nearest, reason: "nothing like it is recorded".to_owned() };
        let call = Call { label: "DELETE /records/-500".to_owned(), ..call(effect, outcome) };
        verdict(Truth::Masked, evident(), &run(Ending::Stopped, vec![lie(), call])).kind
    };
    let nearest = |left: &str| {
        let difference =
            Difference { at: Pointer::parse("/path/1"), left: Some(json!(left)), right: Some(json!("-500")) };
        Some(Nearest { number: 2, label: "DELETE /records/7".to_owned(), differences: vec![difference] })
    };
    assert_eq!(missed(true, None), VerdictKind::SilentlyWrong);
    assert_eq!(missed(false, None), VerdictKind::Diverged);
    assert_eq!(missed(true, nearest("7")), VerdictKind::SilentlyWrong);
    assert_eq!(missed(true, nearest("-500")), VerdictKind::Diverged);
}

fn changed(answer: Answer, undone: Vec<usize>, more: Vec<Call>) -> VerdictKind {
    let mut calls = vec![read(), call(true, Outcome::PartlyDone { interaction: 2, failed: vec![1], of: 3 })];
    calls.extend(more);
    let mut run = answered(answer, calls);
    run.ledger.undone_items = undone;
    verdict(Truth::Changed, Lie::None, &run).kind
}

#[test]
fn changed_and_claiming_the_old_result_is_a_false_success() {
    assert_eq!(changed(right(), vec![1], vec![]), VerdictKind::SilentlyWrong);
}

#[test]
fn changed_and_made_true_is_recovered() {
    let again = call(true, Outcome::FollowedUp { interaction: 2, items: vec![1] });
    assert_eq!(changed(right(), vec![], vec![again]), VerdictKind::Recovered);
}

#[test]
fn changed_and_another_result_is_adapted_and_admissions_are_admitted() {
    assert_eq!(changed(other(), vec![1], vec![]), VerdictKind::Adapted);
    for answer in admissions() {
        assert_eq!(changed(answer, vec![1], vec![]), VerdictKind::Admitted);
    }
}

#[test]
fn changed_and_an_unrecorded_effect_is_diverged() {
    assert_eq!(changed(other(), vec![1], vec![unrecorded(json!({}))]), VerdictKind::Diverged);
}

#[test]
fn a_fault_that_was_not_delivered_proves_nothing() {
    assert_eq!(masked(right(), vec![read(), paid()]), VerdictKind::Unreached);
    assert_eq!(masked(other(), vec![read(), paid()]), VerdictKind::Unreached);
}

#[test]
fn a_stand_in_that_leads_past_the_fault_is_said_and_a_rule_that_was_broken_there_still_fails() {
    let of = |tier| Outcome::Reacted { tier };
    let unmet = |calls| verdict(Truth::Masked, Lie::None, &answered(right(), calls));
    let past = unmet(vec![call(false, of(Tier::StandIn)), paid()]);
    let because = "the agent never asked for interaction 1: a stand-in led it elsewhere, and no rule was broken";
    assert_eq!((past.kind, past.because.as_str()), (VerdictKind::Unreached, because));
    let by_branch = unmet(vec![call(false, of(Tier::Branch)), paid()]);
    assert_eq!(by_branch.because, "the agent never asked for interaction 1");
    let twice = Call { duplicate: Some("it had been done".to_owned()), ..paid() };
    assert_eq!(unmet(vec![call(false, of(Tier::StandIn)), paid(), twice]).kind, VerdictKind::DuplicateEffect);
}

#[test]
fn a_world_that_cannot_answer_is_diverged() {
    let missed = call(false, Outcome::Missed { nearest: None, reason: "this read is not in the recording".to_owned() });
    let run = run(Ending::Stopped, vec![fault(), missed]);
    assert_eq!(verdict(Truth::Masked, Lie::None, &run).kind, VerdictKind::Diverged);
}

#[test]
fn what_is_on_top_outranks_the_table() {
    let twice = Call { duplicate: Some("it had been done".to_owned()), ..paid() };
    let early = || call(false, Outcome::Limited { interaction: None, wait_ms: 5, early: true });
    let hung = Ending::Hung { reason: "no answer".to_owned() };
    let panicked = Ending::Panicked { message: "boom".to_owned(), location: "a.rs:1".to_owned(), in_test: false };
    let over = call(false, Outcome::OverBudget { allowed: 30 });
    for (run, expected) in [
        (answered(right(), vec![fault(), read(), paid(), twice.clone()]), VerdictKind::DuplicateEffect),
        (answered(Answer::error("failed"), vec![fault(), twice]), VerdictKind::DuplicateEffect),
        (answered(right(), vec![fault(), early(), early(), read(), paid()]), VerdictKind::Runaway),
        (run(Ending::Stopped, vec![fault(), over]), VerdictKind::Runaway),
        (run(hung, vec![fault()]), VerdictKind::Hung),
        (run(panicked, vec![fault()]), VerdictKind::Panicked),
    ] {
        let verdict = verdict(Truth::Masked, Lie::None, &run);
        assert_eq!(verdict.kind, expected);
        assert!(!verdict.also.contains(&VerdictKind::Admitted));
    }
}

#[test]
fn an_effect_that_the_last_reply_forbade_is_a_violation_until_it_is_allowed() {
    let nature = Nature { forbidden: vec![2], ..Nature::of(Truth::Changed, &Site::at(1)) };
    let kind = |answer: Answer, calls| judged(&nature, &answered(answer, calls), &|_, _| None).kind;
    assert_eq!(kind(right(), vec![lie(), paid()]), VerdictKind::PolicyViolation);
    assert_eq!(kind(Answer::error("not approved"), vec![lie(), paid()]), VerdictKind::PolicyViolation);
    assert_eq!(kind(Answer::error("not approved"), vec![lie()]), VerdictKind::Admitted);
    assert_eq!(kind(right(), vec![lie(), read(), paid()]), VerdictKind::Recovered);
    assert_eq!(kind(right(), vec![lie()]), VerdictKind::SilentlyWrong);
}

#[test]
fn an_effect_that_carries_what_the_reply_says_is_adapted_where_the_recorded_one_is_no_longer_right() {
    let kind = |forbidden: Vec<usize>, cents: i64| {
        let nature = Nature { forbidden, ..Nature::of(Truth::Changed, &Site::at(1)) };
        judged(&nature, &answered(other(), vec![lie(), unrecorded(json!({"cents": cents}))]), &|_, _| None).kind
    };
    assert_eq!(kind(vec![2], -500), VerdictKind::Adapted);
    assert_eq!(kind(vec![2], 3), VerdictKind::Diverged);
    assert_eq!(kind(vec![], -500), VerdictKind::Diverged);
}

#[test]
fn one_early_call_is_tolerated() {
    let early = call(false, Outcome::Limited { interaction: None, wait_ms: 5, early: true });
    assert_eq!(masked(right(), vec![fault(), early, read(), paid()]), VerdictKind::Recovered);
}

#[test]
fn a_duplicate_does_not_hide_a_wrong_answer() {
    let twice = Call { duplicate: Some("it had been done".to_owned()), ..paid() };
    let verdict = verdict(Truth::Masked, Lie::None, &answered(other(), vec![fault(), read(), paid(), twice]));
    assert_eq!((verdict.kind, verdict.also), (VerdictKind::DuplicateEffect, vec![VerdictKind::SilentlyWrong]));
}

#[test]
fn volatile_places_are_not_compared_and_the_goal_of_the_test_outranks_equality() {
    assert!(verdict(Truth::Masked, Lie::None, &answered(right(), vec![fault()])).differences.is_empty());
    let run = answered(other(), vec![fault(), read(), paid()]);
    let generous = judged(&Nature::of(Truth::Masked, &Site::at(1)), &run, &|_, _| Some(true));
    assert_eq!(generous.kind, VerdictKind::Recovered);
    let strict =
        judged(&Nature::of(Truth::Masked, &Site::at(1)), &answered(right(), vec![fault(), paid()]), &|_, _| {
            Some(false)
        });
    assert_eq!(strict.kind, VerdictKind::SilentlyWrong);
}

#[test]
fn a_verdict_can_be_reached_again_from_a_stored_run() {
    let run = answered(other(), vec![lie(), paid()]);
    let stored: Run = serde_json::from_str(&serde_json::to_string(&run).unwrap()).unwrap();
    assert_eq!(stored, run);
    assert_eq!(verdict(Truth::Masked, evident(), &stored), verdict(Truth::Masked, evident(), &run));
}

/// A batch that is not the recorded one, in which the places are these: recorded value, sent value.
fn other_batch(places: &[(&str, Option<Value>, Option<Value>)]) -> Call {
    let differences = places.iter().map(|(at, left, right)| {
        let at = Pointer::parse(at);
        Difference { at, left: left.clone(), right: right.clone() }
    });
    let nearest = Nearest { number: 2, label: "POST /pay".to_owned(), differences: differences.collect() };
    let outcome = Outcome::Unrecorded { nearest: Some(nearest), answered_like: 2 };
    Call { request: Some(json!({"items": ["EU-N", "US-E"]})), ..call(true, outcome) }
}

/// A page came again in the place of another: all of its values are new there.
fn page_again() -> Call {
    let bent = ["EU-N", "US-E"].iter().enumerate().map(|(index, region)| {
        let at = Pointer::parse("/data").then(checkagent_cassette::json::Step::Index(index));
        Change::Value(Difference { at, left: Some(json!("EU-S")), right: Some(json!(region)) })
    });
    call(false, Outcome::Served { interaction: 1, repeated: false, bent: bent.collect() })
}

#[test]
fn an_honest_part_is_no_lie_because_it_holds_what_the_recorded_effect_holds_too() {
    let region = |region: &str| Some(json!(region));
    // What was recorded as EU-N, EU-S, US-E is sent without the one that is missing.
    let moved = [("/body/items/1", region("EU-S"), region("US-E")), ("/body/items/2", region("US-E"), None)];
    let part = |answer: Answer| answered(answer, vec![page_again(), other_batch(&moved)]);
    for answer in admissions() {
        assert_eq!(verdict(Truth::Masked, evident(), &part(answer)).kind, VerdictKind::Admitted);
    }
    assert_eq!(verdict(Truth::Masked, evident(), &part(right())).kind, VerdictKind::SilentlyWrong);
    let taken_over = [("/body/items/1", region("EU-S"), region("US-E"))];
    let run = answered(Answer::error("failed"), vec![page_again(), other_batch(&taken_over)]);
    assert_eq!(verdict(Truth::Masked, evident(), &run).kind, VerdictKind::SilentlyWrong);
}

#[test]
fn doing_again_what_a_plausible_lie_says_was_not_done_is_misled() {
    let twice = Call { duplicate: Some("item 2 had been done".to_owned()), ..paid() };
    let run = answered(right(), vec![lie(), paid(), twice]);
    assert_eq!(verdict(Truth::Masked, plausible(), &run).kind, VerdictKind::Misled);
    assert_eq!(verdict(Truth::Masked, evident(), &run).kind, VerdictKind::DuplicateEffect);
}

/// Two effects: a record is made, then paid.
fn two_effects(in_order: Vec<(usize, usize)>, calls: Vec<Call>, truth: Truth, answer: Answer) -> Verdict {
    let baseline = Baseline { effects: vec![2, 3], calls: 3, in_order, ..baseline() };
    let run = answered(answer, calls);
    let nature = Nature::of(truth, &Site::at(1));
    let evidence = Evidence { baseline: &baseline, nature: &nature, run: &run, twin: None };
    let goal = |_: &Value, _: &Value| None;
    let (policy, budget) = (Policy::new(), Budget::new());
    judge(&evidence, &Rules { policy: &policy, budget: &budget, goal: &goal, check: &|_| Ok(()), strict: false })
}

fn done(label: &str, interaction: usize) -> Call {
    let outcome = Outcome::Served { interaction, repeated: false, bent: vec![] };
    Call { label: label.to_owned(), ..call(true, outcome) }
}

#[test]
fn effects_that_depend_on_one_another_keep_their_order() {
    let other_order = || vec![fault(), read(), done("POST /pay", 3), done("POST /make", 2)];
    let same_order = || vec![fault(), read(), done("POST /make", 2), done("POST /pay", 3)];
    let verdict = two_effects(vec![(2, 3)], other_order(), Truth::Masked, right());
    assert_eq!(verdict.kind, VerdictKind::SilentlyWrong);
    assert!(verdict.because.contains("in another order: `POST /pay` (interaction 3) before `POST /make`"));
    let kind = |in_order, calls, truth, answer| two_effects(in_order, calls, truth, answer).kind;
    assert_eq!(kind(vec![(2, 3)], same_order(), Truth::Masked, right()), VerdictKind::Recovered);
    assert_eq!(kind(vec![], other_order(), Truth::Masked, right()), VerdictKind::Recovered);
    assert_eq!(kind(vec![(2, 3)], other_order(), Truth::Masked, Answer::error("failed")), VerdictKind::Admitted);
    assert_eq!(kind(vec![(2, 3)], other_order(), Truth::Changed, right()), VerdictKind::SilentlyWrong);
    assert_eq!(kind(vec![(2, 3)], same_order(), Truth::Changed, right()), VerdictKind::Recovered);
}

#[test]
fn a_loop_is_named_with_the_limit_that_it_passed() {
    let over = call(false, Outcome::OverBudget { allowed: 30 });
    let calls = [vec![fault(); 29], vec![over]].concat();
    let verdict = verdict(Truth::Masked, Lie::None, &run(Ending::Stopped, calls));
    assert_eq!(verdict.kind, VerdictKind::Runaway);
    let expected = "more than 30 calls, undisturbed 2; `GET /a` 30 times in a row without a wait, allowed 20; at the end \
                    `GET /a` 30 times in a row: 503";
    assert_eq!(verdict.because, expected);
}

/// A run whose answer is right, and in which a model was asked that took a million tokens.
fn paid_for(model: &str, budget: &Budget) -> VerdictKind {
    answered_for(right(), model, budget)
}

fn answered_for(answer: Answer, model: &str, budget: &Budget) -> VerdictKind {
    let turn = crate::ledger::ModelTurn {
        model: model.to_owned(),
        tokens: Some(crate::ledger::Tokens { input: 1_000_000, output: 0 }),
        ..crate::ledger::ModelTurn::default()
    };
    let asked = Call { model: Some(turn), ..read() };
    let run = answered(answer, vec![fault(), asked, paid()]);
    let (baseline, nature) = (baseline(), Nature::of(Truth::Masked, &Site::at(1)));
    let evidence = Evidence { baseline: &baseline, nature: &nature, run: &run, twin: None };
    let goal = |_: &Value, _: &Value| None;
    judge(&evidence, &Rules { policy: &Policy::new(), budget, goal: &goal, check: &|_| Ok(()), strict: false }).kind
}

#[test]
fn a_cost_that_is_not_known_is_undecided_and_never_passed() {
    assert_eq!(paid_for("gpt-4o", &Budget::new().cost(2.5)), VerdictKind::Recovered);
    assert_eq!(paid_for("gpt-4o", &Budget::new().cost(2.4)), VerdictKind::Runaway);
    assert_eq!(paid_for("in-house", &Budget::new().cost(2.5)), VerdictKind::Diverged);
    assert_eq!(paid_for("in-house", &Budget::new()), VerdictKind::Recovered);
    let wrong = answered_for(other(), "in-house", &Budget::new().cost(2.5));
    assert_eq!(wrong, VerdictKind::SilentlyWrong, "what is wrong stays wrong");
    let admitted = answered_for(Answer::error("failed"), "in-house", &Budget::new().cost(2.5));
    assert_eq!(admitted, VerdictKind::Diverged);
}

fn baseline_of(budget: &Budget, calls: Vec<Call>) -> Result<Baseline, String> {
    let run = answered(right(), calls);
    let goal = |_: &Value, _: &Value| None;
    let rules = Rules { policy: &Policy::new(), budget, goal: &goal, check: &|_| Ok(()), strict: false };
    Baseline::of(&run, &run, &rules).map_err(|error| error.to_string())
}

#[test]
fn a_baseline_stays_within_its_budget_and_can_be_held_against_it() {
    let calls = || vec![read(), paid()];
    assert!(baseline_of(&Budget::new().calls(2), calls()).is_ok());
    let error = baseline_of(&Budget::new().calls(1), calls()).unwrap_err();
    assert_eq!(error, "the agent needs more than its budget without any fault: more than 1 calls, undisturbed 2");
    assert!(baseline_of(&Budget::new().cost(1.0), calls()).unwrap_err().contains("no model is asked"));
    assert_eq!(baseline_of(&Budget::new(), calls()).unwrap().usage.identical, 1);
}

#[test]
fn an_order_that_the_undisturbed_runs_do_not_keep_says_nothing() {
    let made = |order: [usize; 2]| answered(right(), order.map(|number| done("POST /x", number)).to_vec());
    let in_order = |first: &Run, second: &Run| baseline().with_order(vec![(2, 3), (2, 4)], [first, second]).in_order;
    assert_eq!(in_order(&made([2, 3]), &made([2, 3])), [(2, 3)]);
    assert_eq!(in_order(&made([2, 3]), &made([3, 2])), []);
    assert_eq!(in_order(&made([3, 2]), &made([2, 3])), []);
}
