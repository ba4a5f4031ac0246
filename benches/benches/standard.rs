//! The standard mutations: from a fresh recording of 100 interactions to its cases, for recordings of several kinds.

use checkagent::cassette::Cassette;
use checkagent::mutation::standard;
use checkagent::{Matrix, Recording};
use checkagent_benches::{sessions, synthetic};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

const INTERACTIONS: usize = 100;

/// Makes a recording of so many interactions.
type Session = fn(usize) -> Cassette;

fn standard_mutations(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("standard");
    let kinds: [(&str, Session); 5] = [
        ("calls of an API", synthetic::cassette),
        ("a server of tools", sessions::mcp),
        ("a model", sessions::chat),
        ("a model, streamed", sessions::streamed),
        ("batches", sessions::batches),
    ];
    for (name, session) in kinds {
        let cassette = session(INTERACTIONS);
        group.bench_function(name, |bencher| {
            bencher.iter_batched_ref(
                || Recording::new(cassette.clone(), Vec::new()),
                |recording| Matrix::of(standard(), recording).expect("nothing is asked for by name").cases.len(),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, standard_mutations);
criterion_main!(benches);
