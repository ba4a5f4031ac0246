//! Effects of the agent's own code.
#![cfg(unix)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Duration;

use checkagent_tests::kill::Log;
use checkagent_tests::{Outcome, Project, Run};

const ROUNDS: u64 = 6;

struct Table {
    project: Project,
    rows: PathBuf,
    log: PathBuf,
}

impl Table {
    fn new() -> Self {
        let project = Project::with(&["effects"]);
        let _ = project.program("effects");
        Self { rows: project.path("table"), log: project.path("log"), project }
    }

    fn record(&self, meanwhile: impl FnOnce()) -> Run {
        let command = self.project.test("effects", &[]).env("CHECKAGENT_RECORD", "once");
        command.env("SAMPLE_TABLE", &self.rows).env("SAMPLE_LOG", &self.log).run_while(meanwhile)
    }

    fn rows(&self) -> Vec<String> {
        fs::read_to_string(&self.rows).unwrap_or_default().lines().map(str::to_owned).collect()
    }
}

#[test]
fn effects_of_own_code_are_done_while_recording_and_never_in_a_replay() {
    let table = Table::new();
    table.record(|| ()).succeeds().says(&["recorded 8 interactions"]);
    assert_eq!(table.rows().len(), 8);
    let replay = || table.project.test("effects", &[]).env("SAMPLE_TABLE", &table.rows).env("INSTA_UPDATE", "always");
    let outcomes = replay().run().outcomes();
    assert_eq!(outcomes.of("effects::replay::baseline"), Outcome::Passed);
    assert!(outcomes.names().len() > 10, "{outcomes:?}");
    assert_eq!(table.rows().len(), 8, "a replay has inserted rows");
}

#[test]
fn an_effect_that_was_complete_when_the_recorder_was_killed_is_not_done_again() {
    let table = Table::new();
    for round in 0..ROUNDS {
        for path in [&table.rows, &table.log] {
            let _ = fs::remove_file(path);
        }
        let _ = fs::remove_dir_all(table.project.path("cassettes"));
        table.record(|| {
            while Log::read(&table.log).replies.len() <= usize::try_from(round).expect("a small number") {
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(Duration::from_millis(round * 5 % 17));
            let pid = Log::read(&table.log).pid.expect("a process id").to_string();
            let _ = Command::new("kill").args(["-9", &pid]).output();
        });
        let before = Log::read(&table.log).replies;
        table.record(|| ()).succeeds();
        let rows = table.rows();
        for insert in &before {
            let number = insert.rsplit(' ').next().expect("a number");
            let times = rows.iter().filter(|row| *row == number).count();
            assert_eq!(times, 1, "round {round}: row {number} in {rows:?}, complete were {before:?}");
        }
        assert!(rows.len() <= 9, "round {round}: {rows:?}");
    }
}
