//! A saying in the words of a wire.

use serde_json::{Map, Value};

use super::frames::Frames;
use super::{Saying, Streaming};
use crate::model::wire::Wire;

mod anthropic;
mod gemini;
mod openai_chat;
mod openai_responses;

pub(super) use openai_responses::is_of_text;

pub(super) fn whole(wire: Wire, saying: &Saying) -> Option<Value> {
    match wire {
        Wire::OpenAiChat => Some(openai_chat::whole(saying)),
        Wire::OpenAiResponses => Some(openai_responses::whole(saying)),
        Wire::Anthropic => anthropic::whole(saying),
        Wire::Gemini => gemini::whole(saying),
        Wire::Bedrock => None,
    }
}

pub(super) fn stream(wire: Wire, saying: &Saying) -> Option<Frames> {
    match wire {
        Wire::OpenAiChat => Some(openai_chat::stream(saying)),
        Wire::OpenAiResponses => Some(openai_responses::stream(saying)),
        Wire::Anthropic => Some(anthropic::stream(saying)),
        Wire::Gemini => gemini::stream(saying, Streaming::Sse),
        Wire::Bedrock => None,
    }
}

pub(super) fn list(wire: Wire, saying: &Saying) -> Option<Frames> {
    if wire == Wire::Gemini { gemini::stream(saying, Streaming::JsonArray) } else { None }
}

/// An object with more members, and of objects and lists of objects inside it theirs.
fn merge(into: &mut Value, more: &Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (name, value) in more {
                match into.get_mut(name) {
                    Some(known) if known.is_object() || known.is_array() => merge(known, value),
                    _ => {
                        into.insert(name.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(into), Value::Array(more)) => {
            for (into, more) in into.iter_mut().zip(more) {
                merge(into, more);
            }
        }
        _ => {}
    }
}

/// Whether a member may be there or not, and says the same.
fn says_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

fn is_empty(value: &Value) -> bool {
    says_nothing(value) || value == ""
}

/// Members that say nothing stand where they stood before, and nowhere else: whoever writes them does so always.
pub(super) fn say_nothing_like(before: &Value, now: &mut Value) {
    match (before, now) {
        // An item of another kind has members of its own.
        (Value::Object(before), Value::Object(now)) if before.get("type") == now.get("type") => {
            now.retain(|name, value| before.contains_key(name) || !says_nothing(value));
            for (name, value) in before {
                match now.get_mut(name) {
                    // A call without a text has the text `null` or an empty one.
                    Some(now) if is_empty(now) && is_empty(value) => *now = value.clone(),
                    Some(now) => say_nothing_like(value, now),
                    None if says_nothing(value) => {
                        now.insert(name.clone(), value.clone());
                    }
                    None => {}
                }
            }
        }
        (Value::Array(before), Value::Array(now)) => {
            for (before, now) in before.iter().zip(now) {
                say_nothing_like(before, now);
            }
        }
        _ => {}
    }
}

fn with(mut value: Value, more: &Map<String, Value>) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.extend(more.clone());
    }
    value
}
