extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
#[allow(unused_imports)]
use standin::{__private, Plan, VerdictKind, World, agent_test, mutation};

#[agent_test(layer = "replay", cassette = "cassettes/x.json")]
fn not_async(_: World) -> Result<(), ()> {
    std::future::ready(()).await;
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json")]
async fn no_world() -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json")]
async fn two_parameters(_: World, _times: u32, _name: &str) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json")]
async fn generic<T>(_: World) -> Result<(), T> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json")]
async fn no_answer(_: World) {}

#[agent_test(layer = "replay", cassette = "cassettes/x.json")]
async unsafe extern "C" fn unsafe_abi(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json")]
const fn constant(_: World) -> Result<(), ()> {
    Ok(())
}

struct Agent;

impl Agent {
    #[agent_test(layer = "replay", cassette = "cassettes/x.json")]
    async fn method(&self) -> Result<(), ()> {
        Ok(())
    }
}

fn main() {}
