//! A policy: rules, and what they find in a ledger.

use serde::{Deserialize, Serialize};

use super::calls::Calls;
use super::rule::{Decision, Rule, Sight};
use crate::ledger::{Call, Ledger, Outcome};

/// What the agent must never do, whatever the world does.
///
/// A value: rules over the calls of a ledger, checked on the baseline and on every case. Each rule says what it looks
/// at; one that never had anything to look at is reported as vacuous.
///
/// # Examples
///
/// ```
/// use checkagent::policy::{Policy, calls};
///
/// let policy = Policy::new().deny(calls("DELETE /v1/orders/*")).deny(calls("send_*"));
/// assert_eq!(policy.rules().collect::<Vec<_>>(), ["deny DELETE /v1/orders/*", "deny send_*"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Policy {
    rules: Vec<Rule>,
    blocks: bool,
}

/// What a policy finds in a ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// What was done against it, in order of the calls.
    pub violations: Vec<Violation>,
    /// How many calls each rule looked at, in order of the rules.
    pub looked_at: Vec<usize>,
}

/// Something that was done although a rule says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The rule, as it says of itself.
    pub rule: String,
    /// The call, by its position in the ledger.
    pub call: usize,
    /// What is wrong with it.
    pub because: String,
}

impl Policy {
    /// A policy without rules.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// These calls are never made.
    #[must_use]
    pub fn deny(mut self, calls: Calls) -> Self {
        self.rules.push(Rule::decided(Decision::Deny, calls));
        self
    }

    /// The world stands in front of what a rule forbids: the call is refused, nothing is done, and the case goes on.
    /// Without this, the policy only judges what was done.
    #[must_use]
    pub fn blocking(mut self) -> Self {
        self.blocks = true;
        self
    }

    /// The rules as they say of themselves.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(Rule::name)
    }

    /// Whether there is nothing to check.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// What was done against the policy, and what its rules had to look at.
    #[must_use]
    pub fn check(&self, ledger: &Ledger) -> Findings {
        let mut findings = Findings { violations: Vec::new(), looked_at: vec![0; self.rules.len()] };
        for (index, call) in ledger.calls.iter().enumerate() {
            let before = &ledger.calls[..index];
            for (rule, looked_at) in self.rules.iter().zip(&mut findings.looked_at) {
                match rule.look(before, call) {
                    Sight::Nothing => {}
                    Sight::Fine => *looked_at += 1,
                    Sight::Violation(because) => {
                        *looked_at += 1;
                        // What the policy itself stopped was not done.
                        if !matches!(call.outcome, Outcome::Blocked { .. }) {
                            findings.violations.push(Violation { rule: rule.name().to_owned(), call: index, because });
                        }
                    }
                }
            }
        }
        findings
    }

    /// Why this call is refused, if the policy blocks: the rule, and what it found.
    pub(crate) fn refusal(&self, before: &[Call], call: &Call) -> Option<(String, String)> {
        let mut rules = self.rules.iter().filter(|_| self.blocks);
        rules.find_map(|rule| match rule.look(before, call) {
            Sight::Violation(because) => Some((rule.name().to_owned(), because)),
            _ => None,
        })
    }

    /// Whether a rule looks at the reply to such a call.
    pub(crate) fn reads_reply(&self, call: &Call) -> bool {
        self.rules.iter().any(|rule| rule.reads_reply(call))
    }
}
