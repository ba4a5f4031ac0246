extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
#[allow(unused_imports)]
use standin::{__private, Plan, VerdictKind, World, agent_test, mutation};

mod refund {}

#[agent_test(layer = "replay", cassette = "cassettes/x.json")]
async fn refund(_: World) -> Result<(), ()> {
    Ok(())
}

fn main() {}
