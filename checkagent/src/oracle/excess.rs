//! More than a run may use.

use super::baseline::Baseline;
use super::cycle::Cycle;
use super::evidence::Evidence;
use super::verdict::Finding;
use crate::budget::{Budget, Repeated, Streak, Usage, most_retried};
use crate::ledger::{Outcome, Run, seconds};
use crate::plan::VerdictKind;

/// What a run used too much of, and the loop at its end.
pub(super) fn finding(evidence: &Evidence<'_>, budget: &Budget) -> Option<Finding> {
    let Baseline { calls, usage, .. } = evidence.baseline;
    let passed = passed(evidence.run, budget, *calls, usage);
    if passed.is_empty() {
        return None;
    }
    let cycle = Cycle::at_the_end(&evidence.run.ledger.calls);
    let cycle = cycle.map_or_else(String::new, |cycle| format!("; at the end {cycle}"));
    Some((VerdictKind::Runaway, format!("{}{cycle}", passed.join("; "))))
}

/// Why a limit of the test cannot be held against this run; `None` where it can.
pub(super) fn undecided(evidence: &Evidence<'_>, budget: &Budget) -> Option<Finding> {
    budget.cost_allowed()?;
    let unknown = budget.cost_of(&Usage::of_models(&evidence.run.ledger)).err()?;
    Some((VerdictKind::Diverged, format!("what it cost is not known: `{unknown}` has no price in the budget")))
}

/// The limits that a run passed, each with the numbers, given what the agent uses undisturbed.
pub(super) fn passed(run: &Run, budget: &Budget, undisturbed: usize, usage: &Usage) -> Vec<String> {
    let ledger = &run.ledger;
    let mut passed = Vec::new();
    let allowed = match ledger.calls.last().map(|call| &call.outcome) {
        Some(Outcome::OverBudget { allowed }) => Some(*allowed),
        _ => Some(budget.calls_allowed(undisturbed)).filter(|allowed| ledger.calls.len() > *allowed),
    };
    if let Some(allowed) = allowed {
        passed.push(format!("more than {allowed} calls, undisturbed {undisturbed}"));
    }
    let early = ledger.wait_violations();
    if early > budget.early_allowed() {
        passed.push(format!("{early} calls before the promised wait was over, allowed {}", budget.early_allowed()));
    }
    let row = budget.identical_allowed(usage.identical);
    // A row is never longer than the ledger.
    let streak = if ledger.calls.len() > row { Streak::longest(ledger) } else { None };
    if let Some(Streak { what, length }) = streak.filter(|streak| streak.length > row) {
        passed.push(match what {
            Repeated::Call(call) => format!("`{}` {length} times in a row without a wait, allowed {row}", call.label),
            Repeated::Asked(tool) => {
                format!(
                    "the model asks for `{}` with the same arguments {length} times in a row, allowed {row}",
                    tool.name
                )
            }
        });
    }
    let retried = budget.retries_allowed().and_then(|allowed| Some((allowed, most_retried(ledger)?)));
    if let Some((allowed, (call, retries))) = retried.filter(|(allowed, (_, retries))| retries > allowed) {
        passed.push(format!("{retries} retries of `{}`, allowed {allowed}", call.label));
    }
    if let Some(allowed) = budget.time_allowed().filter(|allowed| u128::from(run.elapsed_ms) > allowed.as_millis()) {
        let allowed = u64::try_from(allowed.as_millis()).unwrap_or(u64::MAX);
        passed.push(format!("{} s of virtual time, allowed {}", seconds(run.elapsed_ms), seconds(allowed)));
    }
    passed.extend(paid(run, budget, usage));
    passed
}

