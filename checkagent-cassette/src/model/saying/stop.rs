//! Why a model ends, and the word that each wire has for it.

use super::{Part, Saying};
use crate::model::wire::Wire;

/// Why a model stops.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stop {
    /// It has said what it wanted to say: an answer, or calls whose results it waits for.
    #[default]
    Done,
    /// It may say no more: `length`, `max_tokens`.
    Length,
    /// It does not want to.
    Refused,
    /// Somebody does not let it.
    Filtered,
    /// Anything else, in the word of the wire: `pause_turn`, `MALFORMED_FUNCTION_CALL`.
    Word(String),
}

impl Stop {
    /// The word of a wire for it. For Responses, it is the status of what is complete, and the reason for what is not.
    pub(super) fn word(&self, wire: Wire, calls: bool) -> &str {
        match (wire, self) {
            (_, Self::Word(word)) => word,
            (Wire::OpenAiChat, Self::Done) if calls => "tool_calls",
            (Wire::OpenAiChat, Self::Done | Self::Refused) => "stop",
            (Wire::OpenAiChat, Self::Length) => "length",
            (Wire::OpenAiResponses, Self::Done | Self::Refused) => "completed",
            (Wire::OpenAiResponses, Self::Length) => "max_output_tokens",
            (Wire::OpenAiChat | Wire::OpenAiResponses, Self::Filtered) => "content_filter",
            (Wire::Anthropic | Wire::Bedrock, Self::Done) if calls => "tool_use",
            (Wire::Anthropic | Wire::Bedrock, Self::Done) => "end_turn",
            (Wire::Anthropic | Wire::Bedrock, Self::Length) => "max_tokens",
            (Wire::Anthropic, Self::Refused | Self::Filtered) => "refusal",
            (Wire::Bedrock, Self::Refused | Self::Filtered) => "content_filtered",
            (Wire::Gemini, Self::Done) => "STOP",
            (Wire::Gemini, Self::Length) => "MAX_TOKENS",
            (Wire::Gemini, Self::Refused) => "PROHIBITED_CONTENT",
            (Wire::Gemini, Self::Filtered) => "SAFETY",
        }
    }

    /// What a word of a wire means for a message of these parts.
    pub(super) fn of(wire: Wire, word: &str, saying: &Saying) -> Self {
        let calls = saying.has_calls();
        let known = [Self::Done, Self::Length, Self::Refused, Self::Filtered];
        match known.into_iter().find(|stop| stop.word(wire, calls) == word) {
            Some(Self::Done) if saying.parts.iter().any(|part| matches!(part, Part::Refusal(_))) => Self::Refused,
            Some(stop) => stop,
            None => Self::Word(word.to_owned()),
        }
    }
}
