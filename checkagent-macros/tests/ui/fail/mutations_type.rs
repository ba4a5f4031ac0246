extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
#[allow(unused_imports)]
use standin::{__private, Plan, VerdictKind, World, agent_test, mutation};

fn number() -> u32 {
    5
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", mutations = [rate_limitt()])]
async fn unknown(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", mutations = [rate_limit(), number()])]
async fn not_an_operator(_: World) -> Result<(), ()> {
    Ok(())
}

fn main() {}
