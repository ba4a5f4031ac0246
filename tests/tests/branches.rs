//! What a live model says to the cases of a test: recorded once, replayed offline ever after.

use checkagent_cassette::Cassette;
use checkagent_tests::{Command, Project, Upstream};

const CASSETTE: &str = "cassettes/assistant.json";
const SNAPSHOT: &str = "tests/snapshots/assistant.replay.matrix.snap";
const AGAIN: &str = "CHECKAGENT_RECORD=branches cargo test assistant::replay";

/// A recorded sample, its tool and its model.
fn recorded() -> (Project, Upstream, Upstream) {
    // Slower than virtual time: an agent whose clock did not stand still would lose patience.
    let model = Upstream::start().slow(std::time::Duration::from_millis(10));
    let (project, tool) = (Project::with(&["assistant"]), Upstream::start());
    with(&project, &tool, &model).env("CHECKAGENT_RECORD", "once").run().succeeds();
    assert_eq!((tool.asked(), model.asked()), (1, 2));
    (project, tool, model)
}

fn with(project: &Project, tool: &Upstream, model: &Upstream) -> Command {
    let command = project.test("assistant", &[]).upstream(tool).env("CHECKAGENT_UPSTREAM_LLM", model.base());
    command.env("SAMPLE_REAL", "1")
}

fn recording_branches(project: &Project, tool: &Upstream, model: &Upstream) -> Command {
    with(project, tool, model).env("CHECKAGENT_RECORD", "branches")
}

/// The matrix of a run in which nothing can be asked.
fn matrix(project: &Project) -> String {
    let _ = std::fs::remove_file(project.path(SNAPSHOT));
    project.test("assistant", &[]).env("INSTA_UPDATE", "always").run();
    project.read(SNAPSHOT)
}

fn cassette(project: &Project) -> Cassette {
    Cassette::load(project.path(CASSETTE)).expect("the cassette can be read")
}

fn cases(project: &Project) -> Vec<String> {
    cassette(project).branches().iter().map(|branch| branch.case.clone()).collect()
}

#[test]
fn branches_are_recorded_once_and_decide_the_matrix_offline() {
    let (project, tool, model) = recorded();
    let base = cassette(&project);
    assert!(matrix(&project).contains("diverged"), "without branches nobody knows what the agent would do");
    recording_branches(&project, &tool, &model).env("CI", "1").run().fails().says(&["CHECKAGENT_RECORD", "CI"]);
    assert_eq!(cassette(&project).branches(), []);

    let run = recording_branches(&project, &tool, &model).run().succeeds();
    assert_eq!(run.outcomes().names(), ["assistant::replay::record"]);
    run.says(&["cases needed the model", "0 were kept; 0 had been void"]);
    let with_branches = cassette(&project);
    assert_eq!(with_branches.base_hash(), base.base_hash());
    assert!(cases(&project).contains(&"moved@2".to_owned()), "{:?}", cases(&project));
    let asked = model.asked();
    // Nothing is new: nobody is asked, and the file stays as it is.
    recording_branches(&project, &tool, &model).run().succeeds().says(&["0 branches were recorded"]);
    assert_eq!((model.asked(), cassette(&project)), (asked, with_branches));

    drop((tool, model));
    let first = matrix(&project);
    assert!(!first.contains("model-dependent") && !first.contains("diverged"), "{first}");
    assert!(first.contains("recovered") && !first.contains("void"), "{first}");
    assert_eq!(matrix(&project), first);
}

#[test]
fn another_operator_or_another_base_makes_exactly_its_branches_void() {
    let (project, tool, model) = recorded();
    recording_branches(&project, &tool, &model).run().succeeds();
    let all = cases(&project);
    let baseline =
        |version: &str| project.test("assistant", &["baseline"]).env("SAMPLE_VERSION", version).run().succeeds();
    baseline("1").never_says(&["void"]);
    baseline("2").says(&["the branches of moved@2:", AGAIN]);
    let asked = model.asked();
    let run = recording_branches(&project, &tool, &model).env("SAMPLE_VERSION", "2").run().succeeds();
    run.says(&["1 branches were recorded", "1 had been void"]);
    assert_eq!(model.asked(), asked + 2, "one case was asked again: call the tool again, and say what it is");
    assert_eq!(cases(&project), all);
    baseline("2").never_says(&["void"]);
    baseline("1").says(&["the branches of moved@2:"]);

    model.says("Now it is");
    with(&project, &tool, &model).env("CHECKAGENT_RECORD", "all").run().succeeds();
    assert_eq!(cases(&project), all, "recording again carries them along");
    baseline("2").says(&["void", AGAIN, &format!("and {} more", all.len() - 3)]);
    assert!(matrix(&project).contains("void"));
    let run = recording_branches(&project, &tool, &model).run().succeeds();
    run.says(&[&format!("{} branches were recorded, 0 were kept; {} had been void", all.len(), all.len())]);
    baseline("1").never_says(&["void"]);
}

#[test]
fn a_model_that_fails_fails_the_recording_and_leaves_the_branches_as_they_were() {
    let (project, tool, model) = recorded();
    model.fail_with(529);
    let run = recording_branches(&project, &tool, &model).run().fails();
    run.says(&["failed to be recorded", "was answered 529", "moved@2"]);
    assert_eq!(cases(&project), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_recorder_of_branches_that_is_killed_keeps_what_was_complete() {
    use std::time::Duration;

    use checkagent_tests::kill::kill;

    let (project, tool, first) = recorded();
    let (log, slow) = (project.path("log"), Upstream::start().slow(Duration::from_millis(20)));
    let record = recording_branches(&project, &tool, &slow).env("SAMPLE_LOG", &log);
    record.run_while(|| kill(&log, &slow, 7, Duration::from_millis(5)));
    let complete = cases(&project);
    assert!(!complete.is_empty(), "three cases were over");
    let kept: Vec<_> = cassette(&project).branches().to_vec();

    let before = first.asked();
    recording_branches(&project, &tool, &first).run().succeeds();
    let (all, rest) = (cases(&project).len(), first.asked() - before);
    assert!(all > complete.len());
    for branch in kept {
        assert!(cassette(&project).branches().contains(&branch), "{} was recorded again", branch.case);
    }
    project.remove(CASSETTE);
    with(&project, &tool, &first).env("CHECKAGENT_RECORD", "once").run().succeeds();
    let before = first.asked();
    recording_branches(&project, &tool, &first).run().succeeds();
    let everything = first.asked() - before;
    assert!(rest < everything, "{rest} of {everything}: nothing that was complete is asked for again");
}
