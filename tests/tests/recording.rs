//! From the real service to verdicts.

use checkagent_tests::{Outcome, Outcomes, Project, Upstream, has_nextest};

const KEPT: &str = "cassettes/export.export.regressions.jsonl";
const SNAPSHOT: &str = "tests/snapshots/export.replay.matrix.snap";

/// A recorded sample whose failing values are kept already: from now on it has the same trials in every run.
fn recorded() -> (Project, Upstream) {
    let (project, upstream) = (Project::with(&["export"]), Upstream::start());
    let run = project.test("export", &[]).recording(&upstream).run().succeeds();
    assert_eq!(run.outcomes().names(), ["export::replay::record"]);
    assert_eq!(upstream.answered().len(), 4, "{:?}", upstream.answered());
    assert_eq!(project.files("cassettes"), ["cassettes/export.json"]);
    project.test("export", &[]).env("INSTA_UPDATE", "always").run();
    (project, upstream)
}

/// The verdicts, whatever the runner calls them.
fn decided(outcomes: &Outcomes) -> Vec<(&str, bool)> {
    outcomes.0.iter().map(|(name, outcome)| (name.as_str(), *outcome == Outcome::Failed)).collect()
}

#[test]
fn a_recording_replays_to_the_same_verdicts_in_any_order_and_number_of_threads() {
    let (project, upstream) = recorded();
    let connections = upstream.connections();
    let one = project.test("export", &["--test-threads", "1"]).run().fails().outcomes();
    let four = project.test("export", &["--test-threads", "4"]).run().fails().outcomes();
    assert_eq!(one, four);
    for outcome in [Outcome::Passed, Outcome::Failed, Outcome::Ignored] {
        assert!(one.count(outcome) > 0, "no trial is {outcome:?}, so nothing is compared: {one:?}");
    }
    for name in one.names().into_iter().rev().step_by(4) {
        let alone = project.test("export", &["--exact", name]).run().outcomes();
        assert_eq!(alone.names(), [name]);
        assert_eq!(alone.of(name), one.of(name), "{name}");
    }
    assert_eq!(upstream.connections(), connections, "a replay went to the network");
}

#[test]
fn cargo_test_and_nextest_come_to_the_same_verdicts() {
    if !has_nextest() {
        return;
    }
    let (project, _upstream) = recorded();
    let libtest = project.test("export", &[]).run().fails().outcomes();
    let snapshot = project.read(SNAPSHOT);
    project.remove(SNAPSHOT);
    let nextest = project.nextest("export", &[]).env("INSTA_UPDATE", "always").run().fails().outcomes();
    assert_eq!(decided(&libtest), decided(&nextest));
    // An undecided case is ignored while it runs, which nextest does not see: there the matrix has to be compared.
    assert_eq!(project.read(SNAPSHOT), snapshot);
}

#[test]
fn a_matrix_snapshot_is_the_same_to_the_byte_in_every_run() {
    let (project, _upstream) = recorded();
    let first = project.read(SNAPSHOT);
    for kind in ["recovered", "duplicate effect", "silently wrong", "misled", "admitted", "unaffected"] {
        assert!(first.contains(kind), "no case is {kind}:\n{first}");
    }
    for threads in ["1", "2", "4"] {
        project.remove(SNAPSHOT);
        project.test("export", &["--test-threads", threads]).env("INSTA_UPDATE", "always").run();
        assert_eq!(project.read(SNAPSHOT), first, "with {threads} threads");
    }
    let kept = project.read(KEPT);
    let mut lines: Vec<_> = kept.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), kept.lines().count(), "a failing value is kept twice:\n{kept}");
}

#[test]
fn a_failing_value_is_kept_once_however_many_processes_find_it() {
    if !has_nextest() {
        return;
    }
    let (project, upstream) = (Project::with(&["export"]), Upstream::start());
    project.test("export", &[]).recording(&upstream).run().succeeds();
    for round in 0..5 {
        let _ = std::fs::remove_file(project.path(KEPT));
        // Each case and the matrix in a process of its own, at the same time.
        project.nextest("export", &["--test-threads", "8", "corrupt_value@2", "matrix"]).run().fails();
        let kept = project.read(KEPT);
        let mut lines: Vec<_> = kept.lines().collect();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), kept.lines().count(), "round {round}: a failing value is kept twice:\n{kept}");
    }
}
