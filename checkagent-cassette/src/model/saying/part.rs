//! The parts of a saying.

use serde_json::{Map, Value};
use xxhash_rust::xxh3::Xxh3;

use crate::model::content::{digest_text, digest_value};

/// One thing that a model says.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::model::Part;
///
/// assert!(matches!(Part::text("Hi."), Part::Text { text, .. } if text == "Hi."));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text for the user.
    Text {
        /// The text.
        text: String,
        /// What stands beside it, by the names of the wire: `citations`, `annotations`, `thoughtSignature`.
        beside: Map<String, Value>,
    },
    /// A call of one of the agent's tools.
    Call(Called),
    /// Why it does not do what it was asked for, on the wires that keep this apart from text; text on the others.
    Refusal(String),
    /// Anything else, as the wire has it: a block of thoughts, a tool that the provider carries out. On OpenAI's chat,
    /// more members of the message.
    Other(Value),
}

/// A call as it is said, before anybody has read its arguments.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::model::Called;
///
/// let call = Called::new("call_1", "find", r#"{"q":"tea"}"#);
/// assert_eq!(call.value().unwrap()["q"], "tea");
/// assert_eq!(Called::new("call_2", "find", "{'q'").value(), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Called {
    /// How its result will name it; where a wire must name it, one that follows from what is said.
    pub id: Option<String>,
    /// The tool.
    pub name: String,
    /// The arguments as text: JSON, unless the model made a mistake or the tool is a custom one.
    pub arguments: String,
    /// Whether it is one of OpenAI's custom tools, which take any text.
    pub custom: bool,
    /// What stands beside it, by the names of the wire: `thoughtSignature`, the `id` of an item of Responses.
    pub beside: Map<String, Value>,
}

impl Part {
    /// Text and nothing beside it.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text { text: text.to_owned(), beside: Map::new() }
    }

    /// A call of a tool.
    #[must_use]
    pub fn call(id: &str, name: &str, arguments: &str) -> Self {
        Self::Call(Called::new(id, name, arguments))
    }

    pub(super) fn digest(&self, hasher: &mut Xxh3) {
        match self {
            Self::Text { text, .. } => digest_text(hasher, text),
            Self::Refusal(text) => {
                hasher.update(b"r");
                digest_text(hasher, text);
            }
            Self::Call(call) => {
                for text in [call.id.as_deref().unwrap_or_default(), &call.name, &call.arguments] {
                    digest_text(hasher, text);
                }
            }
            Self::Other(value) => digest_value(hasher, value),
        }
    }
}

impl Called {
    /// A call of a function.
    #[must_use]
    pub fn new(id: &str, name: &str, arguments: &str) -> Self {
        Self {
            id: Some(id.to_owned()).filter(|id| !id.is_empty()),
            name: name.to_owned(),
            arguments: arguments.to_owned(),
            ..Self::default()
        }
    }

    /// The arguments as a value; no text at all is an object without members. `None` if they are no JSON.
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        if self.arguments.trim().is_empty() {
            return Some(Value::Object(Map::new()));
        }
        serde_json::from_str(&self.arguments).ok()
    }
}
