//! OpenAI's Responses, read.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::write::is_of_text;
use super::super::{Called, Part, Saying, Stop, Usage};
use super::{members, take_list, take_seconds, take_text, without_nothing};
use crate::model::wire::Wire;

const WIRE: Wire = Wire::OpenAiResponses;

pub(super) fn saying(documents: impl Iterator<Item = Value>) -> Option<Saying> {
    let mut items = BTreeMap::new();
    let mut response = None;
    for document in documents {
        let mut event = members(document);
        match event.get("type").and_then(Value::as_str) {
            None if event.get("object").is_some_and(|object| object == "response") => response = Some(event),
            Some("response.completed" | "response.incomplete") => response = event.remove("response").map(members),
            Some("response.output_item.done") => {
                let index = event.get("output_index").and_then(Value::as_u64).unwrap_or(items.len() as u64);
                items.insert(index, event.remove("item").unwrap_or_default());
            }
            _ => {}
        }
    }
    let mut response = response?;
    let mut saying = Saying {
        id: take_text(&mut response, "id").filter(|id| !id.is_empty()),
        model: take_text(&mut response, "model").unwrap_or_default(),
        created: take_seconds(&mut response, "created_at"),
        ..Saying::default()
    };
    if let Some(Value::Object(usage)) = response.remove("usage") {
        saying.usage = Some(Usage::read(WIRE, usage));
    }
    let output = take_list(&mut response, "output");
    // Some gateways leave out of the last event what the events before it said.
    let output = if output.is_empty() { items.into_values().collect() } else { output };
    saying.parts = output.into_iter().flat_map(|item| parts(members(item))).collect();
    let status = take_text(&mut response, "status")?;
    let mut details = members(response.remove("incomplete_details").unwrap_or_default());
    let word = match status.as_str() {
        "completed" => status,
        "incomplete" => take_text(&mut details, "reason")?,
        _ => return None,
    };
    saying.stop = Stop::of(WIRE, &word, &saying);
    response.retain(|name, _| !matches!(name.as_str(), "object" | "error"));
    saying.envelope = response;
    Some(saying)
}

fn parts(mut item: Map<String, Value>) -> Vec<Part> {
    match item.get("type").and_then(Value::as_str) {
        Some("message") => {
            let contents = take_list(&mut item, "content");
            item.retain(|name, value| !matches!(name.as_str(), "type" | "role" | "status") && !value.is_null());
            contents.into_iter().filter_map(|content| text(members(content), &item)).collect()
        }
        Some(kind @ ("function_call" | "custom_tool_call")) => {
            let custom = kind == "custom_tool_call";
            let arguments = take_text(&mut item, if custom { "input" } else { "arguments" }).unwrap_or_default();
            let id = take_text(&mut item, "call_id").filter(|id| !id.is_empty());
            let name = take_text(&mut item, "name").unwrap_or_default();
            item.retain(|name, value| !matches!(name.as_str(), "type" | "status") && !value.is_null());
            vec![Part::Call(Called { id, name, arguments, custom, beside: item })]
        }
        _ => vec![Part::Other(item.into())],
    }
}

fn text(mut content: Map<String, Value>, around: &Map<String, Value>) -> Option<Part> {
    match content.get("type").and_then(Value::as_str) {
        Some("output_text") => {
            let text = take_text(&mut content, "text").unwrap_or_default();
            content.retain(|name, _| is_of_text(name));
            let mut beside = without_nothing(content);
            beside.extend(around.clone());
            Some(Part::Text { text, beside })
        }
        Some("refusal") => take_text(&mut content, "refusal").map(Part::Refusal),
        _ => None,
    }
}
