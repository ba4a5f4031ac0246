//! A trial for every case.

use checkagent::{World, agent_test};
use serde_json::Value;

#[agent_test(
    layer = "replay",
    cassette = "cassettes/export.json",
    upstream(api = "http://127.0.0.1:1/v1"),
    mutations = [rate_limit(), server_error(), timeout(), reply_lost(), partial_success(), corrupt_value()]
)]
async fn export(world: World) -> Result<Value, String> {
    checkagent_tests::agent::export(&world.http("api")).await
}

checkagent::main!();
