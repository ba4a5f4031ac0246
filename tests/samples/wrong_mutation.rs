//! A mutation that there is not.

use checkagent::{World, agent_test};

#[agent_test(layer = "replay", cassette = "cassettes/export.json", mutations = [rate_limits()])]
async fn export(world: World) -> Result<String, String> {
    Ok(world.http("api"))
}

checkagent::main!();
