//! The loop at the end of a ledger.

use std::fmt;

use crate::ledger::{Call, Outcome};

/// Fewer times the same is no loop.
const LEAST_TIMES: usize = 3;

/// The same calls again and again, up to the end of a ledger.
#[derive(Debug, PartialEq)]
pub(super) struct Cycle<'l> {
    /// One round, the first in the ledger that is complete.
    round: &'l [Call],
    /// All of the calls.
    calls: &'l [Call],
}

impl<'l> Cycle<'l> {
    /// The loop that most of the calls at the end belong to; of several, the one with the fewest calls in a round.
    pub(super) fn at_the_end(calls: &'l [Call]) -> Option<Self> {
        let mut best: Option<(usize, usize)> = None;
        for period in 1..=calls.len() / LEAST_TIMES {
            let earlier = calls.iter().rev().skip(period);
            let again = calls.iter().rev().zip(earlier).take_while(|(call, earlier)| call.repeats(earlier)).count();
            let covered = again + period;
            if covered / period >= LEAST_TIMES && best.is_none_or(|(most, _)| covered > most) {
                best = Some((covered, period));
            }
        }
        let (covered, period) = best?;
        let calls = &calls[calls.len() - covered..];
        Some(Self { round: &calls[..period], calls })
    }

    /// How often all of it was done.
    fn times(&self) -> usize {
        self.calls.len() / self.round.len()
    }

    /// What the calls at one position of the round met, each once, in order.
    fn met(&self, position: usize) -> Vec<String> {
        let mut met: Vec<(String, usize)> = Vec::new();
        for call in self.calls.iter().skip(position).step_by(self.round.len()) {
            let Some(what) = met_by(&call.outcome) else { continue };
            match met.iter_mut().find(|(known, _)| *known == what) {
                Some((_, times)) => *times += 1,
                None => met.push((what, 1)),
            }
        }
        let several = met.len() > 1;
        let shown = |(what, times): (String, usize)| if several { format!("{times} times {what}") } else { what };
        met.into_iter().map(shown).collect()
    }
}

/// In short, without what differs from time to time; `None` for a call that met the end of its case.
fn met_by(outcome: &Outcome) -> Option<String> {
    Some(match outcome {
        Outcome::OverBudget { .. } => return None,
        Outcome::Served { interaction, bent, .. } if bent.is_empty() => format!("reply {interaction}"),
        Outcome::Served { interaction, .. } => format!("reply {interaction}, bent"),
        Outcome::Faulted { fault, .. } => fault.clone(),
        Outcome::Limited { early: true, .. } => "a limit, too early".to_owned(),
        Outcome::Limited { .. } => "a limit".to_owned(),
        Outcome::Blocked { .. } => "the policy".to_owned(),
        other => other.to_string(),
    })
}

