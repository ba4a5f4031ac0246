//! A replay never reaches the network.

use checkagent_tests::{Outcome, Project, Upstream};

fn recorded() -> (Project, Upstream) {
    let (project, upstream) = (Project::with(&["export"]), Upstream::start());
    project.test("export", &[]).recording(&upstream).run().succeeds();
    (project, upstream)
}

#[test]
fn an_unrecorded_read_under_a_fault_is_diverged_with_the_nearest_request_and_reaches_nobody() {
    let (project, upstream) = recorded();
    let connections = upstream.connections();
    let case = "export::replay::server_error@3";
    let run = project.test("export", &["--exact", case]).upstream(&upstream).env("SAMPLE_DETOUR", "/records?limit=7");
    let run = run.run().succeeds();
    assert_eq!(run.outcomes().of(case), Outcome::Ignored);
    run.says(&["diverged", "this read is not in the recording", "nearest is interaction 1 (GET /v1/records)", "limit"]);
    assert_eq!(upstream.connections(), connections);
}

#[test]
fn an_agent_that_has_changed_is_told_to_record_again_and_reaches_nobody() {
    let (project, upstream) = recorded();
    let connections = upstream.connections();
    let run = project.test("export", &[]).upstream(&upstream).env("SAMPLE_FIRST", "/status").run().fails();
    let outcomes = run.outcomes();
    assert_eq!(outcomes.of("export::replay::baseline"), Outcome::Failed);
    assert_eq!(outcomes.count(Outcome::Passed), 0, "{outcomes:?}");
    run.says(&["no baseline", "this read is not in the recording", "CHECKAGENT_RECORD=all cargo test"]);
    assert_eq!(upstream.connections(), connections);
}