/// The limits of what models take.
fn paid(run: &Run, budget: &Budget, usage: &Usage) -> Vec<String> {
    let (tokens, cost) = (budget.tokens_allowed(usage), budget.cost_allowed());
    if tokens.is_none() && cost.is_none() {
        return Vec::new();
    }
    let used = Usage::of_models(&run.ledger);
    let all = used.all_tokens().all();
    let tokens = tokens.filter(|allowed| all > *allowed).map(|allowed| format!("{all} tokens, allowed {allowed}"));
    let cost = cost.zip(budget.cost_of(&used).ok()).filter(|(allowed, cost)| cost > allowed);
    let cost = cost.map(|(allowed, cost)| format!("{cost:.4} USD, allowed {allowed:.4}"));
    tokens.into_iter().chain(cost).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::ledger::{Call, Ending, Ledger, ModelTurn, Tokens, ToolUse};

    fn read() -> Call {
        Call::new("api", "GET /a", Outcome::Served { interaction: 1, repeated: false, bent: Vec::new() })
    }

    fn failed(at_ms: u64) -> Call {
        let outcome = Outcome::Faulted { interaction: Some(1), fault: "503".to_owned() };
        Call { at_ms, ..Call::new("api", "POST /x", outcome) }
    }

    fn early() -> Call {
        Call::new("api", "GET /a", Outcome::Limited { interaction: None, wait_ms: 5, early: true })
    }

    fn said(input: u64) -> Call {
        let turn = ModelTurn {
            model: "gpt-4o".to_owned(),
            tokens: Some(Tokens { input, output: 0 }),
            calls: vec![ToolUse { name: "find".to_owned(), arguments: json!({"n": 1}) }],
            ..ModelTurn::default()
        };
        Call { model: Some(turn), ..Call::new("m", "POST /v1/chat/completions", read().outcome) }
    }

    fn run(calls: Vec<Call>) -> Run {
        let ledger = Ledger { calls, ..Ledger::default() };
        Run { ending: Ending::Stopped, ledger, unused: vec![], notes: vec![], elapsed_ms: 0 }
    }

    /// Undisturbed it makes two calls.
    fn of(budget: &Budget, calls: Vec<Call>) -> Vec<String> {
        passed(&run(calls), budget, 2, &Usage { identical: 1, ..Usage::default() })
    }

    fn nothing() -> Vec<String> {
        Vec::new()
    }

    #[test]
    fn calls_are_counted_up_to_the_limit_and_one_more_is_too_many() {
        let paging = |n: usize| (0..n).map(|n| Call { target: format!("/a?{n}"), ..read() }).collect::<Vec<_>>();
        assert_eq!(of(&Budget::new(), paging(30)), nothing());
        assert_eq!(of(&Budget::new(), paging(31)), ["more than 30 calls, undisturbed 2"]);
        assert_eq!(of(&Budget::new().calls(3), paging(3)), nothing());
        assert_eq!(of(&Budget::new().calls(3), paging(4)), ["more than 3 calls, undisturbed 2"]);
        let over = Call::new("api", "GET /a", Outcome::OverBudget { allowed: 9 });
        assert_eq!(of(&Budget::new(), vec![read(), over]), ["more than 9 calls, undisturbed 2"]);
    }

    #[test]
    fn one_early_call_is_a_race_and_two_are_a_loop() {
        assert_eq!(of(&Budget::new(), vec![early()]), nothing());
        assert_eq!(
            of(&Budget::new(), vec![early(), early()]),
            ["2 calls before the promised wait was over, allowed 1"]
        );
        assert_eq!(
            of(&Budget::new().early(0), vec![early()]),
            ["1 calls before the promised wait was over, allowed 0"]
        );
    }

    #[test]
    fn eight_tries_with_exponential_back_off_are_no_loop_and_without_a_wait_the_limit_counts() {
        let backing_off = (0..8).map(|n| failed(100 * (1 << n))).collect();
        assert_eq!(of(&Budget::new(), backing_off), nothing());
        let row = |n: usize| of(&Budget::new().calls(100), vec![failed(0); n]);
        assert_eq!(row(25), nothing());
        assert_eq!(row(26), ["`POST /x` 26 times in a row without a wait, allowed 25"]);
        assert_eq!(of(&Budget::new().identical(2), vec![failed(0); 2]), nothing());
        assert_eq!(of(&Budget::new().identical(2), vec![read(), failed(0), failed(0)]), nothing());
        let three = of(&Budget::new().identical(2), vec![failed(0); 3]);
        assert_eq!(three, ["`POST /x` 3 times in a row without a wait, allowed 2"]);
    }

    #[test]
    fn a_poll_that_waits_is_judged_by_its_calls_alone() {
        let polls = |n: u64| (0..n).map(|n| failed(n * 10_000)).collect::<Vec<_>>();
        assert_eq!(of(&Budget::new().identical(2), polls(20)), nothing());
        assert_eq!(of(&Budget::new().calls(19), polls(20)), ["more than 19 calls, undisturbed 2"]);
    }

    #[test]
    fn a_model_that_asks_again_and_again_is_named_with_its_tool() {
        let steps = of(&Budget::new().identical(2).tokens(u64::MAX), vec![said(1), read(), said(1), said(1)]);
        assert_eq!(steps, ["the model asks for `find` with the same arguments 3 times in a row, allowed 2"]);
    }

    #[test]
    fn retries_are_limited_where_the_test_says_so() {
        let tries = |n: usize| (0..n).map(|_| failed(0)).collect::<Vec<_>>();
        assert_eq!(of(&Budget::new().retries(3), tries(4)), nothing());
        assert_eq!(of(&Budget::new().retries(3), tries(5)), ["4 retries of `POST /x`, allowed 3"]);
        assert_eq!(of(&Budget::new(), tries(5)), nothing());
    }

    #[test]
    fn virtual_time_is_limited_where_the_test_says_so() {
        let after =
            |elapsed_ms, budget: &Budget| passed(&Run { elapsed_ms, ..run(vec![]) }, budget, 2, &Usage::default());
        let minute = Budget::new().time(Duration::from_secs(60));
        assert_eq!(after(60_000, &minute), nothing());
        assert_eq!(after(60_001, &minute), ["60.001 s of virtual time, allowed 60.000"]);
        assert_eq!(after(u64::MAX, &Budget::new()), nothing());
    }

    #[test]
    fn tokens_and_their_cost_are_limited() {
        let calls = || vec![said(600_000), said(400_000)];
        assert_eq!(of(&Budget::new().tokens(1_000_000), calls()), nothing());
        assert_eq!(of(&Budget::new().tokens(999_999), calls()), ["1000000 tokens, allowed 999999"]);
        assert_eq!(of(&Budget::new().cost(2.5), calls()), nothing());
        assert_eq!(of(&Budget::new().cost(2.49), calls()), ["2.5000 USD, allowed 2.4900"]);
        assert_eq!(of(&Budget::new(), calls()), nothing());
        let both = of(&Budget::new().cost(1.0).tokens(1), calls());
        assert_eq!(both, ["1000000 tokens, allowed 1", "2.5000 USD, allowed 1.0000"]);
    }

    #[test]
    fn without_a_word_tokens_follow_from_the_baseline() {
        let usage = Usage::of(&run(vec![said(100)]).ledger);
        let used = |input| passed(&run(vec![said(input)]), &Budget::new(), 2, &usage);
        assert_eq!(used(2500), nothing());
        assert_eq!(used(2501), ["2501 tokens, allowed 2500"]);
    }

    #[test]
    fn several_limits_are_said_together() {
        let calls = vec![early(); 4];
        let said = of(&Budget::new().calls(3).identical(3).retries(1), calls);
        assert_eq!(said.len(), 4, "{said:?}");
    }
}
