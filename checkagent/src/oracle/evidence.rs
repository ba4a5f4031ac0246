//! What a verdict is made of.

use serde_json::Value;

use super::baseline::Baseline;
use crate::budget::Budget;
use crate::ledger::Run;
use crate::plan::{Nature, Plan};
use crate::policy::Policy;

/// What is known of a case. Plain data: it can be stored and judged again.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'e> {
    /// What the agent does when nothing is wrong.
    pub baseline: &'e Baseline,
    /// What the case does to the world.
    pub nature: &'e Nature,
    /// What the agent did.
    pub run: &'e Run,
    /// What it does with the benign twin of a planted instruction, if the case plants one.
    pub twin: Option<&'e Run>,
}

/// Compares two answers: the baseline's and the one of a case; `None` where plain equality decides.
pub type Goal<'r> = &'r dyn Fn(&Value, &Value) -> Option<bool>;

/// What has to be true of a run that claims to be done.
pub type Check<'r> = &'r dyn Fn(&Run) -> Result<(), String>;

/// What a case is judged by.
#[derive(Clone, Copy)]
pub struct Rules<'r> {
    /// What the agent must never do.
    pub policy: &'r Policy,
    /// How much a run may use.
    pub budget: &'r Budget,
    /// The test's own comparison of answers.
    pub goal: Goal<'r>,
    /// The test's own look at a run.
    pub check: Check<'r>,
    /// Whether what a stand-in leads to counts as what a model leads to.
    pub strict: bool,
}

impl std::fmt::Debug for Rules<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut rules = f.debug_struct("Rules");
        rules.field("policy", self.policy).field("budget", self.budget).field("strict", &self.strict);
        rules.finish_non_exhaustive()
    }
}

/// The rules of a test, handed to `with`: its functions are borrowed.
pub(crate) fn with_rules<T>(plan: &Plan, with: impl FnOnce(&Rules<'_>) -> T) -> T {
    with(&Rules {
        policy: plan.policy_rules(),
        budget: plan.budget_limits(),
        goal: &|expected, actual| plan.meets_goal(expected, actual),
        check: &|run| plan.meets_check(run),
        strict: plan.is_strict(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_shown_without_the_functions_of_the_test() {
        let (policy, budget) = (Policy::new(), Budget::new());
        let rules = Rules { policy: &policy, budget: &budget, goal: &|_, _| None, check: &|_| Ok(()), strict: true };
        let shown = format!("{rules:?}");
        assert!(shown.starts_with("Rules { policy: ") && shown.ends_with(", strict: true, .. }"), "{shown}");
        assert!(shown.contains(&format!(", budget: {budget:?}, ")), "{shown}");
    }
}
