//! An agent that does everything right is blamed for nothing, in no case of the whole matrix.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agent;
mod recording;

use std::collections::BTreeMap;

use checkagent::mutation::standard;
use checkagent::{Plan, Standing, Suite, VerdictKind};

#[test]
fn a_right_agent_fails_in_no_case_and_meets_every_fault() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("right.json");
    recording::recording().save(&path).unwrap();
    let source = checkagent::__private::Source {
        module: "right",
        function: "agent",
        file: file!(),
        line: line!(),
        manifest_dir: "",
    };
    let plan = Plan::new(source, agent::right, |_, _| {}).cassette(path.to_str().unwrap());
    let suite = Suite::load(plan.mutations(standard().budget(4000))).unwrap();
    let reports = suite.run_all().unwrap_or_else(|problem| panic!("{problem}"));
    let mut kinds: BTreeMap<_, usize> = BTreeMap::new();
    let mut blamed = Vec::new();
    for report in &reports {
        let kind = report.verdict.kind;
        *kinds.entry(kind.to_string()).or_default() += 1;
        if kind.standing() == Standing::Failing || matches!(kind, VerdictKind::Unreached | VerdictKind::Diverged) {
            let calls: Vec<_> = report.run.ledger.calls.iter().map(|call| format!("\n    {call}")).collect();
            blamed.push(format!(
                "{} is {kind}: {}\n  {:?}{}",
                report.case.name(),
                report.verdict.because,
                report.run.ending,
                calls.concat()
            ));
        }
    }
    println!("{} cases: {kinds:?}", reports.len());
    assert!(blamed.is_empty(), "{}", blamed.join("\n"));
    assert!(reports.len() > 150, "only {} cases", reports.len());
}
