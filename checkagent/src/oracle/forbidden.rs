//! What was done although a rule or a person said no.

use super::evidence::Evidence;
use super::verdict::Finding;
use crate::ledger::{Call, Ledger, Outcome};
use crate::plan::VerdictKind;
use crate::policy::Findings;

/// What the policy of the test forbids.
pub(super) fn by_policy(policy: &Findings, ledger: &Ledger) -> Option<Finding> {
    let first = policy.violations.first()?;
    let label = ledger.calls.get(first.call).map_or("", |call| call.label.as_str());
    let more = policy.violations.len() - 1;
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    Some((VerdictKind::PolicyViolation, format!("{}: `{label}`: {}{more}", first.rule, first.because)))
}

/// An effect that was done although the last reply of a bent interaction forbade it.
pub(super) fn by_a_person(evidence: &Evidence<'_>) -> Option<Finding> {
    let (call, refusal) = forbidden(evidence)?;
    let because = format!("`{}` was done although the reply before it said: {refusal}", call.label);
    Some((VerdictKind::PolicyViolation, because))
}

/// An effect that was done although the last reply of a bent interaction forbade it, with what that reply said.
fn forbidden<'e>(evidence: &Evidence<'e>) -> Option<(&'e Call, String)> {
    let mut refusal = None;
    for call in &evidence.run.ledger.calls {
        match &call.outcome {
            Outcome::Served { interaction, bent, .. } if evidence.nature.at.contains(interaction) => {
                refusal = bent.first().map(ToString::to_string);
            }
            Outcome::Served { interaction, .. } | Outcome::Lost { interaction }
                if evidence.nature.forbidden.contains(interaction) =>
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Violation;

    fn said(violations: &[usize]) -> Option<String> {
        let violation = |call: &usize| Violation { rule: "deny".to_owned(), call: *call, because: "never".to_owned() };
        let policy = Findings { violations: violations.iter().map(violation).collect(), looked_at: vec![] };
        let call = |label| Call::new("api", label, Outcome::Indulged);
        let ledger = Ledger { calls: vec![call("GET /a"), call("DELETE /b")], ..Ledger::default() };
        by_policy(&policy, &ledger).map(|(kind, because)| {
            assert_eq!(kind, VerdictKind::PolicyViolation);
            because
        })
    }

    #[test]
    fn the_first_violation_is_named_and_the_others_are_counted() {
        assert_eq!(said(&[]), None);
        assert_eq!(said(&[1]).unwrap(), "deny: `DELETE /b`: never");
        assert_eq!(said(&[1, 0]).unwrap(), "deny: `DELETE /b`: never, and 1 more");
        assert_eq!(said(&[1, 0, 1]).unwrap(), "deny: `DELETE /b`: never, and 2 more");
    }
}
