//! When nothing is recorded. A good recording is never lost.

use checkagent_tests::{Outcome, Project, Upstream};

const CASSETTE: &str = "cassettes/careless.json";

#[test]
fn a_record_mode_that_there_is_not_is_refused_with_those_that_there_are() {
    let (project, upstream) = (Project::with(&["careless", "fallback"]), Upstream::start());
    for target in ["careless", "fallback"] {
        let run = project.test(target, &[]).recording(&upstream).env("CHECKAGENT_RECORD", "nonsense").run().fails();
        run.says(&["CHECKAGENT_RECORD=`nonsense`", "none, once, new_episodes, all or branches"]);
    }
    assert_eq!((upstream.connections(), project.files("cassettes").len()), (0, 0));
}

#[test]
fn a_build_server_never_records() {
    let (project, upstream) = (Project::with(&["careless", "fallback"]), Upstream::start());
    for target in ["careless", "fallback"] {
        let run = project.test(target, &[]).recording(&upstream).env("CI", "true").run().fails();
        run.says(&["CHECKAGENT_RECORD is set together with CI", "unset one of them"]);
    }
    assert_eq!((upstream.connections(), project.files("cassettes").len()), (0, 0));
    project.test("careless", &[]).recording(&upstream).env("CI", "false").run().succeeds();
}

#[test]
fn a_test_that_fails_while_it_is_recorded_writes_nothing() {
    let (project, upstream) = (Project::with(&["export"]), Upstream::start());
    let run = project.test("export", &[]).recording(&upstream).env("SAMPLE_FAIL", "1").run().fails();
    run.says(&["nothing was written, because the test failed", "failed as it was told to"]);
    assert_eq!(upstream.answered().len(), 4);
    assert_eq!(project.files("cassettes"), [""; 0]);
    upstream.fail_with(500);
    let run = project.test("export", &[]).recording(&upstream).env("SAMPLE_REACTION", "panic").run().fails();
    run.says(&["nothing was written, because the test failed: panicked at", "nobody told me that this can happen"]);
    assert_eq!(project.files("cassettes"), [""; 0]);
}

#[test]
fn a_service_that_cannot_be_reached_is_told_with_the_reason() {
    let project = Project::with(&["export"]);
    let record = |base: &str| {
        let command = project.test("export", &[]).env("CHECKAGENT_RECORD", "once");
        let run = command.env("CHECKAGENT_UPSTREAM_API", base).run().fails();
        assert_eq!(project.files("cassettes"), [""; 0]);
        run.says(&["nothing was written"])
    };
    let gone = Upstream::start().base();
    record(&gone).says(&["the upstream of `api` does not answer"]);
    record("api.example.com/v1").says(&["its URL has no origin"]);
    record("https://127.0.0.1:1/v1").says(&["enable the feature `tls`"]);
}

#[test]
fn an_outage_does_not_replace_a_good_recording() {
    let (project, upstream) = (Project::with(&["careless", "export"]), Upstream::start());
    project.test("careless", &[]).recording(&upstream).run().succeeds();
    project.test("export", &[]).recording(&upstream).run().succeeds();
    let good = (project.read(CASSETTE), project.read("cassettes/export.json"));
    for status in [401, 403, 429, 500, 503] {
        upstream.fail_with(status);
        let all = |target| project.test(target, &[]).recording(&upstream).env("CHECKAGENT_RECORD", "all");
        let run = all("careless").run().fails();
        run.says(&["1 of 1 replies are errors", "was kept", "Check credentials and quota"]);
    }
    upstream.fail_with(401);
    let all = project.test("export", &[]).recording(&upstream).env("CHECKAGENT_RECORD", "all");
    all.run().fails().says(&["nothing was written, because the test failed", "401"]);
    assert_eq!((project.read(CASSETTE), project.read("cassettes/export.json")), good);
    let files = project.files("cassettes");
    assert_eq!(files, [CASSETTE, "cassettes/export.json"]);
    // The outage is over: now it may be replaced.
    upstream.fail_with(0);
    let all = project.test("careless", &[]).recording(&upstream).env("CHECKAGENT_RECORD", "all");
    all.run().succeeds().says(&["recorded 1 interactions"]);
}

#[test]
fn two_tests_that_would_overwrite_each_others_recording_are_refused() {
    let (project, upstream) = (Project::with(&["sharing"]), Upstream::start());
    let run = project.test("sharing", &[]).recording(&upstream).run().fails();
    assert_eq!(run.outcomes().count(Outcome::Failed), 2);
    run.says(&["`one` and `two` share the cassette", "give each a cassette of its own"]);
    assert_eq!((upstream.connections(), project.files("cassettes").len()), (0, 0));
}
