extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
#[allow(unused_imports)]
use standin::{__private, Plan, VerdictKind, World, agent_test, mutation};

#[agent_test(layer = "replay", cassette = "cassettes/x.json")]
pub struct Agent {
    name: String,
}

#[agent_test(layer = "mock")]
mod agents {}

fn main() {}
