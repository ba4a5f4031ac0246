extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
#[allow(unused_imports)]
use standin::{__private, Plan, VerdictKind, World, agent_test, mutation};

#[agent_test(layer = "replay", cassette = "cassettes/x.json", crate = "checkagent")]
async fn quoted(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", crate = elsewhere)]
async fn unresolved(_: World) -> Result<(), ()> {
    Ok(())
}

fn main() {}
