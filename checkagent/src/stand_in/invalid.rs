//! A model whose calls nobody can run.

use checkagent_cassette::model::{Called, Part, Wire};
use serde_json::{Map, Value, json};

use super::arguments::filled;
use super::ask::Ask;
use super::conversation::Conversation;
use super::said::{Said, made_up};
use crate::mutation::near_miss;

/// What it says when it has tried everything.
const TEXT: &str = "I could not get the tools to work.";

/// An argument that no tool takes.
const UNKNOWN: &str = "extra_notes";

/// One way in which a call is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Truncated,
    WrongTypes,
    Missing,
    Unknown,
    UnknownTool,
    Empty,
}

const WAYS: [Way; 6] = [Way::Truncated, Way::WrongTypes, Way::Missing, Way::Unknown, Way::UnknownTool, Way::Empty];

/// Each way once, one after the other, in the place of the call that is next; then a text.
pub(super) fn say(ask: &Ask<'_>) -> Said {
    let parts = match (WAYS.get(ask.turn), call(ask)) {
        (Some(Way::Empty), Some(_)) => Vec::new(),
        (Some(way), Some(call)) => vec![Part::Call(way.spoiled(call, ask))],
        _ => vec![Part::text(TEXT)],
    };
    made_up(ask, parts).into()
}

/// The call to spoil: the next recorded one, else any of the conversation, else one of a tool that is offered.
fn call(ask: &Ask<'_>) -> Option<Called> {
    let conversation = Conversation::of(ask);
    let recorded = conversation.calling().next().and_then(|answer| answer.saying.calls().next());
    let recorded = recorded.or_else(|| conversation.calls().next());
    if let Some(call) = recorded {
        return Some(Called { id: None, beside: Map::new(), custom: false, ..call.clone() });
    }
    let tool = ask.offered().into_iter().next()?;
    let arguments = Value::Object(filled(tool.schema.as_ref(), &|_, _| None));
    Some(Called::new("", &tool.name, &arguments.to_string()))
}

impl Way {
    fn spoiled(self, mut call: Called, ask: &Ask<'_>) -> Called {
        let arguments = match call.value() {
            Some(Value::Object(arguments)) => arguments,
            _ => Map::new(),
        };
        let spoiled = match self {
            Self::Truncated => {
                call.arguments = truncated(&arguments, ask.wire);
                return call;
            }
            Self::UnknownTool => {
                let offered = ask.offered();
                call.name = near_miss(ask.wire, &call, &|name| offered.iter().any(|tool| tool.name == name));
                arguments
            }
            Self::WrongTypes => wrong_types(&arguments),
            Self::Missing => {
                let tool = ask.offered().into_iter().find(|tool| tool.name == call.name);
                let required = |name: &&String| tool.as_ref().is_none_or(|tool| tool.requires(name));
                let first = arguments.keys().find(required).or_else(|| arguments.keys().next()).cloned();
                arguments.into_iter().filter(|(name, _)| Some(name) != first.as_ref()).collect()
            }
            Self::Unknown | Self::Empty => {
                let mut arguments = arguments;
                arguments.insert(UNKNOWN.to_owned(), "none".into());
                arguments
            }
        };
        call.arguments = Value::Object(spoiled).to_string();
        call
    }
}

/// Half of the arguments, where they are a text; where they are an object, one of wrong types.
fn truncated(arguments: &Map<String, Value>, wire: Wire) -> String {
    if !matches!(wire, Wire::OpenAiChat | Wire::OpenAiResponses) {
        return Value::Object(wrong_types(arguments)).to_string();
    }
    let whole = Value::Object(arguments.clone()).to_string();
    let end = (1..=whole.len() / 2).rev().find(|end| whole.is_char_boundary(*end)).unwrap_or(1);
    whole.get(..end).unwrap_or("{").to_owned()
}

/// Every argument of another type; where there is none, one that nobody takes.
fn wrong_types(arguments: &Map<String, Value>) -> Map<String, Value> {
    let other = |value: &Value| match value {
        Value::String(_) => json!([7]),
        Value::Null => json!({}),
        other => other.to_string().into(),
    };
    if arguments.is_empty() {
        return [(UNKNOWN.to_owned(), json!([7]))].into_iter().collect();
    }
    arguments.iter().map(|(name, value)| (name.clone(), other(value))).collect()
}
