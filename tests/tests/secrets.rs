//! Secrets never reach the disk.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use checkagent_tests::{Command, Outcome, Project, Upstream, has_nextest};

/// A login as it stands in a URL: the password is `pw/9f31c@hush`.
const LOGIN: &str = "robot-77:pw%2F9f31c%40hush";

/// Where each secret is planted, and what it is.
const PLANTED: [(&str, &str); 5] = [
    ("HEADER", "hk-4b1d-header-secret"),
    ("QUERY", "qk-77aa-query%2Fsecret"),
    ("MEMBER", "mk-19c0-\"quoted\"-ä\\-secret"),
    ("BEARER", "bk5e22BearerSecret01"),
    ("COOKIE", "ck-03fe-cookie-secret"),
];

/// What must be nowhere: a piece of each secret that no escaping changes, and the login in Basic authentication.
fn forbidden() -> Vec<String> {
    let basic = STANDARD.encode("robot-77:pw/9f31c@hush");
    let pieces = ["hk-4b1d", "qk-77aa", "mk-19c0", "bk5e22", "ck-03fe", "9f31c", basic.trim_end_matches('=')];
    pieces.map(str::to_owned).to_vec()
}

fn planted(command: Command) -> Command {
    PLANTED.iter().fold(command, |command, (name, secret)| command.env(&format!("SAMPLE_{name}"), secret))
}

#[track_caller]
fn assert_clean(place: &str, bytes: &[u8]) {
    for secret in forbidden() {
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "`{secret}` is in {place}:\n{}", String::from_utf8_lossy(bytes));
    }
}

/// Every file of the project, except for the sources and what cargo makes of them.
#[track_caller]
fn assert_clean_files(project: &Project) -> usize {
    let files = project.files("");
    for file in &files {
        assert_clean(file, &std::fs::read(project.path(file)).expect("a file"));
    }
    files.len()
}

#[test]
fn seven_planted_secrets_are_in_no_file_that_was_written_not_even_for_a_moment() {
    let (project, upstream) = (Project::with(&["secrets"]), Upstream::start());
    let base = upstream.base_of(LOGIN);
    let record = project.test("secrets", &[]).recording(&upstream).env("CHECKAGENT_UPSTREAM_API", &base);
    let run = planted(record).env("SAMPLE_COPIES", project.path("copies")).run().succeeds();
    assert_clean("the output", run.text().as_bytes());
    assert_eq!(project.files("copies").len(), 3, "the journal was copied while it grew");
    assert!(project.read("copies/at-the-end").lines().count() == 4, "one line an interaction");
    assert_clean_files(&project);

    let cassette = project.read("cassettes/secrets.json");
    for kept in ["limit=5", "may not see this", "the other side uses Bearer", "client_secret"] {
        assert!(cassette.contains(kept), "`{kept}` is not in the cassette, so nothing was tested:\n{cassette}");
    }
    // They did arrive where they were meant to.
    let login = upstream.answered().remove(0);
    assert!(login.contains("qk-77aa") && login.contains("mk-19c0") && login.contains("bk5e22"), "{login}");
}

#[test]
fn a_replay_by_an_agent_that_still_has_the_secrets_writes_none_of_them_either() {
    let (project, upstream) = (Project::with(&["secrets"]), Upstream::start());
    let base = upstream.base_of(LOGIN);
    let record = project.test("secrets", &[]).recording(&upstream).env("CHECKAGENT_UPSTREAM_API", &base);
    planted(record).run().succeeds();
    // With them, with others, and without: the same interactions.
    for planted_by in [planted, |command| command, |command: Command| command.env("SAMPLE_QUERY", "another")] {
        let run = planted_by(project.test("secrets", &[])).env("CHECKAGENT_EXPLAIN", "1").run();
        assert_eq!(run.outcomes().of("secrets::replay::baseline"), Outcome::Passed);
    }
    if has_nextest() {
        let run = planted(project.nextest("secrets", &[])).env("CHECKAGENT_EXPLAIN", "1").run().fails();
        assert_clean("the output", run.text().as_bytes());
        assert!(project.files("nextest").iter().any(|file| file.ends_with("junit.xml")));
    }
    assert_clean_files(&project);
}

#[test]
fn a_service_that_tells_the_password_of_the_url_is_not_quoted() {
    let (project, upstream) = (Project::with(&["secrets"]), Upstream::start());
    let base = upstream.base_of(LOGIN);
    let record = project.test("secrets", &[]).recording(&upstream).env("CHECKAGENT_UPSTREAM_API", &base);
    let run = planted(record).env("SAMPLE_ACCOUNT", "/whoami").run().succeeds();
    assert_clean("the output", run.text().as_bytes());
    assert!(project.read("cassettes/secrets.json").contains("your login is "));
    assert_clean_files(&project);
}
