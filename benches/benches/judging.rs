//! Judge: from the evidence of a case of 50 interactions to its verdict, with a policy and without.

use checkagent::mutation::builtin::null_field;
use checkagent::policy::{Policy, calls};
use checkagent::{Plan, StoredCase};
use checkagent_benches::agent::{Way, first_case, suite_with};
use checkagent_benches::synthetic::Saved;
use criterion::{Criterion, criterion_group, criterion_main};

const INTERACTIONS: usize = 50;

fn judging(criterion: &mut Criterion) {
    let saved = Saved::new(INTERACTIONS);
    let mut group = criterion.benchmark_group("judge");
    let mut judge = |name: &str, more: fn(Plan) -> Plan| {
        let suite = suite_with(saved.path(), Way::InProcess, null_field(), more);
        let report = suite.run(first_case(&suite)).expect("the baseline stands");
        assert!(report.run.ledger.calls.len() >= INTERACTIONS, "{} calls", report.run.ledger.calls.len());
        let stored = suite.stored(&report).expect("the baseline stands").to_json();
        let stored = StoredCase::parse(&stored).expect("it was just written");
        group.bench_function(name, |bencher| bencher.iter(|| suite.judge_again(&stored)));
    };
    judge("50 interactions", |plan| plan);
    judge("50 interactions with a policy", |plan| plan.policy(policy()));
    judge("50 interactions with a secret", |plan| plan.policy(policy_with_a_secret()));
    group.finish();
}

/// Six rules, all of which have something to look at.
fn policy() -> Policy {
    let refunds = || calls("POST /v1/refunds");
    Policy::new()
        .deny(calls("DELETE *"))
        .limit(refunds(), "/amount", 1e9)
        .at_most_once(refunds(), "/charge")
        .only_after(refunds(), calls("GET /v1/customers*"))
        .hosts(["billing"])
        .no_egress()
}

/// With a secret to look for in everything that is sent.
fn policy_with_a_secret() -> Policy {
    policy().secret("sk-live-5f0c2a9e17b84d36")
}

criterion_group!(benches, judging);
criterion_main!(benches);
