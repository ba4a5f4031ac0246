//! What all cases of a test show together.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::amplification::Amplification;
use super::case::{Signals, spent};
use super::errors::Errors;
use super::partial::Handling;
use super::pass::pass_hat_k;
use super::ratio::Ratio;
use super::recovery::Recovery;
use crate::ledger::{Tokens, seconds};
use crate::oracle::Verdict;
use crate::plan::{Standing, VerdictKind};

/// A case that was judged, with its signals.
#[derive(Clone, Copy, Debug)]
pub struct JudgedCase<'c> {
    /// What its trials have in common: the operator.
    pub task: &'c str,
    /// What the oracle said.
    pub verdict: &'c Verdict,
    /// What it shows beside that.
    pub signals: &'c Signals,
}

/// What all cases of a test show together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TestSignals {
    /// How many there are.
    pub cases: usize,
    /// How often calls failed.
    pub errors: Errors,
    /// Replies that fit the recorded schema.
    pub conformance: Ratio,
    /// Items of batches that were done at once.
    pub items_done: Ratio,
    /// Items that were done by a later call, of those that failed at first.
    pub items_retried: Ratio,
    /// How cases went on after a partial success.
    pub handling: BTreeMap<Handling, usize>,
    /// How many requests were made of one.
    pub amplification: Amplification,
    /// Cases in which a good reply came after the fault, of those in which the agent met one.
    pub recovered: Ratio,
    /// The ways back, added up.
    recovery: Option<Recovery>,
    /// The longest way back, by virtual time.
    pub longest_recovery: Option<Recovery>,
    /// Cases in which the agent claims to be done and is not, of all.
    pub false_success: Ratio,
    /// Decided cases by task, and those of them that pass.
    pub tasks: BTreeMap<String, Ratio>,
    /// Tokens that models took, as far as replies say it.
    pub tokens: Tokens,
    /// What they cost in USD; `None` where no case says it.
    pub cost: Option<f64>,
}

impl TestSignals {
    /// Those of these cases.
    #[must_use]
    pub fn of<'c>(cases: impl IntoIterator<Item = JudgedCase<'c>>) -> Self {
        let mut all = Self::default();
        for case in cases {
            all.add(&case);
        }
        all
    }

    fn add(&mut self, case: &JudgedCase<'_>) {
        let JudgedCase { task, verdict, signals } = case;
        self.cases += 1;
        self.errors.add(&signals.errors);
        self.conformance += signals.conformance;
        if let Some(partial) = &signals.partial {
            self.items_done += partial.done;
            self.items_retried += partial.retried;
            *self.handling.entry(partial.handling).or_default() += 1;
        }
        self.amplification.add(&signals.amplification);
        if signals.bent {
            self.recovered.count(signals.recovery.is_some());
        }
        if let Some(way) = signals.recovery {
            let sum = self.recovery.unwrap_or(Recovery { steps: 0, ms: 0 });
            self.recovery = Some(Recovery { steps: sum.steps + way.steps, ms: sum.ms.saturating_add(way.ms) });
            let ways = self.longest_recovery.into_iter().chain([way]);
            self.longest_recovery = ways.max_by_key(|way| (way.ms, way.steps));
        }
        let is_wrong = verdict.kind == VerdictKind::SilentlyWrong || verdict.also.contains(&VerdictKind::SilentlyWrong);
        self.false_success.count(signals.claims_done && is_wrong);
        match verdict.kind.standing() {
            Standing::Undecided => {}
            standing => self.tasks.entry((*task).to_owned()).or_default().count(standing == Standing::Passing),
        }
        self.tokens = self.tokens + signals.tokens;
        if let Some(cost) = signals.cost {
            self.cost = Some(self.cost.unwrap_or_default() + cost);
        }
    }

    /// pass^k: the chance that `k` cases of one task all pass, as the mean over the tasks that have so many decided
    /// cases; `None` where none has.
    #[must_use]
    pub fn pass_hat_k(&self, k: usize) -> Option<f64> {
        let chances: Vec<f64> = self.tasks.values().filter_map(|cases| pass_hat_k(cases.of, cases.part, k)).collect();
        #[expect(clippy::cast_precision_loss, reason = "tasks are few")]
        let tasks = chances.len() as f64;
        (!chances.is_empty()).then(|| chances.iter().sum::<f64>() / tasks)
    }

    /// The mean way back to a good reply: calls, and virtual milliseconds.
    #[must_use]
    pub fn mean_recovery(&self) -> Option<(f64, f64)> {
        #[expect(clippy::cast_precision_loss, reason = "sums of few cases")]
        let mean =
            |sum: Recovery| (sum.steps as f64 / self.recovered.part as f64, sum.ms as f64 / self.recovered.part as f64);
        self.recovery.filter(|_| self.recovered.part > 0).map(mean)
    }
}

