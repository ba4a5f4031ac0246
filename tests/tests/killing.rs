//! A recorder that is killed. What was complete is never lost, and never done again.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use checkagent_cassette::{Cassette, Journal, Request};
use checkagent_tests::{Outcome, Project, Upstream};

const ROUNDS: u64 = 20;
/// Twelve pages of one record, and the batch.
const INTERACTIONS: usize = 13;
const DELAY: Duration = Duration::from_millis(12);
const CASSETTE: &str = "cassettes/pages.json";

/// The replies that the agent had completely: method and target. The first line is the process id.
fn log(path: &Path) -> (Option<u32>, Vec<String>) {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut pid = None;
    let mut replies = Vec::new();
    for line in text.lines() {
        match line.split_once(' ') {
            Some(("pid", number)) => pid = number.parse().ok(),
            _ => replies.push(line.rsplit_once(' ').map_or(line, |(request, _status)| request).to_owned()),
        }
    }
    (pid, replies)
}

/// Waits for a moment in the recording, and kills the process that records. Not cargo, which would leave it running.
fn kill(path: &Path, upstream: &Upstream, requests: usize, after: Duration) {
    let started = Instant::now();
    while upstream.asked() < requests && started.elapsed() < Duration::from_secs(300) {
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(after);
    let pid = log(path).0.expect("the agent has logged its process id");
    // It may have come to its end just now.
    let _ = Command::new("kill").args(["-9", &pid.to_string()]).output();
}

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
        // Spread over the whole recording, and over what happens between two requests.
        let requests = usize::try_from(round).unwrap() * INTERACTIONS / 18;
        let after = Duration::from_micros(round * 7919 % 17_000);
        let record = || {
            project.test("pages", &[]).recording(&upstream).env("SAMPLE_LOG", &log_path).env("INSTA_UPDATE", "always")
        };

        record().run_while(|| kill(&log_path, &upstream, requests.max(1), after));
        let (_, before) = log(&log_path);
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
        for file in project.files("cassettes") {
            assert!(file.ends_with(".json") || file.ends_with(".journal"), "round {round}: {file} was left");
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
