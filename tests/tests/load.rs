//! Virtual time over real sockets, on a machine that has no time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use checkagent_tests::{Outcome, Project, Upstream};

const PROCESSES: usize = 10;

#[test]
fn ten_matrices_at_once_on_a_busy_machine_are_the_same() {
    let (project, upstream) = (Project::with(&["export"]), Upstream::start());
    project.test("export", &[]).recording(&upstream).run().succeeds();
    project.test("export", &["matrix"]).env("INSTA_UPDATE", "always").run().succeeds();
    let program = project.program("export");
    let busy = AtomicBool::new(true);
    let runs = thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) * 2 {
            scope.spawn(|| {
                while busy.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let matrix =
            || project.command(&program, ["--exact", "export::replay::matrix"]).env("INSTA_UPDATE", "no").run();
        let runs: Vec<_> = (0..PROCESSES).map(|_| scope.spawn(matrix)).collect();
        let runs: Vec<_> = runs.into_iter().map(thread::ScopedJoinHandle::join).collect();
        busy.store(false, Ordering::Relaxed);
        runs
    });
    for run in runs {
        // A matrix that differs from the reviewed one fails, and shows the rows that differ.
        let run = run.unwrap().succeeds();
        assert_eq!(run.outcomes().of("export::replay::matrix"), Outcome::Passed);
    }
    assert_eq!(project.files("tests/snapshots"), ["tests/snapshots/export.replay.matrix.snap"]);
}