/// The `k` that are shown.
const SHOWN: [usize; 4] = [1, 2, 4, 8];

impl fmt::Display for TestSignals {
    /// A few lines; what there is nothing to say of is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cases claim to be done and are not", self.false_success)?;
        let pass: Vec<_> = SHOWN.iter().filter_map(|k| Some(format!("pass^{k} {:.2}", self.pass_hat_k(*k)?))).collect();
        if !pass.is_empty() {
            write!(f, "; {}", pass.join(", "))?;
        }
        write!(f, "\n{}\n{}", self.errors, self.amplification)?;
        if let Some((steps, ms)) = self.mean_recovery() {
            write!(f, "\n{} faults recovered from, after {steps:.1} calls and {:.3} s", self.recovered, ms / 1e3)?;
            if let Some(longest) = self.longest_recovery {
                write!(f, " (at most {} s)", seconds(longest.ms))?;
            }
        }
        if self.conformance.of > 0 {
            write!(f, "\n{} replies fit the recorded schema", self.conformance)?;
        }
        if self.items_done.of > 0 {
            let handling: Vec<_> =
                self.handling.iter().map(|(handling, cases)| format!("{handling} {cases}")).collect();
            let (done, retried) = (self.items_done, self.items_retried);
            write!(f, "\n{done} items done at once, {retried} later ({})", handling.join(", "))?;
        }
        spent(f, self.tokens, self.cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{ErrorClass, Tier};
    use crate::oracle::signals::Partial;

    fn verdict(kind: VerdictKind, also: Vec<VerdictKind>) -> Verdict {
        Verdict {
            kind,
            because: String::new(),
            also,
            differences: vec![],
            tier: Tier::Proved,
            looked_at: vec![],
            injection: None,
        }
    }

    fn signals() -> Signals {
        Signals {
            errors: Errors::default(),
            conformance: Ratio::default(),
            partial: None,
            amplification: Amplification::default(),
            bent: false,
            recovery: None,
            claims_done: true,
            tokens: Tokens::default(),
            cost: None,
        }
    }

    fn of(cases: &[(&str, Verdict, Signals)]) -> TestSignals {
        TestSignals::of(cases.iter().map(|(task, verdict, signals)| JudgedCase { task, verdict, signals }))
    }

    fn kinds(cases: &[(&'static str, VerdictKind)]) -> TestSignals {
        let case = |(task, kind): &(&'static str, VerdictKind)| (*task, verdict(*kind, vec![]), signals());
        of(&cases.iter().map(case).collect::<Vec<_>>())
    }

    #[test]
    fn false_success_is_a_claim_that_the_verdict_contradicts() {
        let silent = Signals { claims_done: false, ..signals() };
        let all = of(&[
            ("a", verdict(VerdictKind::SilentlyWrong, vec![]), signals()),
            ("a", verdict(VerdictKind::DuplicateEffect, vec![VerdictKind::SilentlyWrong]), signals()),
            ("a", verdict(VerdictKind::DuplicateEffect, vec![]), signals()),
            ("a", verdict(VerdictKind::SilentlyWrong, vec![]), silent),
            ("a", verdict(VerdictKind::Recovered, vec![]), signals()),
        ]);
        assert_eq!((all.false_success, all.cases), (Ratio::new(2, 5), 5));
    }

    #[test]
    fn pass_hat_k_is_the_mean_over_the_tasks_that_have_so_many_decided_cases() {
        use VerdictKind::{Hung, Misled, Recovered, Unaffected, Unreached};
        let all = kinds(&[
            ("timeout", Recovered),
            ("timeout", Unaffected),
            ("timeout", Hung),
            ("timeout", Misled),
            ("reset", Recovered),
            ("slow", Unreached),
        ]);
        assert_eq!(all.tasks.get("timeout"), Some(&Ratio::new(2, 3)));
        assert_eq!((all.tasks.get("reset"), all.tasks.get("slow")), (Some(&Ratio::new(1, 1)), None));
        let near = |k, expected: f64| (all.pass_hat_k(k).unwrap() - expected).abs() < 1e-12;
        assert!(near(1, f64::midpoint(2.0 / 3.0, 1.0)) && near(2, 1.0 / 3.0) && near(3, 0.0));
        assert_eq!(all.pass_hat_k(4), None);
    }

    #[test]
    fn ways_back_are_averaged_over_the_cases_that_found_one() {
        let way = |steps, ms| Signals { bent: true, recovery: Some(Recovery { steps, ms }), ..signals() };
        let lost = Signals { bent: true, ..signals() };
        let case = |signals| ("a", verdict(VerdictKind::Recovered, vec![]), signals);
        let all = of(&[case(way(1, 500)), case(way(4, 2500)), case(way(2, 2500)), case(lost), case(signals())]);
        assert_eq!(all.recovered, Ratio::new(3, 4));
        let (steps, ms) = all.mean_recovery().unwrap();
        assert!((steps - 7.0 / 3.0).abs() < 1e-12 && (ms - 5500.0 / 3.0).abs() < 1e-9);
        assert_eq!(all.longest_recovery, Some(Recovery { steps: 4, ms: 2500 }));
        assert!(
            all.to_string().contains("\n3 of 4 faults recovered from, after 2.3 calls and 1.833 s (at most 2.500 s)")
        );
        assert_eq!(of(&[case(signals())]).mean_recovery(), None);
        let unbent = Signals { bent: false, ..way(1, 500) };
        assert_eq!(of(&[case(unbent)]).mean_recovery(), None, "where nothing was bent there is no way back");
    }

    #[test]
    fn counts_of_all_cases_are_added_up_and_shown() {
        let mut errors = Errors { all: Ratio::new(1, 3), ..Errors::default() };
        errors.by_class.insert(ErrorClass::Client, 1);
        let partial = |handling| Partial { done: Ratio::new(3, 5), retried: Ratio::new(1, 2), handling };
        let one = |handling| Signals {
            errors: errors.clone(),
            conformance: Ratio::new(1, 2),
            partial: Some(partial(handling)),
            amplification: Amplification { all: Ratio::new(3, 2), worst: None },
            tokens: Tokens { input: 100, output: 10 },
            cost: Some(0.25),
            ..signals()
        };
        let case = |signals| ("a", verdict(VerdictKind::Recovered, vec![]), signals);
        let unknown = Signals { cost: None, ..one(Handling::Ignored) };
        let all = of(&[case(one(Handling::Ignored)), case(one(Handling::Admitted)), case(unknown)]);
        assert_eq!(all.handling, BTreeMap::from([(Handling::Ignored, 2), (Handling::Admitted, 1)]));
        assert_eq!(
            all.to_string(),
            "0 of 3 cases claim to be done and are not; pass^1 1.00, pass^2 1.00\n3 of 9 calls failed (client 3)\n\
             9 of 6 requests (1.50)\n3 of 6 replies fit the recorded schema\n9 of 15 items done at once, 3 of 6 later \
             (admitted 1, ignored 2)\n300 tokens in, 30 out, 0.5000 USD"
        );
    }

    #[test]
    fn of_no_cases_there_is_nothing_to_say() {
        let none = of(&[]);
        assert_eq!((none.cost, none.pass_hat_k(1)), (None, None));
        assert_eq!(none.to_string(), "0 of 0 cases claim to be done and are not\n0 of 0 calls failed\n0 of 0 requests");
        let text = serde_json::to_string(&none).unwrap();
        assert_eq!(serde_json::from_str::<TestSignals>(&text).unwrap(), none);
    }
}
