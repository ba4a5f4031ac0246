//! The matrix as a snapshot that people review.

use checkagent_tests::{Outcome, Project, Upstream, has_insta, has_nextest};

const SNAPSHOT: &str = "tests/snapshots/export.replay.matrix.snap";
const PENDING: &str = "tests/snapshots/export.replay.matrix.snap.new";
const MATRIX: &str = "export::replay::matrix";

/// A recorded sample without a snapshot, in which no case fails.
fn recorded() -> Project {
    let (project, upstream) = (Project::with(&["selection"]), Upstream::start());
    project.test("selection", &[]).recording(&upstream).run().succeeds();
    project.copy("cassettes/export.json", "cassettes/later.json");
    project
}

#[test]
fn without_a_reviewed_snapshot_only_the_matrix_trial_fails() {
    let project = recorded();
    let outcomes = project.test("selection", &[]).run().fails().outcomes();
    assert_eq!(outcomes.of(MATRIX), Outcome::Failed);
    assert_eq!(outcomes.count(Outcome::Failed), 1, "{outcomes:?}");
    assert_eq!(project.files("tests/snapshots"), [PENDING]);
    let pending = project.read(PENDING);
    assert!(pending.contains("rate_limit@2:seconds") && pending.contains("recovered"), "{pending}");
    assert!(pending.contains("duplicate effect (tolerated)"), "{pending}");
    assert!(!pending.contains(&project.path("").display().to_string()), "a path of this machine: {pending}");
}

#[test]
fn on_a_build_server_nothing_is_written() {
    let project = recorded();
    let before = project.files("");
    let run = project.test("selection", &[]).env("CI", "true").run().fails();
    assert_eq!(run.outcomes().of(MATRIX), Outcome::Failed);
    assert_eq!(project.files(""), before);
}

#[test]
fn on_a_build_server_no_failing_value_is_kept() {
    let (project, upstream) = (Project::with(&["export"]), Upstream::start());
    project.test("export", &[]).recording(&upstream).run().succeeds();
    let before = project.files("");
    let run = project.test("export", &["corrupt_value"]).env("CI", "true").run().fails();
    assert!(run.outcomes().count(Outcome::Failed) > 0);
    assert_eq!(project.files(""), before);
    project.test("export", &["corrupt_value"]).run().fails();
    assert_eq!(project.files("cassettes").len(), 2, "{:?}", project.files("cassettes"));
}

#[test]
fn cargo_insta_accepts_the_matrix_and_the_next_run_passes() {
    if !has_insta() {
        return;
    }
    let project = recorded();
    project.cargo(["insta", "test", "--accept", "--test", "selection"]).run().succeeds();
    assert_eq!(project.files("tests/snapshots"), [SNAPSHOT]);
    let run = project.test("selection", &[]).env("CI", "true").run().succeeds();
    assert_eq!(run.outcomes().of(MATRIX), Outcome::Passed);
    // Nothing of it is taken for a leftover, and a trial in a process of its own finds the same file.
    project.cargo(["insta", "test", "--unreferenced=reject", "--test", "selection"]).run().succeeds();
    if has_nextest() {
        project.remove(SNAPSHOT);
        let nextest = ["insta", "test", "--accept", "--test-runner", "nextest", "--test", "selection"];
        project.cargo(nextest).run().succeeds();
        assert_eq!(project.files("tests/snapshots"), [SNAPSHOT]);
        project.test("selection", &[]).run().succeeds();
    }
}

#[test]
fn cargo_insta_lists_and_shows_what_is_pending() {
    if !has_insta() {
        return;
    }
    let project = recorded();
    project.cargo(["insta", "test", "--test", "selection"]).run().fails();
    let pending = project.cargo(["insta", "pending-snapshots"]).run().succeeds();
    pending.says(&["export.replay.matrix.snap"]);
    let json = project.cargo(["insta", "pending-snapshots", "--as-json"]).run().succeeds();
    let line = json.stdout.lines().next().expect("one snapshot is pending");
    assert!(line.contains("export.replay.matrix.snap"), "{line}");
    project.cargo(["insta", "accept"]).run().succeeds().says(&["export.replay.matrix"]);
    project.test("selection", &[]).run().succeeds();
}

#[test]
fn a_changed_verdict_shows_as_one_changed_row() {
    let project = recorded();
    project.test("selection", &[]).env("INSTA_UPDATE", "always").run().succeeds();
    let reviewed = project.read(SNAPSHOT).replacen("recovered", "hung     ", 1);
    project.write(SNAPSHOT, &reviewed);
    let run = project.test("selection", &[]).env("INSTA_UPDATE", "no").run().fails();
    assert_eq!(run.outcomes().of(MATRIX), Outcome::Failed);
    let changed = |sign: char| run.stdout.lines().filter(|line| line.contains(&format!("│{sign}"))).count();
    assert_eq!((changed('-'), changed('+')), (1, 1), "{}", run.stdout);
}
