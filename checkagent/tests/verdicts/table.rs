//! What the answer and the effects say.

use checkagent::VerdictKind::{
    self, Adapted, Admitted, Diverged, Misled, Recovered, SilentlyWrong, Unaffected, Unreached,
};
use checkagent::mutation::{Lie, Truth};
use serde_json::json;

use crate::agents;
use crate::shop::{Agent, Closure, ORDER, PAY, RECEIPT, fails, loses_reply, report_with, says, verdict};

type Operator = checkagent::mutation::Custom<Closure>;

fn evident(operator: Operator) -> Operator {
    operator.lie(Lie::Evident("it was never so".to_owned()))
}

fn plausible(operator: Operator) -> Operator {
    operator.lie(Lie::Plausible("nothing tells".to_owned()))
}

fn changed(operator: Operator) -> Operator {
    operator.truth(Truth::Changed)
}

/// Every cell: what the agent does, what the world does, the verdict.
fn check(cells: Vec<(&str, Agent, Operator, VerdictKind)>) {
    for (cell, agent, operator, expected) in cells {
        let verdict = verdict(agent, operator);
        assert_eq!(verdict.kind, expected, "{cell}: {}", verdict.because);
        assert!(!verdict.because.is_empty(), "{cell}: says why");
    }
}

#[test]
fn where_the_world_is_as_recorded_only_the_recorded_result_may_be_claimed() {
    check(vec![
        ("extra calls, same result", agents::asking_again, fails(ORDER, 1), Recovered),
        ("no extra calls, same result", agents::looking_away, says(ORDER, "/status", json!("new")), Unaffected),
        ("extra calls, other result", agents::asking_again_and_glossing_over, fails(RECEIPT, 9), SilentlyWrong),
        ("no extra calls, other result", agents::glossing_over, fails(RECEIPT, 1), SilentlyWrong),
        ("an effect is missing", agents::forgetting, evident(says(ORDER, "/amount", json!(-1))), SilentlyWrong),
        ("another effect", agents::looking_away, evident(says(ORDER, "/amount", json!(-4200))), SilentlyWrong),
        ("extra calls, admits", agents::asking_again, fails(RECEIPT, 9), Admitted),
        ("no extra calls, says that it failed", agents::giving_up, fails(ORDER, 1), Admitted),
        ("no extra calls, says what there is", agents::saying_what_it_has, fails(RECEIPT, 1), Admitted),
        ("no extra calls, hands over", agents::handing_over, fails(RECEIPT, 1), Admitted),
        ("a lost reply, admits", agents::giving_up, loses_reply(PAY), Admitted),
    ]);
}

#[test]
fn believing_a_lie_is_wrong_only_where_a_client_could_know() {
    let lie = |value| says(RECEIPT, "/total", value);
    check(vec![
        ("evident", agents::giving_up, evident(lie(json!(-4200))), SilentlyWrong),
        ("plausible", agents::giving_up, plausible(lie(json!(4300))), Misled),
        ("plausible, and acted on", agents::giving_up, plausible(says(ORDER, "/amount", json!(4300))), Misled),
        (
            "evident, and acted on before it failed",
            agents::giving_up,
            evident(says(ORDER, "/amount", json!(4300))),
            SilentlyWrong,
        ),
    ]);
}

#[test]
fn where_the_world_really_differs_the_recorded_result_must_not_be_claimed() {
    let cancelled = || changed(says(ORDER, "/status", json!("cancelled")));
    let refused = || changed(fails(PAY, 9));
    check(vec![
        ("same result, not done", agents::glossing_over_as_recorded, refused(), SilentlyWrong),
        ("same result, made true", agents::doing_again, changed(fails(PAY, 1)), Recovered),
        ("another result", agents::looking_first, cancelled(), Adapted),
        ("admits", agents::giving_up, refused(), Admitted),
    ]);
}

#[test]
fn what_proves_nothing_is_undecided() {
    check(vec![
        ("asks for what is not recorded", agents::wandering_off, fails(ORDER, 1), Diverged),
        ("does not come to the fault", agents::stopping_short, fails(RECEIPT, 1), Unreached),
    ]);
}

#[test]
fn the_check_of_the_test_outranks_an_answer_that_is_the_same() {
    let strict = |plan: checkagent::Plan| {
        plan.check(|run| if run.ledger.calls.len() > 3 { Err("too many words".to_owned()) } else { Ok(()) })
    };
    let report = report_with(agents::asking_again, fails(ORDER, 1), strict);
    assert_eq!(report.verdict.kind, SilentlyWrong);
    assert!(report.verdict.because.contains("too many words"));
    let report = report_with(agents::asking_again, fails(RECEIPT, 9), strict);
    assert_eq!(report.verdict.kind, Admitted, "who admits claims nothing that a check could refute");
}
