extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
#[allow(unused_imports)]
use standin::{__private, Plan, VerdictKind, World, agent_test, mutation};

#[agent_test(layer = "replay")]
async fn missing(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.yaml")]
async fn not_json(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/.json")]
async fn nameless(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "/cassettes/x.json")]
async fn absolute(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/../../x.json")]
async fn escaping(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes\\x.json")]
async fn backslash(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "C:/x.json")]
async fn drive(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = path())]
async fn expression(_: World) -> Result<(), ()> {
    Ok(())
}

fn main() {}
