//! An agent with a model in the loop, which calls one tool.

use std::time::Duration;

use checkagent::mutation::{Bend, Family, Fault, Site, Truth};
use checkagent::{EffectError, Operator, Recording, World, agent_test};
use checkagent_tests::agent::{Client, json_of, pause};
use serde_json::{Value, json};

/// The tool answers 410 once. Its version comes from the environment.
fn moved() -> Moved {
    Moved
}

struct Moved;

impl Operator for Moved {
    fn id(&self) -> &'static str {
        "moved"
    }

    fn version(&self) -> u32 {
        std::env::var("SAMPLE_VERSION").map_or(1, |version| version.parse().expect("a number"))
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let tools = recording.interactions().iter().filter(|each| each.channel == *"api");
        tools.map(|each| Site::at(each.number)).collect()
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        Bend::Fault { at: site.interaction, fault: Fault::status(410, r#"{"error":"gone"}"#), times: 1 }
    }
}

/// The message in a reply, whole or streamed.
fn message(body: &str) -> Option<Value> {
    if let Ok(whole) = serde_json::from_str::<Value>(body) {
        return Some(whole["choices"][0]["message"].clone());
    }
    let first = body.lines().find_map(|line| line.strip_prefix("data: "))?;
    let chunk: Value = serde_json::from_str(first).ok()?;
    Some(chunk["choices"][0]["delta"].clone())
}

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

#[agent_test(
    layer = "replay",
    cassette = "cassettes/assistant.json",
    upstream(api = "http://127.0.0.1:1/v1", llm = "http://127.0.0.1:1/v1"),
    live = ["code"],
    mutations = [server_error(), timeout(), moved(), corrupt_value()]
)]
async fn assistant(world: World) -> Result<Value, String> {
    let (tools, model) = (world.http("api"), world.http("llm"));
    let client = Client::new();
    let mut messages = vec![json!({"role": "user", "content": "How is the service?"})];
    for turn in 0..6 {
        let body = json!({"model": "planner", "stream": turn > 0, "messages": messages});
        let reply = client.send("POST", &format!("{model}/chat/completions"), Some(body)).await?;
        let said = message(std::str::from_utf8(reply.body()).unwrap_or_default()).ok_or("no message")?;
        let Some(calls) = said["tool_calls"].as_array().filter(|calls| !calls.is_empty()) else {
            return Ok(json!({"said": said["content"]}));
        };
        let id = calls[0]["id"].clone();
        messages.push(said);
        let result = match client.send("GET", &format!("{tools}/status"), None).await {
            Ok(reply) if reply.status().is_success() => json_of(&reply)?.to_string(),
            _ => {
                // What it asks itself in trouble was never recorded: only a branch has it.
                let looked: Result<u64, Failure> = world
                    .query("look_again", &turn, || async {
                        if std::env::var_os("SAMPLE_REAL").is_none() {
                            return Err(Failure("this is not the recorder".to_owned()));
                        }
                        pause(Duration::from_millis(5)).await;
                        Ok(turn + 7)
                    })
                    .await;
                format!("no reply, {looked:?}")
            }
        };
        messages.push(json!({"role": "tool", "tool_call_id": id, "content": result}));
    }
    Err("too many turns".to_owned())
}

checkagent::main!();
