extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
#[allow(unused_imports)]
use standin::{__private, Plan, VerdictKind, World, agent_test, mutation};

#[agent_test(layer = "replay", cassette = "cassettes/x.json", effects = ["post /v1/logout"])]
async fn lower_case(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", effects = ["/v1/logout"])]
async fn no_method(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", effects = ["POST", "POST v1", "GET /a b", ""])]
async fn no_path(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", effects = [POST])]
async fn not_a_string(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", effects = "POST /v1/logout")]
async fn not_a_list(_: World) -> Result<(), ()> {
    Ok(())
}

fn main() {}
