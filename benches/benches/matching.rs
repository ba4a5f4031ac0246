//! Match: from a request to the interaction that answers it, among 10,000.
//!
//! `lookup` has the key already; `get` (with a query) and `post` (with a JSON body of about 300 bytes) compute it too, as
//! a session does that has seen every reply.

use std::hint::black_box;

use checkagent::cassette::key::{Key, Keyer};
use checkagent::cassette::{Interaction, Request};
use checkagent::{Matching, Recording};
use checkagent_benches::synthetic::{self, CHANNEL, LARGE, Random};
use criterion::{Criterion, criterion_group, criterion_main};

fn matching(criterion: &mut Criterion) {
    let recording = Recording::new(synthetic::cassette(LARGE), Vec::new());
    let mut keyer = Keyer::new(Matching::default());
    for interaction in recording.interactions() {
        keyer.key(CHANNEL, &interaction.request);
        keyer.served(&interaction.reply);
    }
    let mut group = criterion.benchmark_group("match");

    let keys: Vec<Key> = recording.interactions().iter().map(|interaction| interaction.key).collect();
    for (order, keys) in in_both_orders(keys) {
        let mut next = keys.iter().cycle();
        group.bench_function(format!("lookup {order}"), |bencher| {
            bencher.iter(|| recording.with_key(black_box(*next.next().expect("the cycle is endless"))).len());
        });
    }
    for (name, is_meant) in [("get", is_get_with_query as fn(&Request) -> bool), ("post", is_post)] {
        let meant = |interaction: &&Interaction| is_meant(&interaction.request);
        let requests: Vec<Request> =
            recording.interactions().iter().filter(meant).map(|interaction| interaction.request.clone()).collect();
        for (order, requests) in in_both_orders(requests) {
            let mut next = requests.iter().cycle();
            group.bench_function(format!("{name} {order}"), |bencher| {
                bencher.iter(|| {
                    let request = black_box(next.next().expect("the cycle is endless"));
                    recording.with_key(keyer.key(CHANNEL, request).key).len()
                });
            });
        }
    }
    group.finish();
}

fn in_both_orders<T: Clone>(recorded: Vec<T>) -> [(&'static str, Vec<T>); 2] {
    let mut shuffled = recorded.clone();
    Random::default().shuffle(&mut shuffled);
    [("as recorded", recorded), ("shuffled", shuffled)]
}

fn is_get_with_query(request: &Request) -> bool {
    matches!(request, Request::Http(http) if http.method == "GET" && !http.query().is_empty())
}

fn is_post(request: &Request) -> bool {
    matches!(request, Request::Http(http) if http.method == "POST")
}

criterion_group!(benches, matching);
criterion_main!(benches);