impl fmt::Display for Cycle<'_> {
    /// `` `POST /x` 7 times in a row: 503 ``, or `` `GET /a`, `POST /b` 12 times: reply 1; 503 ``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels: Vec<_> = self.round.iter().map(|call| format!("`{}`", call.label)).collect();
        write!(f, "{} {} times", labels.join(", "), self.times())?;
        if self.round.len() == 1 {
            f.write_str(" in a row")?;
        }
        let met: Vec<_> = (0..self.round.len()).map(|position| self.met(position).join(" and ")).collect();
        write!(f, ": {}", met.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ledger::{ModelTurn, ToolUse};

    fn read(label: &str) -> Call {
        Call::new("api", label, Outcome::Served { interaction: 1, repeated: false, bent: Vec::new() })
    }

    fn failed(label: &str) -> Call {
        Call::new("api", label, Outcome::Faulted { interaction: Some(2), fault: "503".to_owned() })
    }

    fn shown(calls: &[Call]) -> Option<String> {
        Cycle::at_the_end(calls).map(|cycle| cycle.to_string())
    }

    #[test]
    fn one_call_again_and_again_is_a_loop_from_the_third_time_on() {
        let calls = |times: usize| [vec![read("GET /a")], vec![failed("POST /x"); times]].concat();
        assert_eq!(shown(&calls(7)).unwrap(), "`POST /x` 7 times in a row: 503");
        assert_eq!(shown(&calls(3)).unwrap(), "`POST /x` 3 times in a row: 503");
        assert_eq!(shown(&calls(2)), None);
        assert_eq!(shown(&[]), None);
    }

    #[test]
    fn a_round_may_have_several_calls_and_the_shortest_is_named() {
        let round = vec![read("GET /a"), failed("POST /b")];
        let calls = vec![round; 12].concat();
        assert_eq!(shown(&calls).unwrap(), "`GET /a`, `POST /b` 12 times: reply 1; 503");
        // A half round at the end belongs to it.
        let half = [calls, vec![read("GET /a")]].concat();
        assert_eq!(shown(&half).unwrap(), "`GET /a`, `POST /b` 12 times: reply 1; 503");
    }

    #[test]
    fn a_long_loop_outranks_the_repetition_inside_its_last_round() {
        let round = vec![read("GET /a"), failed("POST /b"), failed("POST /b"), failed("POST /b")];
        assert_eq!(
            shown(&vec![round; 4].concat()).unwrap(),
            "`GET /a`, `POST /b`, `POST /b`, `POST /b` 4 times: reply 1; 503; 503; 503"
        );
    }

    #[test]
    fn reads_that_page_are_no_loop() {
        let page = |n: usize| Call { target: format!("/a?cursor={n}"), ..read("GET /a") };
        assert_eq!(shown(&(0..30).map(page).collect::<Vec<_>>()), None);
    }

    #[test]
    fn what_was_met_is_counted_where_it_differs() {
        let limited = |early| {
            let outcome = Outcome::Limited { interaction: None, wait_ms: 5, early };
            Call::new("api", "POST /x", outcome)
        };
        let over = Call::new("api", "POST /x", Outcome::OverBudget { allowed: 5 });
        let calls = [limited(false), limited(true), limited(true), failed("POST /x"), failed("POST /x"), over];
        assert_eq!(
            shown(&calls).unwrap(),
            "`POST /x` 6 times in a row: 1 times a limit and 2 times a limit, too early and 2 times 503"
        );
    }

    #[test]
    fn each_outcome_is_said_in_short() {
        let served = |repeated, bent| Outcome::Served { interaction: 3, repeated, bent };
        let late = || vec![crate::ledger::Change::Late { by_ms: 5 }];
        let blocked = Outcome::Blocked { rule: "r".to_owned(), because: "b".to_owned() };
        for (outcome, expected) in [
            (served(true, Vec::new()), Some("reply 3")),
            (served(false, late()), Some("reply 3, bent")),
            (blocked, Some("the policy")),
            (Outcome::Lost { interaction: 2 }, Some("interaction 2 done, its reply lost")),
            (Outcome::OverBudget { allowed: 5 }, None),
        ] {
            assert_eq!(met_by(&outcome).as_deref(), expected);
        }
    }

    #[test]
    fn a_model_in_the_loop_is_told_by_the_tools_that_it_asks_for() {
        let asked = |n: u64| {
            let tool = ToolUse { name: "refund".to_owned(), arguments: json!({"n": n}) };
            Call { model: Some(ModelTurn { calls: vec![tool], ..ModelTurn::default() }), ..read("POST /v1/messages") }
        };
        let step = |n: u64| vec![asked(n), failed("POST /refunds")];
        let expected = "`POST /v1/messages`, `POST /refunds` 3 times: reply 1; 503";
        assert_eq!(shown(&[step(1), step(1), step(1)].concat()).unwrap(), expected);
        assert_eq!(shown(&[step(1), step(2), step(3)].concat()), None);
    }
}
