//! OpenAI's Responses, written.

use serde_json::{Map, Value, json};

use super::super::frames::Frames;
use super::super::pieces::pieces;
use super::super::{Called, Part, Saying, Stop};
use super::{merge, with};
use crate::model::wire::Wire;

const WIRE: Wire = Wire::OpenAiResponses;

pub(super) fn whole(saying: &Saying) -> Value {
    let items = saying.parts.iter().enumerate().map(|(index, _)| item(saying, index)).collect();
    response(saying, Some(items))
}

/// The response; before its end it has no output.
fn response(saying: &Saying, output: Option<Vec<Value>>) -> Value {
    let reason = match saying.stop.word(WIRE, false) {
        "completed" => None,
        reason => Some(json!({"reason": reason})),
    };
    let ended = output.is_some();
    let mut response = json!({
        "id": saying.id,
        "object": "response",
        "created_at": saying.created,
        "model": saying.model,
        "status": match (&reason, ended) {
            (_, false) => "in_progress",
            (Some(_), true) => "incomplete",
            (None, true) => "completed",
        },
        "error": null,
        "incomplete_details": reason.filter(|_| ended),
        "instructions": null,
        "metadata": {},
        "output": output.unwrap_or_default(),
        "parallel_tool_calls": true,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": saying.usage.as_ref().filter(|_| ended).map(|usage| usage.written(WIRE)),
    });
    if let Some(members) = response.as_object_mut() {
        members.extend(saying.envelope.clone());
    }
    response
}

fn item(saying: &Saying, index: usize) -> Value {
    let Some(part) = saying.parts.get(index) else { return Value::Null };
    let cut = saying.stop == Stop::Length && index + 1 == saying.parts.len();
    let status = if cut { "incomplete" } else { "completed" };
    match part {
        Part::Text { .. } | Part::Refusal(_) => {
            let (around, content) = content(part);
            with(
                json!({"id": saying.name("msg_", index), "type": "message", "role": "assistant", "status": status,
                    "content": [content]}),
                &around,
            )
        }
        Part::Call(call) => {
            let call_id = call.id.clone().unwrap_or_else(|| saying.name("call_", index));
            let (kind, field, prefix) = kind(call);
            let id = saying.name(prefix, index);
            let item = json!({"id": id, "type": kind, "call_id": call_id, "name": call.name, field: call.arguments});
            let status = json!({"status": status});
            let item = if call.custom { item } else { with(item, status.as_object().unwrap_or(&Map::new())) };
            with(item, &call.beside)
        }
        Part::Other(item) => item.clone(),
    }
}

/// What stands beside a text belongs to it, or to the message around it.
fn content(part: &Part) -> (Map<String, Value>, Value) {
    match part {
        Part::Text { text, beside } => {
            let (inside, around) = beside.clone().into_iter().partition(|(name, _)| is_of_text(name));
            let inside: Map<_, _> = inside;
            (around, with(json!({"type": "output_text", "text": text, "annotations": []}), &inside))
        }
        Part::Refusal(text) => (Map::new(), json!({"type": "refusal", "refusal": text})),
        Part::Call(_) | Part::Other(_) => (Map::new(), Value::Null),
    }
}

pub(in crate::model::saying) fn is_of_text(name: &str) -> bool {
    matches!(name, "annotations" | "logprobs")
}

fn kind(call: &Called) -> (&'static str, &'static str, &'static str) {
    if call.custom { ("custom_tool_call", "input", "ctc_") } else { ("function_call", "arguments", "fc_") }
}

pub(super) fn stream(saying: &Saying) -> Frames {
    let mut events = Events::default();
    events.add("response.created", json!({"response": response(saying, None)}));
    events.add("response.in_progress", json!({"response": response(saying, None)}));
    for (index, part) in saying.parts.iter().enumerate() {
        let done = item(saying, index);
        let id = done.get("id").cloned().unwrap_or_default();
        match part {
            Part::Text { text, .. } => events.text(index, &done, &id, ("output_text", "text", text)),
            Part::Refusal(text) => events.text(index, &done, &id, ("refusal", "refusal", text)),
            Part::Call(call) => events.call(index, &done, &id, call),
            Part::Other(_) => events.begun(index, &done, &Map::new()),
        }
        events.add("response.output_item.done", json!({"output_index": index, "item": done}));
    }
    let whole = whole(saying);
    let last = if whole.get("status").is_some_and(|status| status == "completed") { "completed" } else { "incomplete" };
    events.add(&format!("response.{last}"), json!({"response": whole}));
    events.frames
}

/// Events with numbers that have no gap.
#[derive(Default)]
struct Events {
    frames: Frames,
    sequence: u64,
}

impl Events {
    fn add(&mut self, kind: &str, mut event: Value) {
        merge(&mut event, &json!({"type": kind, "sequence_number": self.sequence}));
        self.sequence += 1;
        self.frames.named(&event);
    }

    fn begun(&mut self, index: usize, done: &Value, not_yet: &Map<String, Value>) {
        self.add("response.output_item.added", json!({"output_index": index, "item": with(done.clone(), not_yet)}));
    }

    fn text(&mut self, index: usize, done: &Value, id: &Value, (kind, field, text): (&str, &str, &str)) {
        let begun = Map::from_iter([
            ("status".to_owned(), "in_progress".into()),
            ("content".to_owned(), Value::Array(Vec::new())),
        ]);
        self.begun(index, done, &begun);
        let part = done.pointer("/content/0").cloned().unwrap_or_default();
        let empty = with(part.clone(), &Map::from_iter([(field.to_owned(), "".into())]));
        let at = json!({"item_id": id, "output_index": index, "content_index": 0});
        let mut add = |kind: &str, more: Value| {
            let mut event = at.clone();
            merge(&mut event, &more);
            self.add(kind, event);
        };
        add("response.content_part.added", json!({"part": empty}));
        // Nobody asked for probabilities, and the list is there.
        let more = |mut event: Value| {
            if kind == "output_text" {
                merge(&mut event, &json!({"logprobs": []}));
            }
            event
        };
        for piece in pieces(text) {
            add(&format!("response.{kind}.delta"), more(json!({"delta": piece})));
        }
        add(&format!("response.{kind}.done"), more(json!({field: text})));
        add("response.content_part.done", json!({"part": part}));
    }

    fn call(&mut self, index: usize, done: &Value, id: &Value, call: &Called) {
        let (_, field, _) = kind(call);
        let mut begun = Map::from_iter([(field.to_owned(), Value::from(""))]);
        if !call.custom {
            begun.insert("status".to_owned(), "in_progress".into());
        }
        self.begun(index, done, &begun);
        let name = if call.custom { "custom_tool_call_input" } else { "function_call_arguments" };
        for piece in pieces(&call.arguments) {
            let delta = json!({"item_id": id, "output_index": index, "delta": piece});
            self.add(&format!("response.{name}.delta"), delta);
        }
        let whole = json!({"item_id": id, "output_index": index, field: call.arguments});
        self.add(&format!("response.{name}.done"), whole);
    }
}
