//! Calls by hand, for the unit tests of this folder.

use serde_json::Value;

use super::{Findings, Policy, Watch};
use crate::ledger::{Call, Ledger, Outcome};

/// An undisturbed reply of that number.
pub(super) fn outcome(interaction: usize) -> Outcome {
    Outcome::Served { interaction, repeated: false, bent: Vec::new() }
}

pub(super) fn served(interaction: usize, label: &str) -> Call {
    let effect = !label.starts_with("GET");
    Call { effect, status: Some(200), ..Call::new("api", label, outcome(interaction)) }
}

pub(super) fn carrying(interaction: usize, label: &str, request: Value) -> Call {
    Call { request: Some(request), ..served(interaction, label) }
}

/// With a reply.
pub(super) fn answered(call: Call, reply: Value) -> Call {
    Call { reply: Some(reply), ..call }
}

/// The call of a tool.
pub(super) fn tool(interaction: usize, label: &str, tool: &str) -> Call {
    Call { tool: Some(tool.to_owned()), ..served(interaction, label) }
}

/// That met something else.
pub(super) fn met(call: Call, outcome: Outcome) -> Call {
    Call { outcome, status: None, ..call }
}

/// A service that does nothing.
pub(super) fn faulted() -> Outcome {
    Outcome::Faulted { interaction: Some(1), fault: "503".to_owned() }
}

pub(super) fn check(policy: &Policy, calls: Vec<Call>) -> Findings {
    policy.check(&Ledger { calls, ..Ledger::default() }, Watch::default())
}

/// The calls that a policy objects to, by position, and why.
pub(super) fn objections(policy: &Policy, calls: Vec<Call>) -> Vec<(usize, String)> {
    check(policy, calls).violations.into_iter().map(|found| (found.call, found.because)).collect()
}

/// Only their positions.
pub(super) fn objected(policy: &Policy, calls: Vec<Call>) -> Vec<usize> {
    objections(policy, calls).into_iter().map(|(call, _)| call).collect()
}
