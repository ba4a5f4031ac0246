//! An agent that logs in first, and uses the token that it got.

use checkagent::{World, agent_test};
use checkagent_tests::agent::{Client, json_of};

#[agent_test(
    layer = "replay",
    cassette = "cassettes/session.json",
    upstream(api = "http://127.0.0.1:1/v1"),
    mutations = [server_error()]
)]
async fn session(world: World) -> Result<serde_json::Value, String> {
    let base = world.http("api");
    let mut client = Client::new();
    let login = json_of(&client.send("POST", &format!("{base}/token"), None).await?)?;
    let token = login["access_token"].as_str().ok_or("no token")?;
    client.headers.push(("authorization".to_owned(), format!("Bearer {token}")));
    let reply = client.send("GET", &format!("{base}/private"), None).await?;
    if !reply.status().is_success() {
        return Err(format!("not let in: {}", reply.status()));
    }
    json_of(&reply)
}

checkagent::main!();
