//! Recording what is not in a cassette yet.

use checkagent_tests::{Outcome, Project, Upstream};

const CASSETTE: &str = "cassettes/export.json";

fn recorded() -> (Project, Upstream) {
    let (project, upstream) = (Project::with(&["export"]), Upstream::start());
    project.test("export", &[]).recording(&upstream).run().succeeds();
    (project, upstream)
}

#[test]
fn new_episodes_asks_only_for_what_is_not_recorded() {
    let (project, upstream) = recorded();
    let more = project.test("export", &[]).recording(&upstream).env("CHECKAGENT_RECORD", "new_episodes");
    more.env("SAMPLE_FIRST", "/status").run().succeeds().says(&["recorded 1 interactions", "4 were known"]);
    assert_eq!(upstream.answered().len(), 5, "{:?}", upstream.answered());
    assert_eq!(upstream.answered()[4], "GET /v1/status");
    let run = project.test("export", &["baseline"]).env("SAMPLE_FIRST", "/status").run().succeeds();
    assert_eq!(run.outcomes().count(Outcome::Passed), 1);
}

#[test]
fn a_recording_in_which_nothing_is_new_stays_as_it_is() {
    let (project, upstream) = recorded();
    let good = project.read(CASSETTE);
    // The header holds the second in which it was recorded.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    for mode in ["once", "new_episodes"] {
        let run = project.test("export", &[]).recording(&upstream).env("CHECKAGENT_RECORD", mode);
        run.env("INSTA_UPDATE", "always").run();
        assert_eq!(project.read(CASSETTE), good, "{mode} has rewritten it");
    }
    assert_eq!(upstream.answered().len(), 4, "{:?}", upstream.answered());
}

#[test]
fn all_asks_for_everything_again() {
    let (project, upstream) = recorded();
    let all = project.test("export", &[]).recording(&upstream).env("CHECKAGENT_RECORD", "all");
    all.run().succeeds().says(&["recorded 4 interactions"]);
    assert_eq!(upstream.answered().len(), 8, "{:?}", upstream.answered());
}
