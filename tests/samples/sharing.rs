//! Two tests that would overwrite each other's recording.

use checkagent::{World, agent_test};
use serde_json::Value;

#[agent_test(layer = "replay", cassette = "cassettes/same.json", upstream(api = "http://127.0.0.1:1/v1"), mutations = [])]
async fn one(world: World) -> Result<Value, String> {
    checkagent_tests::agent::export(&world.http("api")).await
}

#[agent_test(layer = "replay", cassette = "cassettes/same.json", upstream(api = "http://127.0.0.1:1/v1"), mutations = [])]
async fn two(world: World) -> Result<Value, String> {
    checkagent_tests::agent::export(&world.http("api")).await
}

checkagent::main!();
