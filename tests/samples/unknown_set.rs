//! A set that is narrowed to something that there is not.

use checkagent::{World, agent_test};
use serde_json::Value;

#[agent_test(
    layer = "replay",
    cassette = "cassettes/export.json",
    upstream(api = "http://127.0.0.1:1/v1"),
    mutations = [standard().except("rate_limits")]
)]
async fn export(world: World) -> Result<Value, String> {
    checkagent_tests::agent::export(&world.http("api")).await
}

checkagent::main!();
