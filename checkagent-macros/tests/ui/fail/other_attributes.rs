extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
#[allow(unused_imports)]
use standin::{__private, Plan, VerdictKind, World, agent_test, mutation};

#[agent_test(layer = "replay", cassette = "cassettes/x.json")]
#[test]
async fn test(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json")]
#[tokio::test(flavor = "current_thread")]
async fn tokio_test(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json")]
#[should_panic(expected = "no")]
async fn panics(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json")]
#[ignore]
#[ignore = "twice"]
async fn ignored(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json")]
#[ignore("why")]
async fn ignored_how(_: World) -> Result<(), ()> {
    Ok(())
}

fn main() {}
