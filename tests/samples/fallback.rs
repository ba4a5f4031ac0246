//! Ordinary tests, with libtest.

use checkagent::{World, agent_test};
use serde_json::Value;

#[agent_test(
    layer = "replay",
    cassette = "cassettes/calm.json",
    upstream(api = "http://127.0.0.1:1/v1"),
    mutations = [server_error(), timeout()]
)]
async fn calm(world: World) -> Result<Value, String> {
    checkagent_tests::agent::export(&world.http("api")).await
}

#[agent_test(
    layer = "replay",
    cassette = "cassettes/rough.json",
    upstream(api = "http://127.0.0.1:1/v1"),
    mutations = [server_error(), reply_lost()]
)]
async fn rough(world: World) -> Result<Value, String> {
    checkagent_tests::agent::export(&world.http("api")).await
}

#[test]
fn an_ordinary_test_beside_them_runs_too() {}
