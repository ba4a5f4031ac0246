extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
#[allow(unused_imports)]
use standin::{__private, Plan, VerdictKind, World, agent_test, mutation};

#[agent_test(cassette = "x.json")]
async fn missing(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "reply", cassette = "x.json")]
async fn misspelt(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "eval", cassette = "x.json")]
async fn later(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "production", cassette = "x.json")]
async fn unknown(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = replay, cassette = "x.json")]
async fn bare(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer, cassette = "x.json")]
async fn no_value(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer("replay"), cassette = "x.json")]
async fn called(_: World) -> Result<(), ()> {
    Ok(())
}

fn main() {}
