//! Replay: whole cases of 12 interactions, as `Suite::run` runs them.
//!
//! A case is: a thread, a runtime with a paused clock, a world, the agent, the end of all of these, and the verdict. The
//! agent clones 12 prepared requests and reads 12 bodies; its own work is in the figure. `silent` is the same case with
//! an agent that asks for nothing; `together` is one of 256 in a run of all of them. The case of 600 interactions has an
//! effect that fails early on: every read after it is compared with what the recording would have been without it.

#![expect(clippy::cast_precision_loss, reason = "counts of cases are far below 2^52")]

use std::time::{Duration, Instant};

use checkagent::Suite;
use checkagent::mutation::Lie;
use checkagent::mutation::builtin::{corrupt_value, null_field};
use checkagent_benches::agent::{FailedEffect, Untouched, Way, first_case, suite};
use checkagent_benches::synthetic::{JOB, Saved};
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime};

/// The most cases that a test has.
const TOGETHER: usize = 256;

fn cases(criterion: &mut Criterion) {
    let saved = Saved::new(JOB);
    let job = saved.path();
    let mut group = criterion.benchmark_group("case");
    let untouched = Untouched { sites: 1 };
    run(&mut group, "silent", &suite(job, Way::Silent, untouched));
    run(&mut group, "in process", &suite(job, Way::InProcess, untouched));
    run(&mut group, "in process with drift", &suite(job, Way::InProcess, null_field()));
    together(&mut group, "in process, together", &suite(job, Way::InProcess, Untouched { sites: TOGETHER }));
    values(&mut group, "1,000 values", &suite(job, Way::InProcess, corrupt_value().tries(1000)));
    run(&mut group, "loopback", &suite(job, Way::Loopback, untouched));
    let saved = Saved::new(50 * JOB);
    group.sample_size(10);
    run(&mut group, "600 with a failed effect", &suite(saved.path(), Way::InProcess, FailedEffect));
    group.finish();
}

fn run(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, suite: &Suite) {
    let case = first_case(suite);
    group.bench_function(name, |bencher| {
        bencher.iter_with_large_drop(|| suite.run(case).expect("the baseline stands"));
    });
}

/// A case of a thousand values, none of which fails: nothing gives the lie away.
fn values(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, suite: &Suite) {
    let plausible = |case: &&checkagent::Case| matches!(case.site().lie, Lie::Plausible(_));
    let case = suite.matrix().cases.iter().find(plausible).expect("a field may have other values");
    assert_eq!(suite.run(case).expect("the baseline stands").values_tried, Some(1000));
    group.sample_size(10);
    group.bench_function(name, |bencher| {
        bencher.iter_with_large_drop(|| suite.run(case).expect("the baseline stands"));
    });
    group.sample_size(100);
}

/// The time of one case when the whole matrix runs, as many at a time as there are cores.
fn together(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, suite: &Suite) {
    let run_all = || {
        let started = Instant::now();
        let reports = suite.run_all().expect("the baseline stands");
        assert_eq!(reports.len(), TOGETHER);
        started.elapsed()
    };
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|cases| {
            let matrices = cases.div_ceil(TOGETHER as u64);
            let spent: Duration = (0..matrices).map(|_| run_all()).sum();
            spent.mul_f64(cases as f64 / (matrices * TOGETHER as u64) as f64)
        });
    });
}

criterion_group!(benches, cases);
criterion_main!(benches);
