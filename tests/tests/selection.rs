//! Which trials run: the command line of libtest.

use checkagent_tests::{Outcome, Project, Run, Upstream};

fn recorded() -> Project {
    let (project, upstream) = (Project::with(&["selection"]), Upstream::start());
    project.test("selection", &[]).recording(&upstream).run().succeeds();
    project.copy("cassettes/export.json", "cassettes/later.json");
    project.test("selection", &[]).env("INSTA_UPDATE", "always").run().succeeds();
    project
}

fn names(run: &Run) -> Vec<String> {
    run.outcomes().names().into_iter().map(str::to_owned).collect()
}

#[test]
fn filters_select_as_libtest_has_them() {
    let project = recorded();
    let run = |arguments: &[&str]| project.test("selection", arguments).run().succeeds();

    let all = names(&run(&[]));
    let having = |words: &[&str]| -> Vec<String> {
        all.iter().filter(|name| words.iter().any(|word| name.contains(word))).cloned().collect()
    };
    assert_eq!(having(&["export::replay::"]).len(), 14, "{all:?}");

    assert_eq!(names(&run(&["rate_limit"])), having(&["rate_limit"]));
    assert_eq!(names(&run(&["timeout@2", "reply_lost"])), having(&["timeout@2", "reply_lost"]));
    assert_eq!(names(&run(&["--exact", "export::replay::timeout@2"])), ["export::replay::timeout@2"]);
    assert_eq!(names(&run(&["export::replay::timeout@2", "export::replay::matrix", "--exact"])).len(), 2);
    assert_eq!(names(&run(&["--exact", "export::replay"])), having(&["export::replay::"]));
    assert_eq!(names(&run(&["--exact", "timeout"])), [""; 0]);
    assert_eq!(names(&run(&["no such thing"])), [""; 0]);
    let skipped = run(&["--skip", "rate_limit", "--skip", "later", "replay"]);
    assert_eq!(
        names(&skipped),
        having(&["export::replay::"]).into_iter().filter(|name| !name.contains("rate_limit")).collect::<Vec<_>>()
    );
    assert_eq!(names(&run(&["--exact", "nested::plain"])), ["nested::plain"]);
    assert_eq!(run(&["--exact", "nested::plain", "--no-capture"]).outcomes().of("nested::plain"), Outcome::Passed);
    run(&["--exact", "nested::plain", "--nocapture"]).says(&["said by a plain test"]);
}

#[test]
fn ignored_tests_run_when_they_are_asked_for() {
    let project = recorded();
    let run = |arguments: &[&str]| project.test("selection", arguments).env("INSTA_UPDATE", "always").run().succeeds();
    let plain = run(&[]).outcomes();
    assert_eq!(plain.of("later::replay::timeout@2"), Outcome::Ignored);
    assert_eq!(plain.of("export::replay::timeout@2"), Outcome::Passed);
    let ignored = run(&["--ignored"]).outcomes();
    assert_eq!(ignored.of("later::replay::timeout@2"), Outcome::Passed);
    assert!(!ignored.names().contains(&"export::replay::timeout@2"), "{ignored:?}");
    let both = run(&["--include-ignored"]).outcomes();
    assert_eq!(both.count(Outcome::Ignored), 0, "{both:?}");
}

#[test]
fn trials_are_listed_without_running_an_agent() {
    let project = recorded();
    let log = project.path("log");
    for arguments in [&["--list"][..], &["--list", "--format", "terse"]] {
        let run = project.test("selection", arguments).env("SAMPLE_LOG", &log).run().succeeds();
        let listed: Vec<_> = run.stdout.lines().filter_map(|line| line.strip_suffix(": test")).collect();
        assert!(listed.contains(&"export::replay::reply_lost@4:stall"), "{listed:?}");
        assert!(listed.contains(&"nested::plain"), "{listed:?}");
        assert_eq!(listed.len(), 14 + 5 + 3, "{listed:?}");
    }
    assert!(!log.exists(), "listing ran the agent");
    let terse = project.test("selection", &["--list", "--format", "terse", "--ignored"]).run().succeeds();
    let listed: Vec<_> = terse.stdout.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    assert_eq!(listed.len(), 5, "{listed:?}");
}

#[test]
fn the_number_of_threads_may_come_from_the_environment() {
    let project = recorded();
    let meeting = |threads: &str| {
        project.test("selection", &["meeting"]).env("SAMPLE_MEET", "1").env("RUST_TEST_THREADS", threads).run()
    };
    meeting("2").succeeds();
    meeting("1").fails().says(&["met nobody"]);
    let both = project.test("selection", &["meeting", "--test-threads", "2"]).env("SAMPLE_MEET", "1");
    both.env("RUST_TEST_THREADS", "1").run().succeeds();
}

#[test]
fn a_number_of_threads_that_makes_no_sense_is_refused() {
    let project = recorded();
    let none = project.test("selection", &["--exact", "nested::plain", "--test-threads", "0"]).soon();
    none.run().fails().says(&["test-threads"]);
    for threads in ["0", "many"] {
        let run = project.test("selection", &["--exact", "nested::plain"]).env("RUST_TEST_THREADS", threads);
        run.soon().run().fails().says(&["RUST_TEST_THREADS"]);
    }
}

#[test]
fn a_plain_test_that_would_be_dropped_is_refused_and_the_other_kind_runs() {
    let project = Project::with(&["bare"]);
    project.test("bare", &[]).run().fails().says(&["line 6", "#[checkagent::test]"]);
    let source = project.read("tests/bare.rs").replace("#[test]", "#[checkagent::test]");
    project.write("tests/bare.rs", &source);
    let run = project.test("bare", &[]).run().succeeds();
    assert_eq!(run.outcomes().names(), ["forgotten", "seen"]);
}

#[test]
fn a_program_without_any_test_fails_and_says_what_is_missing() {
    let project = Project::with(&["empty"]);
    project.test("empty", &[]).run().fails().says(&["no `#[agent_test]` is linked", "use my_library as _;"]);
}
