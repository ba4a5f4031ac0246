//! One rule of a policy.

use super::calls::Calls;
use crate::ledger::Call;

/// What a rule decides of a call. Of several the strictest holds: deny before ask before allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// It may be made.
    Allow,
    /// A person is asked before.
    Ask,
    /// It is never made.
    Deny,
}

/// One rule.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    name: String,
    calls: Calls,
    decision: Decision,
}

/// What a rule says of one call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// It does not speak of such calls.
    Nothing,
    /// It looked at it.
    Fine,
    /// It must not be made, and why.
    Violation(String),
}

impl Rule {
    pub(super) fn decided(decision: Decision, calls: Calls) -> Self {
        let name = format!("deny {calls}");
        Self { name, calls, decision }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What it says of a call, given those before it.
    pub(super) fn look(&self, _before: &[Call], call: &Call) -> Sight {
        match self.decision {
            Decision::Deny if self.calls.select(call) => Sight::Violation(format!("`{}` is never made", call.label)),
            _ => Sight::Nothing,
        }
    }

    /// Whether it looks at the reply to such a call.
    pub(super) fn reads_reply(&self, _call: &Call) -> bool {
        false
    }
}
