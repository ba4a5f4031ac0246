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

fn with(mut value: Value, more: &Map<String, Value>) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.extend(more.clone());
    }
    value
}
