//! The same call, again and again.

use crate::ledger::{Call, Ledger, ToolUse};

/// Whoever lets so much virtual time pass between two calls, in milliseconds, waits: it polls.
const A_WAIT_MS: u64 = 1_000;

/// The same call in a row.
///
/// Of the agent's calls only those count that follow one another in less than a second of virtual time: who waits longer
/// polls, and is judged by the number of its calls. What a model asks for counts whenever it comes, answer after answer.
/// Calls with other arguments, as those that page through a list, are other calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Streak<'l> {
    /// What was called.
    pub what: Repeated<'l>,
    /// How often, at least once.
    pub length: usize,
}

/// What was called in a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Repeated<'l> {
    /// A call of the agent; the last one.
    Call(&'l Call),
    /// A call of a tool that a model asked for.
    Asked(&'l ToolUse),
}

impl<'l> Streak<'l> {
    /// The longest one, the first of several; `None` without any call.
    #[must_use]
    pub fn longest(ledger: &'l Ledger) -> Option<Self> {
        let calls = ledger.calls.iter().filter(|call| call.model.is_none());
        let made = longest(calls, |before, call| call.repeats(before) && hasty(before, call));
        let asked = ledger.calls.iter().filter_map(|call| call.model.as_ref()).map(|turn| turn.calls.as_slice());
        // Several calls in one answer are one step: equal ones in it are another matter.
        let asked = longest(asked, |before, calls| !calls.is_empty() && before == calls);
        let made = made.map(|(call, length)| Self { what: Repeated::Call(call), length });
        let asked = asked.and_then(|(calls, length)| Some(Self { what: Repeated::Asked(calls.first()?), length }));
        match (made, asked) {
            (Some(made), Some(asked)) if asked.length > made.length => Some(asked),
            (made, asked) => made.or(asked),
        }
    }
}

fn hasty(before: &Call, call: &Call) -> bool {
    call.at_ms.saturating_sub(before.at_ms) < A_WAIT_MS
}

/// The last item of the longest row in which each continues the one before, and the row's length.
fn longest<T: Copy>(items: impl Iterator<Item = T>, continues: impl Fn(T, T) -> bool) -> Option<(T, usize)> {
    let mut best: Option<(T, usize)> = None;
    let mut row: Option<(T, usize)> = None;
    for item in items {
        let length = match row {
            Some((before, length)) if continues(before, item) => length + 1,
            _ => 1,
        };
        row = Some((item, length));
        if best.is_none_or(|(_, most)| length > most) {
            best = row;
        }
    }
    best
}

/// The request that was tried most often again after a try that failed, and how often; the first of several.
///
/// Asking again after a good reply is no retry. Other calls in between do not matter. What is asked of a model after a
/// good answer is another request, though the ledger cannot tell them apart.
pub(crate) fn most_retried(ledger: &Ledger) -> Option<(&Call, usize)> {
    let mut tried: Vec<(&Call, usize)> = Vec::new();
    let mut most: Option<(&Call, usize)> = None;
    for call in &ledger.calls {
        let Some((last, retries)) = tried.iter_mut().find(|(last, _)| call.asks_for(last)) else {
            tried.push((call, 0));
            continue;
        };
        if last.outcome.is_bent() {
            *retries += 1;
        } else if last.model.is_some() {
            *retries = 0;
        }
        *last = call;
        if *retries > most.map_or(0, |(_, most)| most) {
            most = Some((call, *retries));
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ledger::{ModelTurn, Outcome};

    fn at(at_ms: u64, label: &str) -> Call {
        let outcome = Outcome::Served { interaction: 1, repeated: false, bent: Vec::new() };
        Call { at_ms, ..Call::new("api", label, outcome) }
    }

    fn failed(label: &str) -> Call {
        Call::new("api", label, Outcome::Faulted { interaction: Some(1), fault: "503".to_owned() })
    }

    fn asked(tools: &[(&str, u64)]) -> Call {
        let calls = tools.iter().map(|(name, n)| ToolUse { name: (*name).to_owned(), arguments: json!({"n": n}) });
        let turn = ModelTurn { calls: calls.collect(), ..ModelTurn::default() };
        Call { model: Some(turn), ..at(0, "POST /v1/chat/completions") }
    }

    fn ledger(calls: Vec<Call>) -> Ledger {
        Ledger { calls, ..Ledger::default() }
    }

    fn longest_of(calls: Vec<Call>) -> Option<(String, usize)> {
        let ledger = ledger(calls);
        Streak::longest(&ledger).map(|streak| match streak.what {
            Repeated::Call(call) => (call.label.clone(), streak.length),
            Repeated::Asked(tool) => (tool.name.clone(), streak.length),
        })
    }

    #[expect(clippy::unnecessary_wraps, reason = "it is compared with what is found, which may be nothing")]
    fn of(label: &str, length: usize) -> Option<(String, usize)> {
        Some((label.to_owned(), length))
    }

    #[test]
    fn the_longest_row_counts_and_the_first_of_equal_ones() {
        assert_eq!(longest_of(vec![]), None);
        assert_eq!(longest_of(vec![at(0, "GET /a")]), of("GET /a", 1));
        let calls = ["GET /a", "GET /a", "GET /b", "GET /b", "GET /b", "GET /c", "GET /c", "GET /c"];
        assert_eq!(longest_of(calls.iter().map(|label| at(0, label)).collect()), of("GET /b", 3));
    }

    #[test]
    fn who_waits_a_second_polls_and_who_waits_less_does_not() {
        let row = |gap: u64| longest_of((0..5).map(|n| at(n * gap, "GET /a")).collect());
        assert_eq!(row(1000), of("GET /a", 1));
        assert_eq!(row(999), of("GET /a", 5));
    }

    #[test]
    fn other_arguments_are_another_call() {
        let page = |cursor: &str| Call { target: format!("/a?cursor={cursor}"), ..at(0, "GET /a") };
        assert_eq!(longest_of(vec![page("1"), page("2"), page("3")]), of("GET /a", 1));
        let post = |n: u64| Call { request: Some(json!({"n": n})), ..at(0, "POST /a") };
        assert_eq!(longest_of(vec![post(1), post(2)]), of("POST /a", 1));
        assert_eq!(longest_of(vec![post(1), post(1)]), of("POST /a", 2));
    }

    #[test]
    fn a_model_that_asks_for_the_same_again_and_again_is_found_between_other_calls() {
        let step = |n: u64| [asked(&[("refund", n)]), at(0, "POST /refunds"), at(0, "GET /other")];
        assert_eq!(longest_of([step(1), step(1), step(1)].concat()), of("refund", 3));
        assert_eq!(longest_of([step(1), step(2), step(3)].concat()), of("POST /refunds", 1));
        // An answer without calls, or with another call beside it, ends the row.
        let ends =
            |between: Call| longest_of(vec![asked(&[("a", 1)]), asked(&[("a", 1)]), between, asked(&[("a", 1)])]);
        assert_eq!(ends(asked(&[])), of("a", 2));
        assert_eq!(ends(asked(&[("a", 1), ("a", 1)])), of("a", 2));
        assert_eq!(longest_of(vec![asked(&[]), asked(&[])]), None);
    }

    #[test]
    fn requests_to_models_are_told_apart_by_what_they_bring_alone() {
        assert_eq!(longest_of(vec![asked(&[("a", 1)]), asked(&[("b", 1)]), asked(&[("a", 1)])]), of("a", 1));
    }

    #[test]
    fn of_equal_rows_the_agents_own_is_named() {
        assert_eq!(longest_of(vec![asked(&[("a", 1)]), at(0, "GET /x")]), of("GET /x", 1));
    }

    fn retried(calls: Vec<Call>) -> Option<(String, usize)> {
        most_retried(&ledger(calls)).map(|(call, times)| (call.label.clone(), times))
    }

    #[test]
    fn a_retry_follows_a_try_that_failed() {
        assert_eq!(retried(vec![failed("GET /a"), at(9000, "GET /a")]), of("GET /a", 1));
        assert_eq!(retried(vec![failed("GET /a"), failed("GET /a"), at(0, "GET /a")]), of("GET /a", 2));
        assert_eq!(retried(vec![at(0, "GET /a"), at(0, "GET /a")]), None);
        assert_eq!(retried(vec![failed("GET /a"), at(0, "GET /b")]), None);
        assert_eq!(retried(vec![]), None);
    }

    #[test]
    fn a_poll_after_a_retry_is_none_and_other_calls_may_stand_between() {
        assert_eq!(retried(vec![failed("GET /a"), at(0, "GET /b"), at(0, "GET /a"), at(0, "GET /a")]), of("GET /a", 1));
        let two = vec![failed("GET /a"), failed("GET /b"), at(0, "GET /a"), failed("GET /b"), at(0, "GET /b")];
        assert_eq!(retried(two), of("GET /b", 2));
    }

    #[test]
    fn a_model_that_answers_after_it_failed_was_asked_again() {
        let refused = failed("POST /v1/chat/completions");
        assert_eq!(retried(vec![refused.clone(), refused, asked(&[("a", 1)])]), of("POST /v1/chat/completions", 2));
    }

    #[test]
    fn what_a_model_is_asked_after_a_good_answer_is_another_request() {
        let refused = || failed("POST /v1/chat/completions");
        let answered = || asked(&[("a", 1)]);
        let once_each = vec![refused(), answered(), refused(), answered(), refused(), answered()];
        assert_eq!(retried(once_each), of("POST /v1/chat/completions", 1));
        let read = || at(0, "GET /a");
        assert_eq!(retried(vec![failed("GET /a"), read(), failed("GET /a"), read()]), of("GET /a", 2));
    }
}
