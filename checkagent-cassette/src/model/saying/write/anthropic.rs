//! Anthropic's messages, written.

use serde_json::{Map, Value, json};

use super::super::frames::Frames;
use super::super::pieces::pieces;
use super::super::{Called, Part, Saying, Usage};
use super::{merge, with};
use crate::model::wire::Wire;

const WIRE: Wire = Wire::Anthropic;

pub(super) fn whole(saying: &Saying) -> Option<Value> {
    let blocks = saying.parts.iter().enumerate().map(|(index, part)| {
        Some(match part {
            Part::Text { text, beside } => with(json!({"type": "text", "text": text}), beside),
            Part::Refusal(text) => json!({"type": "text", "text": text}),
            Part::Call(call) => tool_use(saying, index, call, &call.value().filter(Value::is_object)?),
            Part::Other(block) => block.clone(),
        })
    });
    let blocks = blocks.collect::<Option<Vec<_>>>()?;
    let mut message = message(saying, &blocks);
    let usage = saying.usage.clone().unwrap_or_default().written(WIRE);
    merge(&mut message, &json!({"usage": usage, "stop_reason": word(saying)}));
    merge(&mut message, &Value::Object(saying.envelope.clone()));
    Some(message)
}

pub(super) fn stream(saying: &Saying) -> Frames {
    let mut frames = Frames::default();
    let usage = saying.usage.clone().unwrap_or_default();
    let (late, early) = saying.envelope.clone().into_iter().partition(|(name, _)| name.starts_with("stop_"));
    let late: Map<_, _> = late;
    let mut message = message(saying, &[]);
    // The first word is counted when the message starts.
    merge(&mut message, &json!({"usage": Usage { output: usage.output.min(1), ..usage.clone() }.written(WIRE)}));
    merge(&mut message, &Value::Object(early));
    frames.named(&json!({"type": "message_start", "message": message}));
    for (index, part) in saying.parts.iter().enumerate() {
        block(&mut frames, saying, index, part);
    }
    if saying.parts.is_empty() {
        frames.named(&json!({"type": "ping"}));
    }
    let delta = with(json!({"stop_reason": word(saying), "stop_sequence": null}), &late);
    frames.named(&json!({"type": "message_delta", "delta": delta, "usage": {"output_tokens": usage.output}}));
    frames.named(&json!({"type": "message_stop"}));
    frames
}

fn block(frames: &mut Frames, saying: &Saying, index: usize, part: &Part) {
    let (begin, deltas): (Value, Vec<Value>) = match part {
        Part::Text { text, beside } => {
            let citations = beside.get("citations").and_then(Value::as_array).into_iter().flatten();
            let cited = citations.map(|citation| json!({"type": "citations_delta", "citation": citation}));
            let mut begin = with(json!({"type": "text", "text": ""}), beside);
            if beside.contains_key("citations") {
                begin = with(begin, &Map::from_iter([("citations".to_owned(), json!([]))]));
            }
            (begin, cited.chain(text_deltas("text_delta", "text", text)).collect())
        }
        Part::Refusal(text) => (json!({"type": "text", "text": ""}), text_deltas("text_delta", "text", text).collect()),
        Part::Call(call) => {
            let first = json!({"type": "input_json_delta", "partial_json": ""});
            let deltas = text_deltas("input_json_delta", "partial_json", &call.arguments);
            (tool_use(saying, index, call, &json!({})), std::iter::once(first).chain(deltas).collect())
        }
        Part::Other(block) => other(block),
    };
    frames.named(&json!({"type": "content_block_start", "index": index, "content_block": begin}));
    if index == 0 {
        frames.named(&json!({"type": "ping"}));
    }
    for delta in deltas {
        frames.named(&json!({"type": "content_block_delta", "index": index, "delta": delta}));
    }
    frames.named(&json!({"type": "content_block_stop", "index": index}));
}

fn text_deltas<'t>(kind: &'t str, field: &'t str, text: &'t str) -> impl Iterator<Item = Value> {
    pieces(text).map(move |piece| json!({"type": kind, field: piece}))
}

/// Thoughts and the calls of the provider's own tools come in pieces, all else comes at once.
fn other(block: &Value) -> (Value, Vec<Value>) {
    let kind = block.get("type").and_then(Value::as_str).unwrap_or_default();
    let mut begin = block.clone();
    let mut empty = |field: &str, value: Value| {
        if let Some(known) = begin.get_mut(field) {
            *known = value;
        }
    };
    let text = |field: &str| block.get(field).and_then(Value::as_str).unwrap_or_default();
    let deltas = match kind {
        "thinking" => {
            empty("thinking", "".into());
            empty("signature", "".into());
            let signature = json!({"type": "signature_delta", "signature": text("signature")});
            text_deltas("thinking_delta", "thinking", text("thinking")).chain([signature]).collect()
        }
        "server_tool_use" | "mcp_tool_use" => {
            let input = block.get("input").filter(|input| !input.is_null()).map(Value::to_string).unwrap_or_default();
            empty("input", json!({}));
            text_deltas("input_json_delta", "partial_json", &input).collect()
        }
        _ => Vec::new(),
    };
    (begin, deltas)
}

fn tool_use(saying: &Saying, index: usize, call: &Called, input: &Value) -> Value {
    let id = call.id.clone().unwrap_or_else(|| saying.name("toolu_", index));
    with(json!({"type": "tool_use", "id": id, "name": call.name, "input": input}), &call.beside)
}

fn message(saying: &Saying, blocks: &[Value]) -> Value {
    json!({
        "id": saying.id,
        "type": "message",
        "role": "assistant",
        "model": saying.model,
        "content": blocks,
        "stop_reason": null,
        "stop_sequence": null,
    })
}

fn word(saying: &Saying) -> &str {
    saying.stop.word(WIRE, saying.has_calls())
}
