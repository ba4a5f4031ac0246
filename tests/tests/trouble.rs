//! Agents that do not end, or not well. None of them hangs the suite.

use std::time::{Duration, Instant};

use checkagent_tests::{Outcome, Project, Upstream};

const CASE: &str = "export::replay::server_error@3";

/// Runs one case with an agent that reacts badly to the fault, and two others beside it.
#[track_caller]
fn reacting(reaction: &str, words: &[&str]) {
    let (project, upstream) = (Project::with(&["export"]), Upstream::start());
    project.test("export", &[]).recording(&upstream).run().succeeds();
    let started = Instant::now();
    let command = project.test("export", &["--exact", CASE, "export::replay::baseline"]);
    let run = command.env("SAMPLE_REACTION", reaction).run().fails();
    assert!(started.elapsed() < Duration::from_secs(40), "it took {:?}", started.elapsed());
    assert_eq!(run.outcomes().of(CASE), Outcome::Failed);
    assert_eq!(run.outcomes().of("export::replay::baseline"), Outcome::Passed);
    run.says(words);
}

#[test]
fn an_agent_that_waits_for_nothing_is_hung_at_once() {
    reacting("hang", &["server_error@3: hung", "of virtual time"]);
}

#[test]
fn an_agent_that_spins_is_hung() {
    reacting("spin", &["server_error@3: hung", "of real time", "a loop without waiting"]);
}

#[test]
fn an_agent_that_blocks_its_thread_is_hung() {
    reacting("block", &["server_error@3: hung", "blocking code"]);
}

#[test]
fn an_agent_that_panics_is_shown_with_the_place() {
    let words = ["server_error@3: panicked", "nobody told me that this can happen", "src/agent.rs:"];
    reacting("panic", &words);
}
