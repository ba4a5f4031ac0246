//! The decision table of DESIGN.md.

use checkagent_cassette::analysis::{Difference, differences};

use super::evidence::{Evidence, Rules};
use super::order;
use super::taken_over::acted_on;
use super::verdict::Finding;
use crate::answer::Answer;
use crate::ledger::{Ending, Tier};
use crate::mutation::{Lie, Truth};
use crate::plan::VerdictKind;

/// One case in front of the table.
pub(super) struct Table<'t> {
    pub evidence: &'t Evidence<'t>,
    pub rules: &'t Rules<'t>,
}

impl Table<'_> {
    /// What the table says.
    pub(super) fn finding(&self) -> Finding {
        if self.evidence.run.ledger.bent_calls().next().is_none() {
            // What must hold under any model was looked at all the same; of the fault this says nothing.
            let led = match self.evidence.run.ledger.tier() {
                Tier::StandIn => ": a stand-in led it elsewhere, and no rule was broken",
                _ => "",
            };
            let at = list(&self.evidence.nature.at);
            return (VerdictKind::Unreached, format!("the agent never asked for interaction {at}{led}"));
        }
        if let (Truth::Masked, Some((call, value))) = (self.evidence.nature.truth, acted_on(self.evidence.run)) {
            return self.wrong(format!("`{}` carries the bent value {value}", call.label));
        }
        let answer = match &self.evidence.run.ending {
            Ending::Answered { answer } => answer,
            Ending::Stopped => {
                let call = self.evidence.run.ledger.calls.last();
                return (
                    VerdictKind::Diverged,
                    call.map_or_else(String::new, |call| format!("{}: {}", call.label, call.outcome)),
                );
            }
            Ending::Broken { reason } => return (VerdictKind::Diverged, reason.clone()),
            // Those two have their finding already.
            Ending::Panicked { .. } | Ending::Hung { .. } => return (VerdictKind::Admitted, String::new()),
        };
        match self.evidence.nature.truth {
            Truth::Masked => self.masked(answer),
            Truth::Changed => self.changed(answer),
        }
    }

    /// The world is as recorded: the baseline's answer and effects are right.
    fn masked(&self, answer: &Answer) -> Finding {
        if !answer.claims_done() {
            return (VerdictKind::Admitted, admission(answer));
        }
        if let Some(call) = self.evidence.run.ledger.unrecorded_effects().next() {
            return self.wrong(format!("claims done, but sent `{}` with other arguments than undisturbed", call.label));
        }
        if let Some(because) = self.other_effects() {
            return self.wrong(format!("claims done, but {because}"));
        }
        if let Err(reason) = (self.rules.check)(self.evidence.run) {
            return self.wrong(format!("claims done, but the check of the test says: {reason}"));
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
        if let Some(call) = self.evidence.run.ledger.unrecorded_effects().next() {
            // Where the recorded effect is no longer right, one that carries what the bent reply says is.
            return match acted_on(self.evidence.run).filter(|_| !self.evidence.nature.forbidden.is_empty()) {
                Some((call, value)) => {
                    (VerdictKind::Adapted, format!("`{}` carries {value}, as the reply says", call.label))
                }
                None => (VerdictKind::Diverged, format!("{}: {}", call.label, call.outcome)),
            };
        }
        if let Err(reason) = (self.rules.check)(self.evidence.run) {
            return (VerdictKind::SilentlyWrong, format!("claims done, but the check of the test says: {reason}"));
        }
        let undone = self.evidence.run.ledger.undone_items.len();
        let missing = self.other_effects();
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
        let extra = self.evidence.run.ledger.calls.len().saturating_sub(self.evidence.baseline.calls);
        if extra > 0 {
            return (VerdictKind::Recovered, format!("{extra} extra calls, same answer and effects"));
        }
        (VerdictKind::Unaffected, "same answer and effects".to_owned())
    }

    fn wrong(&self, because: String) -> Finding {
        match &self.evidence.nature.lie {
            Lie::Plausible(reason) => (VerdictKind::Misled, format!("{because}; {reason}")),
            Lie::Evident(reason) => (VerdictKind::SilentlyWrong, format!("{because}, although {reason}")),
            Lie::None => (VerdictKind::SilentlyWrong, because),
        }
    }

    /// What is not as undisturbed in the effects that were done.
    fn other_effects(&self) -> Option<String> {
        let undone = self.evidence.run.ledger.undone_items.len();
        if undone > 0 {
            return Some(format!("{undone} items of the batch are not done"));
        }
        let done = self.evidence.run.ledger.effects_done();
        let missing: Vec<_> = self.evidence.baseline.effects.iter().filter(|number| !done.contains(number)).collect();
        let extra: Vec<_> = done.iter().filter(|number| !self.evidence.baseline.effects.contains(number)).collect();
        match (missing.as_slice(), extra.as_slice()) {
            ([], []) => order::broken(self.evidence),
            (missing @ [_, ..], _) => Some(format!("interaction {} was not done", list(missing))),
            ([], extra) => Some(format!("interaction {} was done, which undisturbed it is not", list(extra))),
        }
    }

    /// Where the answer differs from the baseline's.
    pub(super) fn differences(&self) -> Vec<Difference> {
        let Ending::Answered { answer } = &self.evidence.run.ending else { return Vec::new() };
        let (Some(expected), Some(actual)) = (self.evidence.baseline.answer.value(), answer.value()) else {
            return Vec::new();
        };
        let stable =
            |difference: &Difference| !self.evidence.baseline.volatile.iter().any(|place| place.covers(&difference.at));
        differences(expected, actual).into_iter().filter(stable).collect()
    }

    fn same_answer(&self, answer: &Answer) -> bool {
        let by_goal = match (self.evidence.baseline.answer.value(), answer.value()) {
            (Some(expected), Some(actual)) => (self.rules.goal)(expected, actual),
            _ => None,
        };
        by_goal.unwrap_or_else(|| {
            std::mem::discriminant(answer) == std::mem::discriminant(&self.evidence.baseline.answer)
                && self.differences().is_empty()
        })
    }
}

/// `3, 4 and more`, without the word.
fn list(numbers: &[impl ToString]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn admission(answer: &Answer) -> String {
    let word = match answer {
        Answer::Partial { .. } => "says that it is partly done",
        Answer::Escalated { .. } => "hands over",
        _ => "says that it failed",
    };
    format!("{word}: {}", answer.reason().unwrap_or_default())
}
