//! What the agent does when nothing is wrong.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use checkagent_cassette::analysis::differences;
use checkagent_cassette::json::Pointer;

use super::evidence::Rules;
use super::{excess, order};
use crate::answer::Answer;
use crate::budget::Usage;
use crate::ledger::{Ending, Outcome, Run};
use crate::policy::Watch;

/// The undisturbed replay, run twice: what is right, and what differs by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// What the agent claims.
    pub answer: Answer,
    /// The recorded effects, by number.
    pub effects: Vec<usize>,
    /// The number of calls.
    pub calls: usize,
    /// Places of the answer that differ from run to run; left out of every comparison.
    pub volatile: Vec<Pointer>,
    /// Virtual time of the run, in milliseconds.
    pub elapsed_ms: u64,
    /// What else it used.
    #[serde(default)]
    pub usage: Usage,
    /// Effects that depend on one another, by number: the first of each pair has to be done before the second.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_order: Vec<(usize, usize)>,
    /// How many calls each rule of the policy looked at, in order of the rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looked_at: Vec<usize>,
}

/// Why there is no baseline, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineError(String);

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BaselineError {}

const AGAIN: &str = "if the agent changed on purpose, record again with `CHECKAGENT_RECORD=all cargo test`";

impl Baseline {
    /// Takes the baseline from two undisturbed runs.
    ///
    /// # Errors
    ///
    /// When the agent fails without any mutation, asks for what is not recorded, leaves recorded interactions unused,
    /// calls differently in the two runs, does what the rules of the test forbid or needs more than its budget; and when a
    /// limit of the budget cannot be held against anything.
    pub fn of(first: &Run, second: &Run, rules: &Rules<'_>) -> Result<Self, BaselineError> {
        let answer = answer_of(first)?;
        let again = answer_of(second)?;
        if let Some(difference) = different_calls(first, second) {
            return Err(BaselineError(format!(
                "the agent is not deterministic: two undisturbed runs make different calls: {difference}. Take random \
                 order and clocks out of its requests, or leave volatile parts out with `matching = ..`"
            )));
        }
        if let Some(call) = first.ledger.unrecorded_effects().next() {
            return Err(BaselineError(format!("the agent does what was not recorded: {call}; {AGAIN}")));
        }
        if let Some(call) = first.ledger.calls.iter().find(|call| call.duplicate.is_some()) {
            return Err(BaselineError(format!("the agent does an effect twice without any fault: {call}")));
        }
        if !first.unused.is_empty() {
            let unused: Vec<_> = first.unused.iter().map(ToString::to_string).collect();
            return Err(BaselineError(format!(
                "the agent no longer asks for interaction {} of the recording; {AGAIN}",
                unused.join(", ")
            )));
        }
        if let Answer::Error { message } = answer {
            return Err(BaselineError(format!("the agent fails on its own recording: {message}; {AGAIN}")));
        }
        let policy = rules.policy.check(&first.ledger, Watch::default());
        if let Some(violation) = policy.violations.first() {
            let label = first.ledger.calls.get(violation.call).map_or("", |call| call.label.as_str());
            return Err(BaselineError(format!(
                "the agent breaks the policy without any fault: {}: `{label}`: {}",
                violation.rule, violation.because
            )));
        }
        let usage = Usage::of(&first.ledger);
        if let Some(reason) = rules.budget.undecidable(&usage) {
            return Err(BaselineError(reason));
        }
        let passed = excess::passed(first, rules.budget, first.ledger.calls.len(), &usage);
        if !passed.is_empty() {
            let passed = passed.join("; ");
            return Err(BaselineError(format!("the agent needs more than its budget without any fault: {passed}")));
        }
        if let Err(reason) = (rules.check)(first) {
            return Err(BaselineError(format!("the check of the test does not hold without any fault: {reason}")));
        }
        let value = |answer: &Answer| answer.value().cloned().unwrap_or(Value::Null);
        let volatile = differences(&value(answer), &value(again)).into_iter().map(|difference| difference.at).collect();
        Ok(Self {
            answer: answer.clone(),
            effects: first.ledger.effects_done(),
            calls: first.ledger.calls.len(),
            volatile,
            elapsed_ms: first.elapsed_ms,
            usage,
            in_order: Vec::new(),
            looked_at: policy.looked_at,
        })
    }

    /// The same with what has to keep its order: the pairs of effects that depend on one another. A pair that the
    /// undisturbed runs do in another order, or in none, says nothing.
    #[must_use]
    pub fn with_order(mut self, dependent: Vec<(usize, usize)>, runs: [&Run; 2]) -> Self {
        let orders = runs.map(|run| run.ledger.effects_in_order());
        let kept = |pair: &(usize, usize)| orders.iter().all(|order| order::keeps(order, *pair) == Some(true));
        self.in_order = dependent.into_iter().filter(kept).collect();
        self
    }
}

fn answer_of(run: &Run) -> Result<&Answer, BaselineError> {
    let last = || run.ledger.calls.last().map_or_else(String::new, |call| format!(": {call}"));
    Err(BaselineError(match &run.ending {
        Ending::Answered { answer } => return Ok(answer),
        Ending::Stopped => format!(
            "the recording cannot answer the agent{}; {AGAIN}; if the request holds a time or a random value, leave that out with `matching = checkagent::Matching::default().ignore_query(..)`",
            last()
        ),
        Ending::Panicked { message, location, .. } => format!("the test panicked at {location}: {message}"),
        Ending::Hung { reason } => format!("the agent does not come to an end: {reason}{}", last()),
        Ending::Broken { reason } => reason.clone(),
    }))
}

/// Calls that one run made and the other did not. Their order is not compared: calls under way at the same time may
/// arrive in any.
fn different_calls(first: &Run, second: &Run) -> Option<String> {
    let met = |outcome: &Outcome| match outcome {
        Outcome::Served { interaction, .. } => Some(*interaction),
        _ => None,
    };
    let made = |run: &Run| {
        let mut made: Vec<_> = run.ledger.calls.iter().map(|call| (met(&call.outcome), call.label.clone())).collect();
        made.sort();
        made
    };
    let (first, second) = (made(first), made(second));
    if first.len() != second.len() {
        return Some(format!("{} calls, then {}", first.len(), second.len()));
    }
    let pair = first.into_iter().zip(second).find(|(a, b)| a != b);
    pair.map(|((_, a), (_, b))| format!("`{a}`, then `{b}`"))
}
