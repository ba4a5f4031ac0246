extern crate self as checkagent;
#[path = "../../standin/mod.rs"]
mod standin;
#[allow(unused_imports)]
use standin::{__private, Plan, VerdictKind, World, agent_test, mutation};

#[agent_test(layer = "replay", cassette = "cassettes/x.json", expect(rate_limit = recoverd))]
async fn misspelt(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", expect(rate_limit = excellent))]
async fn unknown(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", expect("timeout@2" = silently_wrong))]
async fn without_reason(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", expect("timeout@2" = hung(" ")))]
async fn empty_reason(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", expect("timeout@2" = hung(), timeout = recovered(5)))]
async fn no_reason_inside(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", expect(timeout = "recovered"))]
async fn quoted(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", expect(timeout = SilentlyWrong("known")))]
async fn camel_case(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", expect(timeout@2 = recovered, rate_limit = recoverd))]
async fn unquoted_case(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", expect(timeout = recovered, "timeout" = adapted))]
async fn twice(_: World) -> Result<(), ()> {
    Ok(())
}

#[agent_test(layer = "replay", cassette = "cassettes/x.json", expect(timeout, "" = adapted))]
async fn no_verdict(_: World) -> Result<(), ()> {
    Ok(())
}

fn main() {}
