//! A model that nobody is, and a branch in the place of the model.

extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
use standin::*;

#[agent_test(layer = "replay", cassette = "c/x.json", model = replaced(branch))]
async fn branch(_: World) -> Result<(), String> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "c/x.json", model = 3)]
async fn number(_: World) -> Result<(), String> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "c/x.json", model = replaced(gulible))]
async fn misspelt(_: World) -> Result<(), String> {
    Ok(())
}

fn main() {}
