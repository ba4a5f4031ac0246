//! Load: from the file of 10,000 interactions to a cassette, checked and sealed; and to a recording with its index.

use checkagent::Recording;
use checkagent::cassette::Cassette;
use checkagent_benches::synthetic::{LARGE, Saved};
use criterion::{Criterion, criterion_group, criterion_main};

fn loading(criterion: &mut Criterion) {
    let saved = Saved::new(LARGE);
    let mut group = criterion.benchmark_group("load");
    group.sample_size(30);
    let load = || Cassette::load(saved.path()).expect("the cassette is good");
    group.bench_function("cassette", |bencher| bencher.iter_with_large_drop(load));
    group.bench_function("recording", |bencher| bencher.iter_with_large_drop(|| Recording::new(load(), Vec::new())));
    group.finish();
}

criterion_group!(benches, loading);
criterion_main!(benches);
