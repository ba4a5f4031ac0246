//! An agent whose effects are its own code: lines in a file.

use std::io::Write;
use std::time::Duration;

use checkagent::{EffectError, World, agent_test};
use checkagent_tests::agent::{Client, log, pause};

/// Failures of the agent's own code, real or replayed.
#[derive(Debug)]
struct Failure(String);

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<EffectError> for Failure {
    fn from(error: EffectError) -> Self {
        Self(error.to_string())
    }
}

/// The real effect.
async fn insert(number: usize) -> Result<usize, Failure> {
    let path =
        std::env::var_os("SAMPLE_TABLE").ok_or_else(|| Failure("no table: this is not the recorder".to_owned()))?;
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
    let written = file.and_then(|mut file| file.write_all(format!("{number}\n").as_bytes()));
    written.map_err(|error| Failure(error.to_string()))?;
    pause(Duration::from_millis(15)).await;
    if number == 3 { Err(Failure("row 3 is refused".to_owned())) } else { Ok(number * 100) }
}

#[agent_test(layer = "replay", cassette = "cassettes/effects.json", mutations = [server_error(), reply_lost()])]
async fn effects(world: World) -> Result<Vec<usize>, Failure> {
    let _ = Client::new();
    let mut rows = Vec::new();
    for number in 0..8 {
        match world.effect("insert", &number, || insert(number)).await {
            Ok(row) => rows.push(row),
            Err(_) if number == 3 => {}
            Err(error) => return Err(error),
        }
        log(&format!("insert {number} done"));
    }
    Ok(rows)
}

checkagent::main!();
