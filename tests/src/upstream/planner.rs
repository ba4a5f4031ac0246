//! A scripted model: asks for the status, tries once more if it does not get it, and says what it is.

use serde_json::{Value, json};

/// The reply to a request for a chat completion, as JSON or as a stream of events.
pub(super) fn answer(body: &str, word: &str) -> String {
    let asked: Value = serde_json::from_str(body).unwrap_or_default();
    let results: Vec<_> =
        asked["messages"].as_array().into_iter().flatten().filter(|said| said["role"] == "tool").collect();
    let status = results.last().and_then(|result| {
        let content: Value = serde_json::from_str(result["content"].as_str()?).ok()?;
        Some(content["status"].clone())
    });
    let message = match (status, results.len()) {
        (Some(status), _) => json!({"role": "assistant", "content": format!("{word} {status}")}),
        (None, 2..) => json!({"role": "assistant", "content": "I could not find out."}),
        (None, tried) => {
            let function = json!({"name": "status", "arguments": "{}"});
            json!({"role": "assistant", "tool_calls": [
                {"index": 0, "id": format!("call_{tried}"), "type": "function", "function": function},
            ]})
        }
    };
    let reason = if message["tool_calls"].is_array() { "tool_calls" } else { "stop" };
    let reply = |object: &str, choice: Value| json!({"id": "chatcmpl-1", "object": object, "created": 1, "model": "planner", "choices": [choice]});
    if asked["stream"] != true {
        let choice = json!({"index": 0, "message": message, "finish_reason": reason});
        return reply("chat.completion", choice).to_string();
    }
    let chunk = |delta: &Value, reason: Value| {
        let choice = json!({"index": 0, "delta": delta, "finish_reason": reason});
        format!("data: {}\n\n", reply("chat.completion.chunk", choice))
    };
    format!("{}{}data: [DONE]\n\n", chunk(&message, Value::Null), chunk(&json!({}), reason.into()))
}
