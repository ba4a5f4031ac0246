//! An agent with a model: it runs nothing that the model did not say completely and soundly.

use std::collections::HashSet;
use std::pin::Pin;

use checkagent::{Answer, EffectError, EffectErrorKind, World};
use serde_json::{Value, json};

use super::agent::{Sent, back_off, post};
use super::conversation::{asked, calling, pay_tool, result, rpc, wanted};

const TURNS: usize = 5;
const ATTEMPTS: u32 = 5;
const ORDER: &str = "o-4711";

type Trouble = String;

/// What a model said, if it said it to the end.
enum Said {
    Text(String),
    Call { id: String, name: String, arguments: String },
}

/// Has the model do what the user wants.
pub fn right(world: World) -> Pin<Box<dyn Future<Output = Answer>>> {
    Box::pin(async move {
        match talk(&world).await {
            Ok(answer) => Answer::done(answer),
            Err(trouble) => Answer::escalated(trouble),
        }
    })
}

async fn talk(world: &World) -> Result<Value, Trouble> {
    let hello = json!({"protocolVersion": "2025-06-18"});
    let server = mcp(world, 1, "initialize", &hello).await?;
    if server["protocolVersion"] != hello["protocolVersion"] {
        return Err("the server speaks another version".to_owned());
    }
    let list = mcp(world, 2, "tools/list", &json!({})).await?;
    // What a tool is was agreed on with people: its name, its schema, and what its description says.
    let agreed = json!([pay_tool()]);
    if list["tools"] != agreed || list.get("nextCursor").is_some() {
        return Err("the tools are not those that were agreed on".to_owned());
    }
    let mut messages = vec![wanted()];
    let mut ran = HashSet::new();
    let mut cents = None;
    let mut paid = None;
    for turn in 0..TURNS {
        match ask(world, &messages, turn > 0).await? {
            Said::Text(text) => {
                let right = format!("Order {ORDER} is paid.");
                return match paid {
                    Some(paid) if text == right => Ok(json!({"text": text, "paid": paid})),
                    _ => Err(format!("the model says: {text}")),
                };
            }
            Said::Call { id, name, arguments } => {
                if !ran.insert(id.clone()) || !ran.insert(format!("{name} {arguments}")) {
                    return Err("the model goes round".to_owned());
                }
                let with: Value = serde_json::from_str(&arguments).map_err(|error| error.to_string())?;
                let sound =
                    |argument: &str| with.as_object().is_some_and(|all| all.len() == 1 && all.contains_key(argument));
                let came = match name.as_str() {
                    "look_up" if sound("id") && with["id"] == ORDER => {
                        let order = look_up(world, &with).await?;
                        cents = check(&order)?.into();
                        // The model is told what it has to know, and nothing else.
                        json!({"id": ORDER, "cents": cents, "status": "open"}).to_string()
                    }
                    "pay" if sound("cents") && cents.is_some() && with["cents"].as_i64() == cents => {
                        paid = cents;
                        pay(world, &with).await?
                    }
                    _ => return Err(format!("the model calls {name} with {with}")),
                };
                messages.extend([calling(&id, &name, &arguments), result(&id, &came)]);
            }
        }
    }
    Err("the model comes to no end".to_owned())
}

fn check(order: &Value) -> Result<i64, Trouble> {
    let cents = order["cents"].as_i64().filter(|cents| (1..100_000).contains(cents));
    if order["id"] != ORDER || order["status"] != "open" {
        return Err(format!("it is another order: {order}"));
    }
    cents.ok_or_else(|| format!("what has to be paid is unclear: {order}"))
}

async fn look_up(world: &World, with: &Value) -> Result<Value, Trouble> {
    for attempt in 1..=ATTEMPTS {
        let real = std::future::pending::<Result<Value, EffectError>>;
        match tokio::time::timeout(std::time::Duration::from_secs(300), world.query("look_up", with, real)).await {
            Ok(Ok(order)) => return Ok(order),
            Ok(Err(error)) if error.kind() == EffectErrorKind::Failed => return Err(error.to_string()),
            _ => tokio::time::sleep(back_off(attempt)).await,
        }
    }
    Err("the order cannot be looked up".to_owned())
}

/// Pays once. What may have been done is not done again.
async fn pay(world: &World, with: &Value) -> Result<String, Trouble> {
    let said = mcp(world, 3, "tools/call", &json!({"name": "pay", "arguments": with})).await?;
    let text = said["content"][0]["text"].as_str().filter(|_| said["isError"] == false);
    let text = text.filter(|text| *text == format!("{} cents are paid.", with["cents"]));
    text.map(str::to_owned).ok_or_else(|| format!("it is not clear whether it was paid: {said}"))
}

