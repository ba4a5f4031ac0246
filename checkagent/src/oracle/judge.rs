//! The decision table of section 6 of DESIGN.md.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use checkagent_cassette::analysis::{Difference, Nearest, differences};
use checkagent_cassette::json::leaves;

use super::baseline::Baseline;
use super::run::{Ending, Run};
use crate::answer::Answer;
use crate::mutation::{Lie, Truth};
use crate::plan::{Nature, VerdictKind};
use crate::world::{Call, Change, Outcome};

/// What the oracle says of a case, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// What it says.
    pub kind: VerdictKind,
    /// Why, in one line.
    pub because: String,
    /// What else is wrong.
    pub also: Vec<VerdictKind>,
    /// Where the answer differs from the baseline's.
    pub differences: Vec<Difference>,
}

/// One call before the promised wait is over may be a race; more are a loop.
const TOLERATED_EARLY_CALLS: usize = 1;

/// Judges one run. `goal` is the test's own comparison of answers, if it has one.
#[must_use]
pub fn judge(
    baseline: &Baseline,
    nature: &Nature,
    run: &Run,
    goal: &dyn Fn(&Value, &Value) -> Option<bool>,
) -> Verdict {
    let case = Case { baseline, nature, run, goal };
    let mut findings = case.on_top();
    let table = case.table();
    let differences = case.differences();
    if findings.is_empty() || table.0 == VerdictKind::SilentlyWrong {
        findings.push(table);
    }
    let (kind, because) = findings.remove(0);
    let also = findings.into_iter().map(|(kind, _)| kind).collect();
    Verdict { kind, because, also, differences }
}

type Finding = (VerdictKind, String);

struct Case<'c> {
    baseline: &'c Baseline,
    nature: &'c Nature,
    run: &'c Run,
    goal: &'c dyn Fn(&Value, &Value) -> Option<bool>,
}

