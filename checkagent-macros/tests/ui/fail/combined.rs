extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
#[allow(unused_imports)]
use standin::{__private, Plan, VerdictKind, World, agent_test, mutation};

#[agent_test(layer = "reply", retries = 3, cassette = "../x.yaml", expect(timeout = hung), pass(misled))]
#[should_panic]
fn everything<T>(_: World, _again: T) {
    std::future::ready(()).await
}

fn main() {}