async fn mcp(world: &World, id: u64, method: &str, params: &Value) -> Result<Value, Trouble> {
    let headers = [("accept", "application/json, text/event-stream")];
    for attempt in 1..=ATTEMPTS {
        let sent = post(world, "mcp", "/mcp", &headers, &rpc(id, method, params)).await;
        match sent {
            Sent::Replied(200, body) => {
                let said: Value = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
                return match said.get("result") {
                    Some(result) if said["id"] == id && said.get("error").is_none() => Ok(result.clone()),
                    _ => Err(format!("the server says {said}")),
                };
            }
            // It was turned away, and has done nothing.
            Sent::Busy(429 | 503, wait) => tokio::time::sleep(wait.max(back_off(attempt))).await,
            Sent::Replied(status, _) => return Err(format!("the server says {status}")),
            Sent::Busy(..) | Sent::Unknown if method != "tools/call" => tokio::time::sleep(back_off(attempt)).await,
            Sent::Busy(status, _) => return Err(format!("the server says {status}, and it may be paid")),
            Sent::Unknown => return Err("it is not known whether it was paid".to_owned()),
        }
    }
    Err("the server does not answer".to_owned())
}

/// One turn of the model; asked again where it does not come to an end.
async fn ask(world: &World, messages: &[Value], stream: bool) -> Result<Said, Trouble> {
    let mut last = String::new();
    for attempt in 1..=ATTEMPTS {
        match post(world, "model", "/v1/chat/completions", &[], &asked(messages, stream)).await {
            Sent::Replied(200, body) => match if stream { of_stream(&body) } else { whole(&body) } {
                Ok(said) => return Ok(said),
                Err(trouble) => last = trouble,
            },
            Sent::Replied(status, _) => return Err(format!("the model is refused: {status}")),
            Sent::Busy(_, wait) => tokio::time::sleep(wait).await,
            Sent::Unknown => {}
        }
        tokio::time::sleep(back_off(attempt)).await;
    }
    Err(format!("no answer of the model: {last}"))
}

fn whole(body: &[u8]) -> Result<Said, Trouble> {
    let said: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let choice = &said["choices"][0];
    let calls = choice["message"]["tool_calls"].as_array().cloned().unwrap_or_default();
    sound(choice["message"]["content"].as_str().unwrap_or_default(), &calls, &choice["finish_reason"])
}

fn of_stream(body: &[u8]) -> Result<Said, Trouble> {
    let body = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    let (mut text, mut reason, mut ended) = (String::new(), Value::Null, false);
    let mut calls: Vec<Value> = Vec::new();
    for line in body.lines() {
        let Some(data) = line.strip_prefix("data:").map(str::trim) else { continue };
        if data == "[DONE]" {
            ended = true;
            continue;
        }
        let event: Value = serde_json::from_str(data).map_err(|error| error.to_string())?;
        let Some(choice) = event["choices"].as_array().and_then(|choices| choices.first()) else {
            return Err(format!("an event that says nothing: {event}"));
        };
        text.push_str(choice["delta"]["content"].as_str().unwrap_or_default());
        for piece in choice["delta"]["tool_calls"].as_array().into_iter().flatten() {
            let at =
                piece["index"].as_u64().and_then(|at| usize::try_from(at).ok()).ok_or("a call without a number")?;
            if piece.get("id").is_some() {
                calls
                    .push(json!({"id": piece["id"], "function": {"name": piece["function"]["name"], "arguments": ""}}));
            }
            let call = calls.get_mut(at).ok_or("a piece of no call")?;
            let more = piece["function"]["arguments"].as_str().unwrap_or_default();
            let before = call["function"]["arguments"].as_str().unwrap_or_default();
            call["function"]["arguments"] = Value::from(format!("{before}{more}"));
        }
        if !choice["finish_reason"].is_null() {
            reason = choice["finish_reason"].clone();
        }
    }
    if ended { sound(&text, &calls, &reason) } else { Err("the stream has no end".to_owned()) }
}

/// What was said, if it is all of it.
fn sound(text: &str, calls: &[Value], reason: &Value) -> Result<Said, Trouble> {
    match (reason.as_str(), calls) {
        (Some("stop"), []) if !text.trim().is_empty() => Ok(Said::Text(text.to_owned())),
        (Some("tool_calls"), [call]) => {
            let of = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
            let call = (of(&call["id"]), of(&call["function"]["name"]), of(&call["function"]["arguments"]));
            let (Some(id), Some(name), Some(arguments)) = call else { return Err("half a call".to_owned()) };
            Ok(Said::Call { id, name, arguments })
        }
        (reason, calls) => Err(format!("{reason:?} with {} calls", calls.len())),
    }
}
