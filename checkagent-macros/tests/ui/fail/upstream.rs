extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
#[allow(unused_imports)]
use standin::{__private, Plan, VerdictKind, World, agent_test, mutation};

#[agent_test(layer = "replay", cassette = "cassettes/x.json", upstream(records = "localhost:8080"))]
async fn scheme(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", upstream(Records = "http://a", _b = "http://b"))]
async fn names(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", upstream(a = "http://a", a = "http://b"))]
async fn twice(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", upstream("a" = "http://a", b))]
async fn quoted(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", upstream = "http://a")]
async fn assigned(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", upstream(a = 5))]
async fn not_a_string(_: World) -> Result<(), ()> {
    Ok(())
}

fn main() {}
