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

impl Tokens {
    /// Those of request and answer together.
    #[must_use]
    pub fn all(self) -> u64 {
        self.input.saturating_add(self.output)
    }
}

impl std::ops::Add for Tokens {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let Self { input, output } = other;
        Self { input: self.input.saturating_add(input), output: self.output.saturating_add(output) }
    }
}

/// One call of a tool, as the model asks for it. Whether the agent's code did it is told by the other calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolUse {
    /// The tool.
    pub name: String,
    /// Its arguments; a text where they are no JSON.
    pub arguments: Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_added_by_direction() {
        let sum = Tokens { input: 1, output: 20 } + Tokens { input: 300, output: 4000 };
        assert_eq!((sum.input, sum.output, sum.all()), (301, 4020, 4321));
        assert_eq!((Tokens { input: u64::MAX, output: 1 } + sum).all(), u64::MAX);
    }
}
