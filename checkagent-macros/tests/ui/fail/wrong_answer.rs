extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
#[allow(unused_imports)]
use standin::{__private, Plan, VerdictKind, World, agent_test, mutation};

#[agent_test(layer = "replay", cassette = "cassettes/x.json")]
async fn text(_: World) -> Vec<String> {
    vec![]
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json")]
async fn unit(_: World) -> () {
    ()
}

fn main() {}
