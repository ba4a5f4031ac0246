//! An agent that does everything right is blamed for nothing, in no case of the whole matrix.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agent;
mod conversation;
mod recording;
mod talking;

use std::pin::Pin;

use checkagent::cassette::Interaction;
use checkagent::mutation::{Lie, standard};
use checkagent::{Answer, Plan, Report, StandIn, Standing, Suite, Tier, VerdictKind, World};

type Agent = fn(World) -> Pin<Box<dyn Future<Output = Answer>>>;

/// Runs every case.
fn reports(agent: Agent, interactions: Vec<Interaction>, setting: impl Fn(Plan) -> Plan) -> Vec<Report> {
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
    let suite = Suite::load(setting(plan)).unwrap();
    suite.run_all().unwrap_or_else(|problem| panic!("{problem}"))
}

/// Runs every case; says which should not have come out as they did, with what happened there.
fn blamed(agent: Agent, interactions: Vec<Interaction>) -> (usize, Vec<String>) {
    let reports = reports(agent, interactions, |plan| plan.mutations(standard().budget(4000)));
    let mut blamed = Vec::new();
    for report in &reports {
        let kind = report.verdict.kind;
        // What a model would have said to a lie that nothing gives away is not recorded.
        let led_astray = kind == VerdictKind::Diverged && matches!(report.case.site().lie, Lie::Plausible(_));
        let undecided = matches!(kind, VerdictKind::Unreached | VerdictKind::Diverged) && !led_astray;
        if kind.standing() == Standing::Failing || undecided {
            blamed.push(told(report));
        }
    }
    (reports.len(), blamed)
}

fn told(report: &Report) -> String {
    let Report { case, verdict, run, .. } = report;
    let calls: Vec<_> = run.ledger.calls.iter().map(|call| format!("\n    {call}")).collect();
    let (name, kind, because) = (case.name(), verdict.kind, &verdict.because);
    format!("{name} is {kind}: {because}\n  {:?}{}", run.ending, calls.concat())
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

#[test]
fn no_model_gets_an_agent_that_looks_at_what_it_is_told_past_its_gates() {
    for stand_in in StandIn::ALL {
        let setting = |plan: Plan| plan.mutations(standard().budget(60)).replace_model(stand_in.clone()).strict();
        let reports = reports(talking::right, conversation::conversation(), setting);
        let failing = |report: &&Report| report.verdict.kind.standing() == Standing::Failing;
        let failing: Vec<_> = reports.iter().filter(failing).map(told).collect();
        assert!(failing.is_empty(), "{stand_in:?}\n{}", failing.join("\n"));
        let of_stand_in = reports.iter().filter(|report| report.verdict.tier == Tier::StandIn).count();
        assert!(of_stand_in > 30, "{stand_in:?} answered in {of_stand_in} of {} cases", reports.len());
    }
}
