//! OpenAI's chat completions, written.

use serde_json::{Value, json};

use super::super::frames::Frames;
use super::super::pieces::pieces;
use super::super::{Called, Part, Saying};
use super::{merge, with};
use crate::model::wire::Wire;

const WIRE: Wire = Wire::OpenAiChat;

pub(super) fn whole(saying: &Saying) -> Value {
    let calls: Vec<_> = saying.calls().enumerate().map(|(index, call)| written(saying, index, call)).collect();
    let refusal = refusal(saying);
    let text = saying.text();
    let silent = text.is_empty() && (refusal.is_some() || !calls.is_empty());
    let content = if silent { Value::Null } else { text.into() };
    let mut message = json!({"role": "assistant", "content": content, "refusal": refusal});
    if !calls.is_empty() {
        merge(&mut message, &json!({"tool_calls": calls}));
    }
    others(saying).for_each(|other| merge(&mut message, other));
    let choice = json!({"index": 0, "message": message, "finish_reason": word(saying)});
    let mut document = envelope(saying, "chat.completion", &[choice]);
    if let (Some(usage), Some(members)) = (&saying.usage, document.as_object_mut()) {
        members.insert("usage".to_owned(), usage.written(WIRE));
    }
    document
}

pub(super) fn stream(saying: &Saying) -> Frames {
    let mut frames = Frames::default();
    let chunk = |delta: Value, finish: Option<&str>| {
        let choice = json!({"index": 0, "delta": delta, "finish_reason": finish});
        let mut chunk = envelope(saying, "chat.completion.chunk", &[choice]);
        if saying.usage.is_some() {
            merge(&mut chunk, &json!({"usage": null}));
        }
        chunk
    };
    let mut begin = json!({"role": "assistant", "content": if saying.has_calls() { Value::Null } else { "".into() }});
    others(saying).for_each(|other| merge(&mut begin, other));
    frames.data(&chunk(begin, None));
    let mut index = 0;
    for part in &saying.parts {
        match part {
            Part::Text { text, .. } => {
                pieces(text).for_each(|piece| frames.data(&chunk(json!({"content": piece}), None)));
            }
            Part::Refusal(text) => {
                pieces(text).for_each(|piece| frames.data(&chunk(json!({"refusal": piece}), None)));
            }
            Part::Call(call) => {
                let (kind, field) = kind(call);
                let begun = written(saying, index, &Called { arguments: String::new(), ..call.clone() });
                let begun = merged(begun, &json!({"index": index}));
                frames.data(&chunk(json!({"tool_calls": [begun]}), None));
                for piece in pieces(&call.arguments) {
                    let delta = json!({"index": index, kind: {field: piece}});
                    frames.data(&chunk(json!({"tool_calls": [delta]}), None));
                }
                index += 1;
            }
            Part::Other(_) => {}
        }
    }
    frames.data(&chunk(json!({}), Some(word(saying))));
    if let Some(usage) = &saying.usage {
        let mut last = envelope(saying, "chat.completion.chunk", &[]);
        merge(&mut last, &json!({"usage": usage.written(WIRE)}));
        frames.data(&last);
    }
    frames.raw("data: [DONE]\n\n");
    frames
}

fn envelope(saying: &Saying, object: &str, choices: &[Value]) -> Value {
    let mut document = json!({
        "id": saying.id,
        "object": object,
        "created": saying.created,
        "model": saying.model,
        "choices": choices,
    });
    merge(&mut document, &Value::Object(saying.envelope.clone()));
    document
}

fn word(saying: &Saying) -> &str {
    saying.stop.word(WIRE, saying.has_calls())
}

fn kind(call: &Called) -> (&'static str, &'static str) {
    if call.custom { ("custom", "input") } else { ("function", "arguments") }
}

fn written(saying: &Saying, index: usize, call: &Called) -> Value {
    let id = call.id.clone().unwrap_or_else(|| saying.name("call_", index));
    let (kind, field) = kind(call);
    with(json!({"id": id, "type": kind, kind: {"name": call.name, field: call.arguments}}), &call.beside)
}

fn merged(mut value: Value, more: &Value) -> Value {
    merge(&mut value, more);
    value
}

fn refusal(saying: &Saying) -> Option<&str> {
    saying.parts.iter().find_map(|part| match part {
        Part::Refusal(text) => Some(text.as_str()),
        _ => None,
    })
}

fn others(saying: &Saying) -> impl Iterator<Item = &Value> {
    saying.parts.iter().filter_map(|part| match part {
        Part::Other(members @ Value::Object(_)) => Some(members),
        _ => None,
    })
}
