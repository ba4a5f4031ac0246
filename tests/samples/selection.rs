//! A trial for every case, a test that is ignored, and plain tests.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use checkagent::{World, agent_test};
use serde_json::Value;

#[agent_test(
    layer = "replay",
    cassette = "cassettes/export.json",
    upstream(api = "http://127.0.0.1:1/v1"),
    mutations = [rate_limit(), timeout(), reply_lost()],
    expect(reply_lost = duplicate_effect("the batch has no idempotency key"))
)]
async fn export(world: World) -> Result<Value, String> {
    checkagent_tests::agent::export(&world.http("api")).await
}

#[agent_test(layer = "replay", cassette = "cassettes/later.json", upstream(api = "http://127.0.0.1:1/v1"), mutations = [timeout()])]
#[ignore = "not today"]
async fn later(world: World) -> Result<Value, String> {
    checkagent_tests::agent::export(&world.http("api")).await
}

mod nested {
    #[checkagent::test]
    fn plain() {
        println!("said by a plain test");
    }
}

static HERE: AtomicUsize = AtomicUsize::new(0);

/// Passes if the other test comes too, before this one goes.
fn meet() -> Result<(), String> {
    if std::env::var_os("SAMPLE_MEET").is_none() {
        return Ok(());
    }
    HERE.fetch_add(1, Ordering::SeqCst);
    let started = Instant::now();
    while HERE.load(Ordering::SeqCst) < 2 {
        if started.elapsed() > Duration::from_secs(2) {
            return Err("met nobody".to_owned());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

#[checkagent::test]
fn meeting_one() -> Result<(), String> {
    meet()
}

#[checkagent::test]
fn meeting_two() -> Result<(), String> {
    meet()
}

checkagent::main!();
