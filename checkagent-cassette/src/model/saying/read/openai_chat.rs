//! OpenAI's chat completions, read.

use serde_json::{Map, Value, json};

use super::super::{Part, Saying, Stop, Usage};
use super::{members, take_list, take_seconds, take_text, without_nothing};
use crate::model::openai_chat::Chunks;
use crate::model::wire::Wire;

const WIRE: Wire = Wire::OpenAiChat;

pub(super) fn saying(documents: impl Iterator<Item = Value>) -> Option<Saying> {
    let mut saying = Saying::default();
    let mut message = Message::default();
    let mut finish = None;
    let mut seen = false;
    // What comes in one piece is not cut, also where a gateway does not say why it ends.
    let mut ended = false;
    for document in documents {
        let mut document = members(document);
        if document.get("error").is_some_and(|error| !error.is_null()) {
            return None;
        }
        let choices = take_list(&mut document, "choices");
        if let Some(Value::Object(usage)) = document.remove("usage") {
            saying.usage = Some(Usage::read(WIRE, usage));
        }
        if !std::mem::replace(&mut seen, true) {
            saying.id = take_text(&mut document, "id").filter(|id| !id.is_empty());
            saying.model = take_text(&mut document, "model").unwrap_or_default();
            saying.created = take_seconds(&mut document, "created");
            document.retain(|name, _| !matches!(name.as_str(), "object" | "obfuscation"));
            saying.envelope = document;
        }
        for choice in choices {
            let mut choice = members(choice);
            // Several answers at once cannot be said as one.
            if choice.remove("index").is_some_and(|index| index != 0) {
                return None;
            }
            finish = take_text(&mut choice, "finish_reason").filter(|word| !word.is_empty()).or(finish);
            if let Some(whole) = choice.remove("message") {
                message.take(&whole);
                ended = true;
                choice.retain(|_, value| !value.is_null());
                if !choice.is_empty() {
                    saying.envelope.insert("choices".to_owned(), json!([choice]));
                }
            }
            if let Some(delta) = choice.remove("delta") {
                message.take(&delta);
            }
        }
    }
    saying.parts = message.parts();
    saying.stop = match finish {
        Some(word) => Stop::of(WIRE, &word, &saying),
        None if ended => Stop::Done,
        None => return None,
    };
    Some(saying)
}

#[derive(Default)]
struct Message {
    text: String,
    refusal: String,
    calls: Chunks,
    others: Map<String, Value>,
}

impl Message {
    /// A message, or a piece of one.
    fn take(&mut self, delta: &Value) {
        for (text, name) in [(&mut self.text, "content"), (&mut self.refusal, "refusal")] {
            match delta.get(name) {
                Some(Value::String(piece)) => text.push_str(piece),
                // Some gateways send parts.
                Some(Value::Array(parts)) => {
                    parts.iter().filter_map(|part| part.get("text")?.as_str()).for_each(|piece| text.push_str(piece));
                }
                _ => {}
            }
        }
        self.calls.take_calls(0, delta);
        for (name, value) in delta.as_object().into_iter().flatten() {
            if matches!(name.as_str(), "role" | "content" | "refusal" | "tool_calls") || value.is_null() {
                continue;
            }
            match (self.others.get_mut(name), value) {
                (Some(Value::String(known)), Value::String(more)) => known.push_str(more),
                (Some(Value::Array(known)), Value::Array(more)) => known.extend(more.clone()),
                (Some(Value::Object(known)), Value::Object(more)) => known.extend(more.clone()),
                (_, value) => {
                    self.others.insert(name.clone(), value.clone());
                }
            }
        }
    }

    fn parts(self) -> Vec<Part> {
        let mut parts = Vec::new();
        let others = without_nothing(self.others);
        if !others.is_empty() {
            parts.push(Part::Other(others.into()));
        }
        if !self.text.is_empty() {
            parts.push(Part::text(&self.text));
        }
        if !self.refusal.is_empty() {
            parts.push(Part::Refusal(self.refusal));
        }
        parts.extend(self.calls.said().map(Part::Call));
        parts
    }
}
