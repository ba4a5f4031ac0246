//! Gemini's candidates, read.

use serde_json::{Map, Value, json};

use super::super::{Called, Part, Saying, Stop, Usage};
use super::{members, take_list, take_text};
use crate::model::wire::Wire;

const WIRE: Wire = Wire::Gemini;

pub(super) fn saying(documents: impl Iterator<Item = Value>) -> Option<Saying> {
    let mut saying = Saying::default();
    let mut finish = None;
    let mut about = Map::new();
    for document in documents {
        let mut document = members(document);
        if document.contains_key("error") {
            return None;
        }
        let candidates = take_list(&mut document, "candidates");
        if let Some(Value::Object(usage)) = document.remove("usageMetadata") {
            saying.usage = Some(Usage::read(WIRE, usage));
        }
        saying.id = take_text(&mut document, "responseId").filter(|id| !id.is_empty()).or(saying.id);
        if let Some(model) = take_text(&mut document, "modelVersion") {
            saying.model = model;
        }
        saying.envelope.extend(document);
        for candidate in candidates {
            let mut candidate = members(candidate);
            // Several answers at once cannot be said as one.
            if candidate.remove("index").is_some_and(|index| index != 0) {
                return None;
            }
            finish = take_text(&mut candidate, "finishReason").or(finish);
            let mut content = members(candidate.remove("content").unwrap_or_default());
            let parts = match content.remove("parts") {
                Some(Value::Array(parts)) => parts,
                // Google reads a single object as a list of one.
                Some(part @ Value::Object(_)) => vec![part],
                _ => Vec::new(),
            };
            for part in parts {
                add(&mut saying.parts, members(part));
            }
            about.extend(candidate);
        }
    }
    let finish = finish?;
    if !about.is_empty() {
        saying.envelope.insert("candidates".to_owned(), json!([about]));
    }
    saying.stop = Stop::of(WIRE, &finish, &saying);
    Some(saying)
}

fn add(parts: &mut Vec<Part>, mut part: Map<String, Value>) {
    let call = part.remove("functionCall").or_else(|| part.remove("function_call"));
    if let Some(call) = call {
        let mut call = members(call);
        let id = take_text(&mut call, "id").filter(|id| !id.is_empty());
        let name = take_text(&mut call, "name").unwrap_or_default();
        let arguments = call.remove("args").filter(|args| !args.is_null());
        let arguments = arguments.map(|args| args.to_string()).unwrap_or_default();
        parts.push(Part::Call(Called { id, name, arguments, custom: false, beside: part }));
        return;
    }
    if part.get("thought").is_some_and(|thought| thought == true) || !part.contains_key("text") {
        parts.push(Part::Other(part.into()));
        return;
    }
    let more = take_text(&mut part, "text").unwrap_or_default();
    match parts.last_mut() {
        Some(Part::Text { text, beside }) if part.is_empty() && beside.is_empty() => text.push_str(&more),
        _ if part.is_empty() && more.is_empty() => {}
        _ => parts.push(Part::Text { text: more, beside: part }),
    }
}
