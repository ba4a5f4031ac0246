//! A layer that there is not.

use checkagent::{World, agent_test};

#[agent_test(layer = "reply", cassette = "cassettes/export.json")]
async fn export(world: World) -> Result<String, String> {
    Ok(world.http("api"))
}

checkagent::main!();
