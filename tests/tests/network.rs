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

#[test]
fn a_recording_says_where_replies_lead_to_a_service_that_is_not_declared() {
    let (project, upstream) = (Project::with(&["export"]), Upstream::start());
    let base = upstream.known_by_another_name();
    let run = project.test("export", &[]).recording(&upstream).env("CHECKAGENT_UPSTREAM_API", base).run();
    let origin = upstream.base().replace("/v1", "");
    run.says(&[&format!("replies lead to {origin}, which no upstream declares"), "would leave the recording there"]);
}

#[test]
fn a_second_name_of_a_service_can_be_declared_and_is_recorded_and_replayed_with_it() {
    let source = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/export.rs")).expect("a sample");
    let source = source.replace("upstream(api = ", "upstream(canonical = \"http://127.0.0.1:1\", api = ");
    let (project, upstream) = (Project::of(&[("export", source)]), Upstream::start());
    let base = upstream.known_by_another_name();
    let canonical = upstream.base().replace("/v1", "");
    let record = project.test("export", &[]).recording(&upstream).env("CHECKAGENT_UPSTREAM_API", base);
    let run = record.env("CHECKAGENT_UPSTREAM_CANONICAL", canonical).run().succeeds();
    run.says(&["recorded 4 interactions"]).never_says(&["which no upstream declares"]);
    let connections = upstream.connections();
    let run = project.test("export", &["--exact", "export::replay::baseline"]).run().succeeds();
    assert_eq!(run.outcomes().count(Outcome::Passed), 1);
    assert_eq!(upstream.connections(), connections, "a replay was answered by the real service");
}

#[test]
fn an_agent_that_asks_for_less_than_was_recorded_is_told_which_interaction_is_left() {
    let (project, upstream) = (Project::with(&["export"]), Upstream::start());
    project.test("export", &[]).recording(&upstream).env("SAMPLE_FIRST", "/status").run().succeeds();
    let run = project.test("export", &["baseline"]).run().fails();
    run.says(&["no longer asks for interaction 1", "CHECKAGENT_RECORD=all cargo test"]);
}

#[test]
fn a_channel_that_there_is_not_is_told_with_those_that_there_are() {
    let sample = |channel: &str| {
        let source = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/export.rs"));
        source.expect("a sample").replace("world.http(\"api\")", &format!("world.http(\"{channel}\")"))
    };
    let project = Project::of(&[("export", sample("apis"))]);
    let upstream = Upstream::start();
    let run = project.test("export", &[]).recording(&upstream).run().fails();
    run.says(&["there is no http channel `apis`; there are: api", "upstream(apis ="]);
    project.write("tests/export.rs", &sample("api"));
    project.test("export", &[]).recording(&upstream).run().succeeds();
    project.write("tests/export.rs", &sample("apis"));
    let run = project.test("export", &["baseline"]).run().fails();
    run.says(&["there is no http channel `apis`; there are: api"]);
}
