//! From evidence to a verdict: what is wrong whatever the answer is, and the decision table.

use super::evidence::{Evidence, Rules};
use super::table::Table;
use super::verdict::{Finding, Verdict};
use super::{ending, excess, forbidden, repeated};
use crate::ledger::Tier;
use crate::plan::{Standing, VerdictKind};
use crate::policy::Watch;

/// Judges one run. A pure function: the same evidence gives the same verdict, also from a stored ledger.
#[must_use]
pub fn judge(evidence: &Evidence<'_>, rules: &Rules<'_>) -> Verdict {
    let policy = rules.policy.check(&evidence.run.ledger, Watch::of(evidence.nature.attack.as_ref()));
    // Worst first.
    let mut findings: Vec<Finding> = Vec::new();
    findings.extend(ending::failed(evidence.run));
    findings.extend(excess::findings(evidence, rules.budget));
    findings.extend(forbidden::by_policy(&policy, &evidence.run.ledger));
    findings.extend(forbidden::by_a_person(evidence));
    findings.extend(repeated::finding(evidence));
    let table = Table { evidence, rules };
    let differences = table.differences();
    let tier = evidence.run.ledger.tier();
    let found = of_tier(table.finding(), tier, rules.strict);
    if findings.is_empty() || found.0 == VerdictKind::SilentlyWrong {
        findings.push(found);
    }
    let (kind, because) = findings.remove(0);
    let also = findings.into_iter().map(|(kind, _)| kind).collect();
    Verdict { kind, because, also, differences, tier, looked_at: policy.looked_at }
}

/// What is left of the table's finding where a stand-in spoke for the model: the claim that the work is done is the
/// stand-in's, and says nothing of what a model would say.
fn of_tier(found: Finding, tier: Tier, strict: bool) -> Finding {
    let (kind, because) = found;
    let claims = kind.standing() == Standing::Failing
        || matches!(kind, VerdictKind::Recovered | VerdictKind::Unaffected | VerdictKind::Adapted);
    if tier == Tier::StandIn && !strict && claims {
        return (VerdictKind::ModelDependent, format!("{kind} with a stand-in: {because}"));
    }
    (kind, because)
}
