//! Arguments that reach the attribute through a macro of the user's.
#![deny(warnings)]
#![allow(unused_imports)]

extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
use standin::{__private, Plan, VerdictKind, World, agent_test, mutation};

macro_rules! agent {
    ($name:ident, $layer:literal, $cassette:expr, $list:expr, $world:ty, $answer:ty, $read:expr, $body:block) => {
        #[agent_test(layer = $layer, cassette = $cassette, mutations = $list, reads = [$read])]
        async fn $name(_: $world) -> $answer $body
    };
}

agent!(one, "replay", "one.json", [rate_limit()], World, Result<(), ()>, "POST /one", { Ok(()) });
agent!(two, "replay", "two.json", [timeout()], World, Result<(), ()>, "POST /two", { Ok(()) });

fn main() {
    assert_eq!(__private::calls("one"), ["cassette one.json", "mutations built-in rate_limit", "read POST /one"]);
    assert_eq!(__private::calls("two"), ["cassette two.json", "mutations built-in timeout", "read POST /two"]);
}
