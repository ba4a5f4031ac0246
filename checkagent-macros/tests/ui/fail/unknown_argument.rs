extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
#[allow(unused_imports)]
use standin::{__private, Plan, VerdictKind, World, agent_test, mutation};

#[agent_test(layr = "replay", cassette = "x.json")]
async fn misspelt(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", retries = 3, mutation = [])]
async fn two(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test()]
async fn nothing(_: World) -> Result<(), ()> {
    Ok(())
}

fn main() {}
