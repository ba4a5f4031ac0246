extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
#[allow(unused_imports)]
use standin::{__private, Plan, VerdictKind, World, agent_test, mutation};

#[agent_test(layer = "replay", cassette = , goal = |a, b|, reads = ["GET"])]
async fn two(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay" cassette = "x.json")]
async fn no_comma(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer: "replay", cassette = "x.json", retries = 3)]
async fn colon(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test("replay", cassette = "x.json")]
async fn literal(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", upstream(a: "http://a", B = "http://b"))]
async fn entries(_: World) -> Result<(), ()> {
    Ok(())
}

fn main() {}