impl Case<'_> {
    /// What is wrong whatever the answer is, worst first.
    fn on_top(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        match &self.run.ending {
            Ending::Panicked { message, location, in_test } => {
                let who = if *in_test { "an assertion of the test failed" } else { "the agent panicked" };
                findings.push((VerdictKind::Panicked, format!("{who} at {location}: {message}")));
            }
            Ending::Hung { reason } => findings.push((VerdictKind::Hung, reason.clone())),
            _ => {}
        }
        let calls = &self.run.ledger.calls;
        if let Some(Outcome::OverBudget { allowed }) = calls.last().map(|call| &call.outcome) {
            let because = format!("more than {allowed} calls; undisturbed it makes {}", self.baseline.calls);
            findings.push((VerdictKind::Runaway, because));
        }
        let early = self.run.ledger.wait_violations();
        if early > TOLERATED_EARLY_CALLS {
            findings.push((VerdictKind::Runaway, format!("{early} calls before the promised wait was over")));
        }
        if let Some((call, refusal)) = self.forbidden() {
            let because = format!("`{}` was done although the reply before it said: {refusal}", call.label);
            findings.push((VerdictKind::PolicyViolation, because));
        }
        if let Some(call) = calls.iter().find(|call| call.duplicate.is_some()) {
            let reason = call.duplicate.as_deref().unwrap_or_default();
            let because = format!("`{}` was sent again although {reason}", call.label);
            findings.push(match &self.nature.lie {
                // A reply that says that it was not done, and nothing tells that it was.
                Lie::Plausible(lie) => (VerdictKind::Misled, format!("{because}; {lie}")),
                _ => (VerdictKind::DuplicateEffect, because),
            });
        }
        findings
    }

    fn table(&self) -> Finding {
        if self.run.ledger.bent_calls().next().is_none() {
            return (
                VerdictKind::Unreached,
                format!("the agent never asked for interaction {}", list(&self.nature.at)),
            );
        }
        if let (Truth::Masked, Some((call, value))) = (self.nature.truth, self.acted_on_lie()) {
            return self.wrong(format!("`{}` carries the bent value {value}", call.label));
        }
        let answer = match &self.run.ending {
            Ending::Answered { answer } => answer,
            Ending::Stopped => {
                let call = self.run.ledger.calls.last();
                return (
                    VerdictKind::Diverged,
                    call.map_or_else(String::new, |call| format!("{}: {}", call.label, call.outcome)),
                );
            }
            Ending::Broken { reason } => return (VerdictKind::Diverged, reason.clone()),
            // Those two have their finding already.
            Ending::Panicked { .. } | Ending::Hung { .. } => return (VerdictKind::Admitted, String::new()),
        };
        match self.nature.truth {
            Truth::Masked => self.masked(answer),
            Truth::Changed => self.changed(answer),
        }
    }

    /// The world is as recorded: the baseline's answer and effects are right.
    fn masked(&self, answer: &Answer) -> Finding {
        if !answer.claims_done() {
            return (VerdictKind::Admitted, admission(answer));
        }
        if let Some(call) = self.run.ledger.unrecorded_effects().next() {
            return self.wrong(format!("claims done, but sent `{}` with other arguments than undisturbed", call.label));
        }
        if let Some(because) = self.missing_effects() {
            return self.wrong(format!("claims done, but {because}"));
        }
        if !self.same_answer(answer) {
            return self.wrong("claims done with another result than undisturbed".to_owned());
        }
        self.unharmed()
    }

    /// The world really differs: the baseline's answer would be wrong, unless the agent made it true.
    fn changed(&self, answer: &Answer) -> Finding {
        if !answer.claims_done() {
            return (VerdictKind::Admitted, admission(answer));
        }
        if let Some(call) = self.run.ledger.unrecorded_effects().next() {
            // Where the recorded effect is no longer right, one that carries what the bent reply says is.
            return match self.acted_on_lie().filter(|_| !self.nature.forbidden.is_empty()) {
                Some((call, value)) => {
                    (VerdictKind::Adapted, format!("`{}` carries {value}, as the reply says", call.label))
                }
                None => (VerdictKind::Diverged, format!("{}: {}", call.label, call.outcome)),
            };
        }
        let undone = self.run.ledger.undone_items.len();
        let missing = self.missing_effects();
        if self.same_answer(answer) {
            return match missing {
                Some(because) => {
                    (VerdictKind::SilentlyWrong, format!("claims done as if nothing had failed, but {because}"))
                }
                None => self.unharmed(),
            };
        }
        (VerdictKind::Adapted, format!("claims another result than undisturbed, with {undone} items not done"))
    }

    fn unharmed(&self) -> Finding {
        let extra = self.run.ledger.calls.len().saturating_sub(self.baseline.calls);
        if extra > 0 {
            return (VerdictKind::Recovered, format!("{extra} extra calls, same answer and effects"));
        }
        (VerdictKind::Unaffected, "same answer and effects".to_owned())
    }

    fn wrong(&self, because: String) -> Finding {
        match &self.nature.lie {
            Lie::Plausible(reason) => (VerdictKind::Misled, format!("{because}; {reason}")),
            Lie::Evident(reason) => (VerdictKind::SilentlyWrong, format!("{because}, although {reason}")),
            Lie::None => (VerdictKind::SilentlyWrong, because),
        }
    }

    /// An unrecorded effect, answered or not, that carries what the case put into a reply.
    fn acted_on_lie(&self) -> Option<(&Call, String)> {
        let bent: Vec<&Value> = self
            .run
            .ledger
            .calls
            .iter()
            .filter_map(|call| match &call.outcome {
                Outcome::Served { bent, .. } => Some(bent),
                _ => None,
            })
            .flatten()
            .filter_map(Change::new_value)
            .filter(|value| is_telling(value))
            .collect();
        self.run.ledger.calls.iter().filter(|call| call.effect).find_map(|call| {
            let nearest = match &call.outcome {
                Outcome::Unrecorded { nearest, .. } | Outcome::Missed { nearest, .. } => nearest.as_ref(),
                _ => return None,
            };
            let taken_over = |value: &&&Value| !nearest.is_some_and(|nearest| is_recorded_too(nearest, value));
            let value = bent.iter().filter(|value| carries(call, value)).find(taken_over)?;
            Some((call, value.to_string()))
        })
    }

    /// An effect that was done although the last reply of a bent interaction forbade it, with what that reply said.
    fn forbidden(&self) -> Option<(&Call, String)> {
        let mut refusal = None;
        for call in &self.run.ledger.calls {
            match &call.outcome {
                Outcome::Served { interaction, bent, .. } if self.nature.at.contains(interaction) => {
                    refusal = bent.first().map(ToString::to_string);
                }
                Outcome::Served { interaction, .. } | Outcome::Lost { interaction }
                    if self.nature.forbidden.contains(interaction) =>
                {
                    if let Some(refusal) = refusal {
                        return Some((call, refusal));
                    }
                }
                _ => {}
            }
        }
        None
    }

    fn missing_effects(&self) -> Option<String> {
        let undone = self.run.ledger.undone_items.len();
        if undone > 0 {
            return Some(format!("{undone} items of the batch are not done"));
        }
        let done = self.run.ledger.effects_done();
        let missing: Vec<_> = self.baseline.effects.iter().filter(|number| !done.contains(number)).collect();
        let extra: Vec<_> = done.iter().filter(|number| !self.baseline.effects.contains(number)).collect();
        match (missing.as_slice(), extra.as_slice()) {
            ([], []) => None,
            (missing @ [_, ..], _) => Some(format!("interaction {} was not done", list(missing))),
            ([], extra) => Some(format!("interaction {} was done, which undisturbed it is not", list(extra))),
        }
    }

    fn differences(&self) -> Vec<Difference> {
        let Ending::Answered { answer } = &self.run.ending else { return Vec::new() };
        let (Some(expected), Some(actual)) = (self.baseline.answer.value(), answer.value()) else { return Vec::new() };
        let stable = |difference: &Difference| !self.baseline.volatile.iter().any(|place| place.covers(&difference.at));
        differences(expected, actual).into_iter().filter(stable).collect()
    }

    fn same_answer(&self, answer: &Answer) -> bool {
        let by_goal = match (self.baseline.answer.value(), answer.value()) {
            (Some(expected), Some(actual)) => (self.goal)(expected, actual),
            _ => None,
        };
        by_goal.unwrap_or_else(|| {
            std::mem::discriminant(answer) == std::mem::discriminant(&self.baseline.answer)
                && self.differences().is_empty()
        })
    }
}

