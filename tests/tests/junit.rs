//! What nextest writes for build servers.

use checkagent_tests::{Project, Upstream, has_nextest};

#[test]
fn the_junit_report_names_the_verdict_of_each_failure() {
    if !has_nextest() {
        return;
    }
    let (project, upstream) = (Project::with(&["export"]), Upstream::start());
    project.test("export", &[]).recording(&upstream).run().succeeds();
    project.nextest("export", &["-E", "test(reply_lost) + test(=export::replay::timeout@2)"]).run().fails();
    let report = project.read("nextest/default/junit.xml");
    let messages: Vec<_> = report
        .split("<failure ")
        .skip(1)
        .map(|failure| failure.split_once("message=\"").unwrap().1.split_once('"').unwrap().0)
        .collect();
    assert_eq!(messages.len(), 3, "{report}");
    for message in &messages {
        assert!(message.contains("reply_lost@4:") && message.contains("duplicate effect"), "{message}");
    }
    assert!(report.contains("name=\"export::replay::timeout@2\""), "{report}");
}

#[test]
fn a_broken_setup_is_a_failure_with_its_reason_in_the_junit_report() {
    if !has_nextest() {
        return;
    }
    let project = Project::with(&["export"]);
    project.nextest("export", &[]).run().fails().says(&["CHECKAGENT_RECORD=once cargo test export::replay"]);
    let report = project.read("nextest/default/junit.xml");
    let message = report.split_once("message=\"").unwrap().1.split_once('"').unwrap().0;
    assert!(message.contains("no such cassette"), "{report}");
}
