//! Replay: whole cases of 12 interactions, as `Suite::run` runs them.
//!
//! A case is: a thread, a runtime with a paused clock, a world, the agent, the end of all of these, and the verdict. The
//! agent clones 12 prepared requests and reads 12 bodies; its own work is in the figure. `silent` is the same case with
//! an agent that asks for nothing. The case of 600 interactions has an effect that fails early on: every read after it is
//! compared with what the recording would have been without it.

use checkagent::Suite;
use checkagent::mutation::builtin::null_field;
use checkagent_benches::agent::{FailedEffect, Untouched, Way, first_case, suite};
use checkagent_benches::synthetic::{JOB, Saved};
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime};

fn cases(criterion: &mut Criterion) {
    let saved = Saved::new(JOB);
    let job = saved.path();
    let mut group = criterion.benchmark_group("case");
    let untouched = Untouched { sites: 1 };
    run(&mut group, "silent", &suite(job, Way::Silent, untouched));
    run(&mut group, "in process", &suite(job, Way::InProcess, untouched));
    run(&mut group, "in process with drift", &suite(job, Way::InProcess, null_field()));
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

criterion_group!(benches, cases);
criterion_main!(benches);
