//! An agent that takes every reply for an answer.

use checkagent::{World, agent_test};
use checkagent_tests::agent::Client;

#[agent_test(
    layer = "replay",
    cassette = "cassettes/careless.json",
    upstream(api = "http://127.0.0.1:1/v1"),
    mutations = []
)]
async fn careless(world: World) -> Result<u16, String> {
    let reply = Client::new().send("GET", &format!("{}/status", world.http("api")), None).await?;
    Ok(reply.status().as_u16())
}

checkagent::main!();
