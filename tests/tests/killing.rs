//! A recorder that is killed. What was complete is never lost, and never done again.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use checkagent_cassette::{Cassette, Journal, Request};
use checkagent_tests::kill::{Log, kill};
use checkagent_tests::{Outcome, Project, Upstream};

const ROUNDS: u64 = 24;
/// Twelve pages of one record, and the batch.
const INTERACTIONS: usize = 13;
const DELAY: Duration = Duration::from_millis(12);
const CASSETTE: &str = "cassettes/pages.json";

fn label(request: &Request) -> String {
    match request {
        Request::Http(http) => format!("{} {}", http.method, http.target),
        Request::Call(call) => call.name.to_string(),
    }
}

#[test]
fn a_recorder_that_is_killed_at_any_moment_loses_nothing_and_repeats_nothing() {
    let project = Project::with(&["pages"]);
    // Built before anything is timed.
    let _ = project.program("pages");
    let mut interrupted = 0;
    for round in 0..ROUNDS {
        let upstream = Upstream::start().slow(DELAY);
        let _ = fs::remove_dir_all(project.path("cassettes"));
        let log_path = project.path("log");
        let _ = fs::remove_file(&log_path);
        // Spread over the whole recording and over what happens between two requests; the last ones while it is written.
        let requests = (usize::try_from(round).unwrap() * INTERACTIONS / 18).min(INTERACTIONS);
        let after = Duration::from_micros(round * 7919 % 17_000);
        let record = || {
            project.test("pages", &[]).recording(&upstream).env("SAMPLE_LOG", &log_path).env("INSTA_UPDATE", "always")
        };

        record().run_while(|| kill(&log_path, &upstream, requests.max(1), after));
        let before = Log::read(&log_path).replies;
        let cassette = project.path(CASSETTE);
        if cassette.exists() {
            Cassette::load(&cassette).expect("a cassette that is there is whole");
        } else {
            interrupted += 1;
            let journal = Journal::peek(&cassette).unwrap().map(|journal| journal.interactions).unwrap_or_default();
            let kept: Vec<_> = journal.iter().map(|interaction| label(&interaction.request)).collect();
            assert_eq!(kept[..before.len().min(kept.len())], before[..], "round {round}: the agent had these replies");
            assert!(kept.len() <= before.len() + 1, "round {round}: {kept:?}");
        }

        let run = record().run().succeeds();
        let resumed = run.outcomes().names().contains(&"pages::replay::record");
        assert_eq!(resumed, !run.outcomes().names().contains(&"pages::replay::matrix"));
        assert_eq!(project.files("cassettes"), [CASSETTE], "round {round}");
        assert_eq!(Cassette::load(&cassette).unwrap().interactions().len(), INTERACTIONS, "round {round}");
        let mut answered: BTreeMap<String, usize> = BTreeMap::new();
        for request in upstream.answered() {
            let target = request.split(' ').take(2).collect::<Vec<_>>().join(" ");
            *answered.entry(target).or_default() += 1;
        }
        for request in &before {
            assert_eq!(answered.get(request), Some(&1), "round {round}: {request} was sent again");
        }
        let replay = project.test("pages", &["--exact", "pages::replay::baseline"]).run().succeeds();
        assert_eq!(replay.outcomes().of("pages::replay::baseline"), Outcome::Passed);
    }
    assert!(interrupted >= ROUNDS * 3 / 4, "only {interrupted} recordings were interrupted");
    println!("{interrupted} of {ROUNDS} recordings were interrupted");
}

#[test]
fn an_interrupted_recording_says_how_to_go_on() {
    let (project, upstream) = (Project::with(&["pages"]), Upstream::start().slow(DELAY));
    let _ = project.program("pages");
    let log_path = project.path("log");
    let record = project.test("pages", &[]).recording(&upstream).env("SAMPLE_LOG", &log_path);
    record.run_while(|| kill(&log_path, &upstream, 5, Duration::ZERO));
    project.test("pages", &[]).run().fails().says(&[
        "an interrupted recording with 4 interactions",
        "CHECKAGENT_RECORD=once cargo test pages::replay",
        "or delete the .journal file",
    ]);
    let run = project.test("pages", &[]).recording(&upstream).run().succeeds();
    run.says(&["recorded 9 interactions", "4 were known"]);
}

#[test]
fn a_recorder_that_is_killed_over_a_good_cassette_leaves_it_as_it_was() {
    let (project, upstream) = (Project::with(&["pages"]), Upstream::start());
    project.test("pages", &[]).recording(&upstream).run().succeeds();
    let good = project.read(CASSETTE);
    let (log_path, slow) = (project.path("log"), Upstream::start().slow(DELAY));
    let all =
        || project.test("pages", &[]).recording(&slow).env("CHECKAGENT_RECORD", "all").env("SAMPLE_LOG", &log_path);
    all().run_while(|| kill(&log_path, &slow, 6, Duration::ZERO));
    assert_eq!(project.read(CASSETTE), good);
    project.test("pages", &["--exact", "pages::replay::baseline"]).run().succeeds();
    // What the interrupted recording had is not asked for again.
    all().run().succeeds().says(&["5 were known"]);
    assert_eq!(slow.answered().len(), INTERACTIONS + 1, "{:?}", slow.answered());
    assert_eq!(project.files("cassettes"), [CASSETTE]);
}

#[test]
fn an_agent_whose_login_was_interrupted_finishes_its_recording_or_is_told_why_not() {
    let (project, upstream) = (Project::with(&["session"]), Upstream::start().slow(DELAY * 4));
    let _ = project.program("session");
    let log_path = project.path("log");
    let record = || project.test("session", &[]).recording(&upstream).env("SAMPLE_LOG", &log_path);
    record().run_while(|| kill(&log_path, &upstream, 2, Duration::ZERO));
    assert_eq!(project.files("cassettes"), ["cassettes/session.journal"]);
    assert!(!project.read("cassettes/session.journal").contains("tk-5ab0"), "the token of the login is in the journal");
    let run = record().run();
    assert!(
        run.status.success() || run.text().contains("an interrupted or earlier recording"),
        "it fails without a reason:\n{}",
        run.text()
    );
    assert!(record().run().status.success());
}
