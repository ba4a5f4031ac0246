//! An agent that takes the first page for all there is.

use checkagent::{World, agent_test};
use checkagent_tests::agent::Client;

#[agent_test(
    layer = "replay",
    cassette = "cassettes/first_page.json",
    upstream(api = "http://127.0.0.1:1/v1"),
    mutations = [timeout()]
)]
async fn first_page(world: World) -> Result<usize, String> {
    let reply = Client::new().send("GET", &format!("{}/records?limit=5", world.http("api")), None).await?;
    let document: serde_json::Value = serde_json::from_slice(reply.body()).map_err(|error| error.to_string())?;
    Ok(document["data"].as_array().map_or(0, Vec::len))
}

checkagent::main!();
