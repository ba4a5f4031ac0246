//! No operator panics, and no world does, whatever a recording holds.
//!
//! Recordings of every kind are spoilt at places that follow from a number, the seed, which a failure names.
//! `CHECKAGENT_SEEDS=1000..9000` tries others than usual.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod client;
mod recordings;
mod spoiler;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use checkagent::cassette::{Cassette, Interaction};
use checkagent::mutation::{all, standard};
use checkagent::{Ending, Matrix, Plan, Recording, Suite, VerdictKind};

use spoiler::Spoiler;

/// Sites of an operator that are bent.
const SITES: usize = 4;
/// Cases of a recording that are run.
const CASES: usize = 24;

fn seeds(usual: std::ops::Range<u64>) -> std::ops::Range<u64> {
    let Ok(wanted) = std::env::var("CHECKAGENT_SEEDS") else { return usual };
    let (from, to) = wanted.split_once("..").expect("CHECKAGENT_SEEDS=from..to");
    from.parse().unwrap()..to.parse().unwrap()
}

/// A recording that is spoilt in some places.
fn spoilt(seed: u64) -> Cassette {
    let mut spoiler = Spoiler::new(seed);
    let recordings = recordings::all();
    let mut interactions: Vec<Interaction> = spoiler.pick(&recordings).clone();
    for _ in 0..=spoiler.below(4) {
        spoiler.spoil(&mut interactions);
    }
    recordings::cassette(interactions)
}

/// Everything that an operator is asked for.
fn ask_everything(cassette: &Cassette) {
    let recording = Recording::new(cassette.clone(), Vec::new());
    let again = Recording::new(cassette.clone(), Vec::new());
    for operator in all() {
        let sites = operator.sites(&recording);
        assert_eq!(sites, operator.sites(&again), "{operator:?} finds other sites the second time");
        for site in sites.iter().take(SITES) {
            assert!((1..=cassette.interactions().len()).contains(&site.interaction), "{operator:?} is nowhere: {site}");
            assert_eq!(operator.bend(site, &recording), operator.bend(site, &again), "{operator:?} at {site}");
            for number in operator.forbids(site, &recording) {
                assert!((1..=cassette.interactions().len()).contains(&number), "{operator:?} forbids {number}");
            }
            let _ = operator.values(site, &recording);
            for interaction in cassette.interactions() {
                let _ = operator.follow_up(site, &recording, &interaction.request);
                let _ = operator.stands_for(site, &recording, &interaction.request);
            }
        }
    }
    let names = |recording: &Recording| {
        let matrix = Matrix::of(standard(), recording).unwrap();
        matrix.cases.iter().map(|case| case.name().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&recording), names(&again));
}

/// Some cases, with a client that asks for everything.
fn run_some(cassette: &Cassette, folder: &Path) {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join("spoilt.json");
    cassette.save(&path).unwrap();
    // What is no HTTP at all is refused.
    let Ok(cassette) = Cassette::load(&path) else { return };
    client::play(&cassette);
    let source = checkagent::__private::Source {
        module: "spoilt",
        function: "client",
        file: file!(),
        line: line!(),
        manifest_dir: "",
    };
    let plan = Plan::new(source, client::client, |_, _| {});
    let plan = plan.cassette(path.to_str().unwrap()).mutations(standard().budget(CASES));
    let suite = Suite::load(plan).unwrap_or_else(|problem| panic!("{problem}"));
    // A recording that no agent can have made has no baseline; that is said, and no case is run.
    let Ok(reports) = suite.run_all() else { return };
    for report in reports {
        let name = report.case.name();
        assert!(!matches!(report.run.ending, Ending::Broken { .. }), "{name}: {:?}", report.run.ending);
        let harmed = matches!(report.verdict.kind, VerdictKind::Panicked | VerdictKind::Hung);
        assert!(!harmed && report.run.notes.is_empty(), "{name}: {:?} {:?}", report.verdict, report.run.notes);
        assert!(report.verdict.kind != VerdictKind::Unreached, "{name}: {}", report.verdict.because);
    }
}

#[test]
fn whatever_a_recording_holds_operators_answer_and_worlds_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for seed in seeds(0..60) {
        let cassette = spoilt(seed);
        if std::env::var("DUMP").is_ok() {
            println!("{}", cassette.to_text());
        }
        let tried = catch_unwind(AssertUnwindSafe(|| {
            ask_everything(&cassette);
            run_some(&cassette, &folder.path().join("case"));
        }));
        if tried.is_err() {
            wrong.push(seed);
        }
    }
    assert!(wrong.is_empty(), "seeds {wrong:?}; what went wrong is said above");
}

#[test]
fn the_recordings_have_sites_of_every_operator_before_they_are_spoilt() {
    let recordings = recordings::all();
    let recordings: Vec<_> =
        recordings.into_iter().map(|all| Recording::new(recordings::cassette(all), vec![])).collect();
    let operators = all();
    let without = |operator: &&std::sync::Arc<dyn checkagent::Operator>| {
        recordings.iter().all(|recording| operator.sites(recording).is_empty())
    };
    let without: Vec<_> = operators.iter().filter(without).map(|operator| operator.id()).collect();
    assert!(without.is_empty(), "no recording has a place for {without:?}");
}