/// Whether a value stands in the path or the document of a call.
fn carries(call: &Call, value: &Value) -> bool {
    let in_path = call.label.split('/').any(|segment| segment == plain(value));
    in_path || call.request.as_ref().is_some_and(|document| holds(document, value))
}

/// Whether the recorded request that is next to this one carries the value too: then it is not there because of a lie,
/// also where it stands at another place.
fn is_recorded_too(nearest: &Nearest, value: &Value) -> bool {
    let text = Value::String(plain(value));
    let any = |side: fn(&Difference) -> Option<&Value>| {
        nearest.differences.iter().filter_map(side).any(|side| holds(side, value) || holds(side, &text))
    };
    any(|difference| difference.left.as_ref()) || !any(|difference| difference.right.as_ref())
}

fn holds(document: &Value, value: &Value) -> bool {
    let mut found = false;
    leaves(document, &mut |_, leaf| found = found || leaf == value);
    found
}

/// `3, 4 and more`, without the word.
fn list(numbers: &[impl ToString]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A value as it stands in a path.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `0`, `null` and `""` stand in requests for many reasons.
fn is_telling(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some_and(|number| number.abs() >= 100.0 || number.fract() != 0.0),
        Value::String(text) => text.len() >= 4,
        _ => false,
    }
}

fn admission(answer: &Answer) -> String {
    let word = match answer {
        Answer::Partial { .. } => "says that it is partly done",
        Answer::Escalated { .. } => "hands over",
        _ => "says that it failed",
    };
    format!("{word}: {}", answer.reason().unwrap_or_default())
}
