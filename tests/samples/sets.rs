//! Several faults at once, bad days, a mutation of the test's own, and a set that is narrowed.

use checkagent::mutation::{Bend, Fault};
use checkagent::{World, agent_test};
use checkagent_tests::agent::Client;
use serde_json::Value;

#[agent_test(
    layer = "replay",
    cassette = "cassettes/export.json",
    upstream(api = "http://127.0.0.1:1/v1"),
    mutations = [
        pairs(standard().only_any(&["transport", "pagination", "partial"]).except("reply_lost")).budget(6),
        bad_day().budget(3),
        standard().only("timeout").at("GET /v1/records").from(2),
        custom("gone", |interaction| {
            let fault = Fault::status(410, r#"{"error":"gone"}"#);
            (interaction.number == 2).then(|| Bend::Fault { at: 2, fault, times: 1 })
        }),
    ]
)]
async fn export(world: World) -> Result<Value, String> {
    checkagent_tests::agent::export(&world.http("api")).await
}

/// Takes every reply for an answer.
#[agent_test(
    layer = "replay",
    cassette = "cassettes/careless.json",
    upstream(api = "http://127.0.0.1:1/v1"),
    mutations = [server_error(), timeout()]
)]
async fn careless(world: World) -> Result<u16, String> {
    let reply = Client::new().send("GET", &format!("{}/status", world.http("api")), None).await?;
    Ok(reply.status().as_u16())
}

checkagent::main!();
