//! Everything that happened in a case: the only evidence that verdicts use.

use serde::{Deserialize, Serialize};

use super::call::Call;
use super::outcome::Outcome;
use super::tier::Tier;

/// What happened, in order, with virtual time. Plain data: it can be stored, and judged again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// The calls of the agent, in order.
    pub calls: Vec<Call>,
    /// Items of a bent batch that were still not done at the end.
    pub undone_items: Vec<usize>,
    /// The faults of the case that were delivered, by their position in it.
    #[serde(default)]
    pub met: Vec<usize>,
}

impl Ledger {
    /// The calls that the case bent: the fault was delivered if there is one.
    pub fn bent_calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| call.outcome.is_bent())
    }

    /// The recorded effects that were done, each once, in order of their numbers.
    #[must_use]
    pub fn effects_done(&self) -> Vec<usize> {
        let mut done: Vec<_> = self.calls.iter().filter_map(Call::effect_done).collect();
        done.sort_unstable();
        done.dedup();
        done
    }

    /// The recorded effects that were done, each once, in the order in which they were done first.
    #[must_use]
    pub fn effects_in_order(&self) -> Vec<usize> {
        let mut done: Vec<usize> = Vec::new();
        for number in self.calls.iter().filter_map(Call::effect_done) {
            if !done.contains(&number) {
                done.push(number);
            }
        }
        done
    }

    /// The effects that are in no recording, whoever answered them.
    pub fn unrecorded_effects(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| match call.outcome {
            Outcome::Unrecorded { .. } => true,
            Outcome::Reacted { .. } => call.effect,
            _ => false,
        })
    }

    /// Calls made before a promised wait was over.
    #[must_use]
    pub fn wait_violations(&self) -> usize {
        self.calls.iter().filter(|call| matches!(call.outcome, Outcome::Limited { early: true, .. })).count()
    }

    /// How the case was decided: the tier of the answer of a model that rests on the least.
    #[must_use]
    pub fn tier(&self) -> Tier {
        self.tier_of(self.calls.len())
    }

    /// The same for so many calls from the first on.
    pub(crate) fn tier_of(&self, calls: usize) -> Tier {
        let of = |call: &Call| match (&call.outcome, &call.model) {
            (Outcome::Reacted { tier }, _) => *tier,
            (_, Some(turn)) => turn.tier,
            _ => Tier::Proved,
        };
        self.calls.iter().take(calls).map(of).max().unwrap_or_default()
    }
}
