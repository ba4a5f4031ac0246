//! Many interactions, one page each.

use checkagent::{World, agent_test};
use serde_json::Value;

#[agent_test(
    layer = "replay",
    cassette = "cassettes/pages.json",
    upstream(api = "http://127.0.0.1:1/v1"),
    mutations = [server_error()]
)]
async fn pages(world: World) -> Result<Value, String> {
    checkagent_tests::agent::export_in_pages_of(1, &world.http("api")).await
}

checkagent::main!();
