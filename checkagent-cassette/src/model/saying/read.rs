//! A reply taken apart.

use serde_json::{Map, Value};

use super::Saying;
use crate::model::documents::documents;
use crate::model::wire::Wire;

mod anthropic;
mod gemini;
mod openai_chat;
mod openai_responses;

pub(super) fn saying(wire: Wire, body: &[u8]) -> Option<Saying> {
    let documents = documents(body).map(|document| document.value);
    match wire {
        Wire::OpenAiChat => openai_chat::saying(documents),
        Wire::OpenAiResponses => openai_responses::saying(documents),
        Wire::Anthropic => anthropic::saying(documents),
        Wire::Gemini => gemini::saying(documents),
        Wire::Bedrock => None,
    }
}

/// The members of an object; none if it is no object.
fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn take_text(members: &mut Map<String, Value>, name: &str) -> Option<String> {
    match members.remove(name)? {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn take_list(members: &mut Map<String, Value>, name: &str) -> Vec<Value> {
    match members.remove(name) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

/// Seconds; some providers write fractions of them.
fn take_seconds(members: &mut Map<String, Value>, name: &str) -> u64 {
    let Some(seconds) = members.remove(name) else { return 0 };
    let rounded =
        || seconds.as_f64().map(|seconds| std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default());
    seconds.as_u64().or_else(|| rounded().map(|time| time.as_secs())).unwrap_or_default()
}

/// What says nothing is no difference: absent, `null`, an empty list.
fn without_nothing(mut members: Map<String, Value>) -> Map<String, Value> {
    members.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
    members
}
