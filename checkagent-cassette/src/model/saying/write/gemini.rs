//! Gemini's candidates, written.

use serde_json::{Value, json};

use super::super::frames::Frames;
use super::super::pieces::pieces;
use super::super::{Part, Saying, Stop, Streaming, Usage};
use super::{merge, with};
use crate::model::wire::Wire;

const WIRE: Wire = Wire::Gemini;

pub(super) fn whole(saying: &Saying) -> Option<Value> {
    let parts = saying.parts.iter().map(part).collect::<Option<Vec<_>>>()?;
    Some(document(saying, &parts, true))
}

/// A stream of documents of the same form: the parts in pieces, and the end with the last of them.
pub(super) fn stream(saying: &Saying, form: Streaming) -> Option<Frames> {
    let mut parts = Vec::new();
    for said in &saying.parts {
        match said {
            Part::Text { text, beside } if beside.is_empty() => {
                parts.extend(pieces(text).map(|piece| json!({"text": piece})));
            }
            said => parts.push(part(said)?),
        }
    }
    let last = parts.pop();
    let mut frames = Frames::default();
    let mut opened = false;
    let mut write = |document: &Value| match form {
        Streaming::JsonArray => {
            frames.raw(&format!("{}{document}", if opened { ",\r\n" } else { "[" }));
            opened = true;
        }
        Streaming::Sse | Streaming::Whole => frames.data(document),
    };
    for part in parts {
        write(&document(saying, &[part], false));
    }
    write(&document(saying, last.as_slice(), true));
    if form == Streaming::JsonArray {
        frames.raw("]");
    }
    Some(frames)
}

fn part(part: &Part) -> Option<Value> {
    Some(match part {
        Part::Text { text, beside } => with(json!({"text": text}), beside),
        Part::Refusal(text) => json!({"text": text}),
        Part::Call(call) => {
            let mut function = json!({"name": call.name, "args": call.value().filter(Value::is_object)?});
            if let Some(id) = &call.id {
                merge(&mut function, &json!({"id": id}));
            }
            with(json!({"functionCall": function}), &call.beside)
        }
        Part::Other(part) => part.clone(),
    })
}

fn document(saying: &Saying, parts: &[Value], last: bool) -> Value {
    // What was stopped before the first word has no content.
    let content = match (parts.is_empty(), &saying.stop) {
        (true, Stop::Done | Stop::Length) => json!({"role": "model", "parts": [{"text": ""}]}),
        (true, _) => json!({}),
        (false, _) => json!({"role": "model", "parts": parts}),
    };
    let mut document = json!({
        "candidates": [{"content": content, "index": 0}],
        "modelVersion": saying.model,
        "responseId": saying.id,
    });
    if let Some(usage) = &saying.usage {
        // The output is counted at the end.
        let usage = if last { usage.clone() } else { Usage::new(usage.input, 0) };
        merge(&mut document, &json!({"usageMetadata": usage.written(WIRE)}));
    }
    if last {
        merge(&mut document, &json!({"candidates": [{"finishReason": saying.stop.word(WIRE, false)}]}));
        merge(&mut document, &Value::Object(saying.envelope.clone()));
    }
    document
}
