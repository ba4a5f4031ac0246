//! Sets of mutations: several faults in a case, days on which anything may fail, narrowed sets.

use checkagent_tests::{Project, Upstream};

fn recorded(samples: &[&str]) -> Project {
    let (project, upstream) = (Project::with(samples), Upstream::start());
    project.test(samples[0], &[]).recording(&upstream).run().succeeds();
    project
}

#[test]
fn sets_become_cases_and_a_failing_combination_is_made_small() {
    let project = recorded(&["sets"]);
    let run = project.test("sets", &[]).env("INSTA_UPDATE", "always").run();
    let outcomes = run.outcomes();
    let names = outcomes.names();
    let of = |group: &str| names.iter().filter(|name| name.starts_with(&format!("export::replay::{group}@"))).count();
    assert_eq!((of("pairs"), of("bad_day"), of("gone")), (6, 3, 1), "{names:?}");
    let timeouts: Vec<_> = names.iter().filter(|name| name.starts_with("export::replay::timeout@")).collect();
    assert!(!timeouts.is_empty() && !timeouts.iter().any(|name| name.ends_with("timeout@1")), "{names:?}");
    run.says(&["left out: ", " pairs of faults were met together"]);
}

#[test]
fn a_failing_combination_says_which_faults_it_takes_and_how_to_run_these() {
    let project = recorded(&["sets"]);
    let together = "careless::replay::server_error@1+timeout@1";
    let run = project.test("sets", &["--exact", together]).run().fails();
    run.says(&["it takes  only server_error@1: silently wrong", "-- --exact 'careless::replay::server_error@1'"]);
}

#[test]
fn a_name_that_means_nothing_stops_the_test_and_names_what_there_is() {
    let project = recorded(&["sets", "unknown_set"]);
    let run = project.test("unknown_set", &[]).run().fails();
    run.says(&["mutations: `rate_limits` is no operator or family here; known are rate_limit"]);
}

#[test]
fn a_recording_that_never_saw_page_two_says_so() {
    let project = recorded(&["first_page"]);
    let run = project.test("first_page", &[]).env("INSTA_UPDATE", "always").run();
    let line = "unfollowed: interaction 1 (GET /v1/records) offers a next page in header `next-page`";
    run.says(&[line]);
    let snapshot = project.read("tests/snapshots/first_page.replay.matrix.snap");
    assert!(snapshot.contains(line), "{snapshot}");
}
