//! Cassettes that are not as they should be. Every message says what to do.

use checkagent_tests::{Outcome, Project, Run, Upstream};

const CASSETTE: &str = "cassettes/export.json";

fn recorded() -> Project {
    let (project, upstream) = (Project::with(&["export"]), Upstream::start());
    project.test("export", &[]).recording(&upstream).run().succeeds();
    project
}

#[track_caller]
fn refused(project: &Project) -> Run {
    let run = project.test("export", &[]).run().fails();
    assert_eq!(run.outcomes().names(), ["export::replay::setup"]);
    run
}

#[test]
fn a_cassette_that_cannot_be_read_fails_whatever_trials_were_asked_for() {
    let project = Project::with(&["export"]);
    let filters: [&[&str]; 4] = [
        &["--exact", "export::replay::timeout@2"],
        &["--exact", "export::replay"],
        &["timeout", "matrix"],
        &["timeout"],
    ];
    for filter in filters {
        let run = project.test("export", filter).run().fails().says(&["no such cassette"]);
        assert_eq!(run.outcomes().names(), ["export::replay::setup"], "{filter:?}");
    }
}

#[test]
fn a_missing_cassette_says_how_to_record_it() {
    let project = Project::with(&["export"]);
    refused(&project).says(&[CASSETTE, "no such cassette", "CHECKAGENT_RECORD=once cargo test export::replay"]);
    // And what it says is right.
    let upstream = Upstream::start();
    project.cargo(["test", "export::replay"]).recording(&upstream).run().succeeds();
    assert_eq!(project.files("cassettes"), [CASSETTE]);
}

#[test]
fn a_damaged_cassette_says_what_is_wrong_with_it_and_what_to_do() {
    let project = recorded();
    let good = project.read(CASSETTE);

    project.write(CASSETTE, &good[..good.len() / 2]);
    refused(&project).says(&["the file ends too early", "restore it from version control, or record it again"]);
    project.write(CASSETTE, "");
    refused(&project).says(&["the file ends too early", "record it again"]);
    std::fs::write(project.path(CASSETTE), [0xff, 0xfe, 0x00]).unwrap();
    refused(&project).says(&["not UTF-8"]);
    project.write(CASSETTE, &good.replacen("\"checkagent\": 1", "\"checkagent\": 2", 1));
    refused(&project).says(&["format version 2", "update checkagent"]);
    project.write(CASSETTE, &good.replacen("\"checkagent\": 1", "\"checkagent\": 99, \"new\": {}", 1));
    refused(&project).says(&["format version 99", "update checkagent"]);
    project.write(CASSETTE, &good.replacen("\"method\": \"GET\"", "\"method\": 7", 1));
    let line = good.lines().position(|line| line.contains("\"method\": \"GET\"")).unwrap() + 1;
    refused(&project).says(&[&format!("line {line}, field `interactions[0].request.method`"), "expected a string"]);
    project.write(CASSETTE, &good.replacen("  \"interactions\": [", "<<<<<<< ours\n  \"interactions\": [", 1));
    let line = good.lines().position(|line| line == "  \"interactions\": [").unwrap() + 1;
    refused(&project).says(&[&format!("line {line}")]);
    // A checkout that turns line ends is no damage.
    project.write(CASSETTE, &good.replace('\n', "\r\n"));
    let run = project.test("export", &["server_error"]).run().succeeds();
    assert_eq!(run.outcomes().count(Outcome::Passed), 3);
}

#[test]
fn an_edited_cassette_is_refused_until_it_is_sealed_again() {
    let project = recorded();
    let good = project.read(CASSETTE);
    project.write(CASSETTE, &good.replacen("\"amount\": 1037", "\"amount\":  2037", 1).replace("4814", "5814"));
    refused(&project).says(&["field `content_hash`", "changed after it was recorded", "CHECKAGENT_SEAL=1 cargo test"]);

    let seal = |project: &Project| project.test("export", &[]).env("CHECKAGENT_SEAL", "1");
    let run = seal(&project).env("CI", "true").run().fails();
    run.says(&["CHECKAGENT_SEAL is set together with CI", "seal where the edit is made"]);
    refused(&project);
    assert_eq!(seal(&project).run().outcomes().of("export::replay::baseline"), Outcome::Passed);
    let run = project.test("export", &["server_error"]).run().succeeds();
    assert_eq!(run.outcomes().count(Outcome::Passed), 3);
    assert!(project.read(CASSETTE).contains("\"amount\": 2037"), "sealing formats the file again");

    // An edit that the agent cannot live with is told as such, not as damage.
    let without_batch = good.replacen("/v1/batch", "/v1/bulk", 1);
    project.write(CASSETTE, &without_batch);
    seal(&project).run().fails().says(&["no baseline"]);
}

#[test]
fn a_mutation_that_finds_no_place_is_named() {
    let (project, upstream) = (Project::with(&["placeless"]), Upstream::start());
    let run = project.test("placeless", &[]).recording(&upstream).run();
    run.says(&["`partial_success` finds no place in the cassette `placeless`", "take it out of `mutations`"]);
    project.test("placeless", &[]).run().fails().says(&["`partial_success` finds no place", "or record a session"]);
}

#[test]
fn wrong_words_in_the_attribute_are_compile_errors() {
    let project = Project::with(&["wrong_layer", "wrong_mutation"]);
    let layer = project.test("wrong_layer", &[]).run().fails();
    layer.says(&["unknown layer `reply`, did you mean `replay`?", "(accepted: `replay`)", "tests/wrong_layer.rs:5:22"]);
    let mutation = project.test("wrong_mutation", &[]).run().fails();
    mutation.says(&["cannot find function `rate_limits`", "`rate_limit`", "tests/wrong_mutation.rs:5:81"]);
}
