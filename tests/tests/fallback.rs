//! Without `harness = false`: an ordinary test that runs the whole matrix.

use checkagent_tests::{Outcome, Project, Upstream};

fn recorded() -> Project {
    let (project, upstream) = (Project::with(&["fallback"]), Upstream::start());
    let run = project.test("fallback", &["--nocapture"]).recording(&upstream).run().succeeds();
    let run = run.says(&["recorded 4 interactions into"]);
    assert_eq!(run.outcomes().of("calm::replay"), Outcome::Passed);
    assert_eq!(project.files("cassettes"), ["cassettes/calm.json", "cassettes/rough.json"]);
    project
}

#[test]
fn an_ordinary_test_runs_the_matrix_and_reports_the_cases_that_fail() {
    let project = recorded();
    let run = project.test("fallback", &[]).env("INSTA_UPDATE", "always").run().fails();
    let outcomes = run.outcomes();
    assert_eq!(outcomes.of("calm::replay"), Outcome::Passed);
    assert_eq!(outcomes.of("rough::replay"), Outcome::Failed);
    assert_eq!(outcomes.of("an_ordinary_test_beside_them_runs_too"), Outcome::Passed);
    run.says(&[
        "3 of 6 cases failed",
        "rough::replay::reply_lost@4:reset: duplicate effect",
        "rough::replay::reply_lost@4:stall: duplicate effect",
        "CHECKAGENT_CASE='reply_lost@4:reset' cargo test -p sample -- --exact 'rough::replay'",
    ])
    .never_says(&["rough::replay::server_error@2: "]);
    assert_eq!(project.files("tests/snapshots"), ["tests/snapshots/calm.replay.matrix.snap"]);
}

#[test]
fn one_case_can_be_chosen_as_the_report_says() {
    let project = recorded();
    let one = |case: &str| project.test("fallback", &["--exact", "rough::replay"]).env("CHECKAGENT_CASE", case).run();
    one("server_error@3").succeeds();
    one("reply_lost@4:reset").fails().says(&["1 of 1 cases failed"]).never_says(&["server_error", "stall"]);
    one("reply_lost@5").fails().says(&[
        "there is no case `reply_lost@5`",
        "the cases are:",
        "server_error@2",
        "reply_lost@4:stall",
    ]);
}

#[test]
fn two_tests_that_record_the_same_cassette_at_the_same_time_are_told_apart() {
    let source = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/sharing.rs")).unwrap();
    let project = Project::of(&[("sharing", source.replace("checkagent::main!();", ""))]);
    let upstream = Upstream::start().slow(std::time::Duration::from_millis(50));
    let run = project.test("sharing", &["--test-threads", "2"]).recording(&upstream).run().fails();
    assert_eq!(run.outcomes().count(Outcome::Passed), 1);
    run.says(&["another test is recording this cassette", "a cassette of its own"]);
    assert_eq!(upstream.answered().len(), 4, "only one may record: {:?}", upstream.answered());
}

#[test]
fn a_test_inside_a_library_runs_too_and_its_snapshot_stands_beside_it() {
    let (project, upstream) = (Project::with(&["export"]), Upstream::start());
    let sample = project.read("tests/export.rs").replace("//! ", "// ").replace("checkagent::main!();", "");
    let sample = sample.replace("reply_lost(), partial_success(), corrupt_value()", "");
    project.write("src/lib.rs", &format!("//! A library.\n\n#[cfg(test)]\nmod tests {{\n{sample}\n}}\n"));
    let lib = || project.cargo(["test", "--lib"]);
    let run = lib().recording(&upstream).run().succeeds();
    assert_eq!(run.outcomes().names(), ["tests::export::replay"]);
    lib().env("INSTA_UPDATE", "always").run().succeeds();
    assert_eq!(project.files("src/snapshots"), ["src/snapshots/tests.export.replay.matrix.snap"]);
    lib().env("CI", "true").run().succeeds();
}
