//! An agent that does everything right is blamed for nothing, in no case of the whole matrix.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agent;
mod conversation;
mod recording;
mod talking;

use std::pin::Pin;

use checkagent::cassette::Interaction;
use checkagent::mutation::{Lie, standard};
use checkagent::{Answer, Plan, Standing, Suite, VerdictKind, World};

type Agent = fn(World) -> Pin<Box<dyn Future<Output = Answer>>>;

/// Runs every case; says which should not have come out as they did, with what happened there.
fn blamed(agent: Agent, interactions: Vec<Interaction>) -> (usize, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("right.json");
    recording::cassette(interactions).save(&path).unwrap();
    let source = checkagent::__private::Source {
        module: "right",
        function: "agent",
        file: file!(),
        line: line!(),
        manifest_dir: "",
    };
    let plan = Plan::new(source, agent, |_, _| {}).cassette(path.to_str().unwrap());
    let suite = Suite::load(plan.mutations(standard().budget(4000))).unwrap();
    let reports = suite.run_all().unwrap_or_else(|problem| panic!("{problem}"));
    let mut blamed = Vec::new();
    for report in &reports {
        let kind = report.verdict.kind;
        // What a model would have said to a lie that nothing gives away is not recorded.
        let led_astray = kind == VerdictKind::Diverged && matches!(report.case.site().lie, Lie::Plausible(_));
        let undecided = matches!(kind, VerdictKind::Unreached | VerdictKind::Diverged) && !led_astray;
        if kind.standing() == Standing::Failing || undecided {
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
    (reports.len(), blamed)
}

#[test]
fn an_agent_that_reads_pages_and_writes_a_batch_rightly_is_blamed_for_nothing() {
    let (cases, blamed) = blamed(agent::right, recording::reminding());
    assert!(blamed.is_empty(), "{}", blamed.join("\n"));
    assert!(cases > 150, "only {cases} cases");
}

#[test]
fn an_agent_that_does_what_a_model_says_rightly_is_blamed_for_nothing() {
    let (cases, blamed) = blamed(talking::right, conversation::conversation());
    assert!(blamed.is_empty(), "{}", blamed.join("\n"));
    assert!(cases > 100, "only {cases} cases");
}
