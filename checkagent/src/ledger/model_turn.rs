//! What a model said in answer to one call.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::tier::Tier;

/// What a model said in answer to one call, and where that came from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelTurn {
    /// Where the answer came from.
    pub tier: Tier,
    /// The stand-in that gave it, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stand_in: Option<String>,
    /// The model that was asked; empty where the request does not say.
    pub model: String,
    /// What was paid for it, where the reply says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Tokens>,
    /// What it says to the user.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The tools that it calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<ToolUse>,
    /// How many results of tools stand in the request: with each one more, the agent has answered one more call.
    #[serde(default)]
    pub results: usize,
}

/// Tokens of one answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Those of the request.
    pub input: u64,
    /// Those of the answer.
    pub output: u64,
}

/// One call of a tool, as the model asks for it. Whether the agent's code did it is told by the other calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolUse {
    /// The tool.
    pub name: String,
    /// Its arguments; a text where they are no JSON.
    pub arguments: Value,
}
