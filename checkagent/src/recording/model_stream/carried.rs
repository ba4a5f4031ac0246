//! What one event of a stream carries, read without keeping what it says.
//!
//! A streamed recording holds thousands of events: as documents they would take most of the time of listing its cases.

use std::borrow::Cow;

use checkagent_cassette::model::Wire;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Carries;

/// What an event carries; [`Carries::Other`] for what is not in this format.
pub(super) fn by(wire: Wire, json: &[u8]) -> Carries {
    match wire {
        Wire::OpenAiChat => serde_json::from_slice(json).map(|chunk: Chunk<'_>| chunk.carries()),
        Wire::OpenAiResponses => serde_json::from_slice(json).map(|event: ResponseEvent<'_>| event.carries()),
        Wire::Anthropic => serde_json::from_slice(json).map(|event: MessageEvent<'_>| event.carries()),
        Wire::Gemini => serde_json::from_slice(json).map(|document: Document<'_>| document.carries()),
        Wire::Bedrock => Ok(Carries::Other),
    }
    .unwrap_or(Carries::Other)
}

/// A text that is not copied unless it has escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

fn says(text: Option<&Text<'_>>) -> bool {
    text.is_some_and(|text| !text.0.is_empty())
}

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow, default)]
    choices: Vec<Choice<'a>>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    finish_reason: Option<Text<'a>>,
    delta: Option<Delta<'a>>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow)]
    content: Option<Text<'a>>,
    tool_calls: Option<Vec<Call<'a>>>,
}

#[derive(Deserialize)]
struct Call<'a> {
    index: Option<u64>,
    #[serde(borrow)]
    function: Option<Function<'a>>,
    custom: Option<Function<'a>>,
}

#[derive(Deserialize)]
struct Function<'a> {
    #[serde(borrow)]
    arguments: Option<Text<'a>>,
    input: Option<Text<'a>>,
}

impl Chunk<'_> {
    fn carries(&self) -> Carries {
        let Some(choice) = self.choices.first() else { return Carries::Other };
        let delta = choice.delta.as_ref();
        let call = delta.and_then(|delta| delta.tool_calls.as_ref()?.first());
        let argued = |call: &&Call<'_>| {
            let function = call.function.as_ref().or(call.custom.as_ref());
            function.is_some_and(|function| says(function.arguments.as_ref().or(function.input.as_ref())))
        };
        if says(choice.finish_reason.as_ref()) {
            Carries::Finish
        } else if let Some(call) = call.filter(argued) {
            Carries::Arguments(call.index.unwrap_or_default())
        } else if says(delta.and_then(|delta| delta.content.as_ref())) {
            Carries::Text
        } else {
            Carries::Other
        }
    }
}

#[derive(Deserialize)]
struct ResponseEvent<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    output_index: Option<u64>,
}

impl ResponseEvent<'_> {
    fn carries(&self) -> Carries {
        match self.kind.as_ref().map(|kind| kind.0.as_ref()) {
            Some("response.output_text.delta" | "response.refusal.delta") => Carries::Text,
            Some("response.function_call_arguments.delta" | "response.custom_tool_call_input.delta") => {
                Carries::Arguments(self.output_index.unwrap_or_default())
            }
            Some("response.completed" | "response.incomplete") => Carries::Finish,
            _ => Carries::Other,
        }
    }
}

#[derive(Deserialize)]
struct MessageEvent<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    index: Option<u64>,
    delta: Option<BlockDelta<'a>>,
}

#[derive(Deserialize)]
struct BlockDelta<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
    partial_json: Option<Text<'a>>,
}

impl MessageEvent<'_> {
    fn carries(&self) -> Carries {
        let delta = self.delta.as_ref();
        match self.kind.as_ref().map(|kind| kind.0.as_ref()) {
            Some("content_block_delta") if says(delta.and_then(|delta| delta.text.as_ref())) => Carries::Text,
            Some("content_block_delta") if says(delta.and_then(|delta| delta.partial_json.as_ref())) => {
                Carries::Arguments(self.index.unwrap_or_default())
            }
            Some("message_delta") => Carries::Finish,
            Some("message_stop") => Carries::Terminator,
            _ => Carries::Other,
        }
    }
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow, default)]
    candidates: Vec<Candidate<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate<'a> {
    #[serde(borrow)]
    finish_reason: Option<Text<'a>>,
    content: Option<Content<'a>>,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow, default)]
    parts: Vec<Part<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
    thought: Option<IgnoredAny>,
    function_call: Option<IgnoredAny>,
}

impl Document<'_> {
    /// The last piece comes with the end.
    fn carries(&self) -> Carries {
        let Some(candidate) = self.candidates.first() else { return Carries::Other };
        let parts = candidate.content.as_ref().map_or(&[][..], |content| &content.parts);
        if says(candidate.finish_reason.as_ref()) {
            Carries::Finish
        } else if parts.iter().any(|part| part.function_call.is_some()) {
            Carries::Arguments(0)
        } else if parts.iter().any(|part| part.thought.is_none() && says(part.text.as_ref())) {
            Carries::Text
        } else {
            Carries::Other
        }
    }
}
