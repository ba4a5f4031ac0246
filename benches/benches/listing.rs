//! List: from recordings to the names of 1,000 cases. No agent runs.
//!
//! A test has at most 256 cases, so 1,000 are those of four tests with the standard mutations, each on a recording of 60
//! interactions. The recordings are fresh: what is known about them is found out in here.

use std::sync::Arc;

use checkagent::{Matrix, Recording, Suite};
use checkagent_benches::agent::plan;
use checkagent_benches::synthetic::{self, LARGE, Saved};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

const TESTS: usize = 4;
const INTERACTIONS: usize = 60;

fn listing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("list");
    group.sample_size(20);
    let cassette = synthetic::cassette(INTERACTIONS);
    let cases = list(&fresh(&cassette, 1)) * TESTS;
    assert!(cases >= 1000, "only {cases} cases");
    group.bench_function("expand 1000", |bencher| {
        bencher.iter_batched_ref(|| fresh(&cassette, TESTS), |recordings| list(recordings), BatchSize::LargeInput);
    });
    let saved = Saved::new(INTERACTIONS);
    group.bench_function("load and expand 1000", |bencher| {
        let plan = plan("list").cassette(&saved.path().display().to_string());
        bencher.iter_with_large_drop(|| {
            [(); TESTS].map(|()| Suite::load(plan.clone()).expect("the standard mutations fit any cassette"))
        });
    });
    group.sample_size(10);
    let large = synthetic::cassette(LARGE);
    group.bench_function("expand large", |bencher| {
        bencher.iter_batched_ref(|| fresh(&large, 1), |recordings| list(recordings), BatchSize::PerIteration);
    });
    group.finish();
}

fn fresh(cassette: &checkagent::cassette::Cassette, tests: usize) -> Vec<Arc<Recording>> {
    (0..tests).map(|_| Recording::new(cassette.clone(), Vec::new())).collect()
}

fn list(recordings: &[Arc<Recording>]) -> usize {
    let plan = plan("list");
    let expand = |recording: &Arc<Recording>| Matrix::expand(&plan, recording).expect("nothing is expected");
    recordings.iter().map(expand).map(|matrix| matrix.cases.len()).sum()
}

criterion_group!(benches, listing);
criterion_main!(benches);
