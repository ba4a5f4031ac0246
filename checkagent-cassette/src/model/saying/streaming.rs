//! Whether a reply comes in one piece.

use serde_json::Value;

use crate::model::event_stream;
use crate::model::wire::Wire;
use crate::{Body, Content, Headers, HttpReply};

/// In which form a reply comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Streaming {
    /// One JSON document.
    Whole,
    /// Server-sent events.
    Sse,
    /// A JSON list, element by element: Gemini's stream without `alt=sse`.
    JsonArray,
}

impl Streaming {
    /// The form that a recorded reply has, by its content. `None` for Amazon's binary event stream.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::Streaming;
    /// use checkagent_cassette::{Body, Content, HttpReply};
    ///
    /// let content = Content::Whole(Body::from_bytes(b"data: [DONE]\n\n"));
    /// assert_eq!(Streaming::of(&HttpReply { content, ..HttpReply::default() }), Some(Streaming::Sse));
    /// ```
    #[must_use]
    pub fn of(reply: &HttpReply) -> Option<Self> {
        match first_byte(&reply.content) {
            Some(b'{') => Some(Self::Whole),
            Some(b'[') => Some(Self::JsonArray),
            // A message is never as long as its length could say.
            Some(0) if event_stream::messages(&reply.body().to_bytes()).next().is_some_and(|first| first.is_ok()) => {
                None
            }
            _ => Some(Self::Sse),
        }
    }

    /// The form that a request asks for.
    pub(super) fn asked_for(wire: Wire, target: &str, body: &Value) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let streamed = match wire {
            Wire::Gemini => path.contains("streamGenerateContent"),
            _ => body.get("stream").and_then(Value::as_bool).unwrap_or_default() || path.ends_with("streamRawPredict"),
        };
        match (streamed, wire) {
            (false, _) => Self::Whole,
            (true, Wire::Gemini) if !query.split('&').any(|field| field == "alt=sse") => Self::JsonArray,
            (true, _) => Self::Sse,
        }
    }

    pub(super) fn headers(self) -> Headers {
        let media = match self {
            Self::Whole | Self::JsonArray => "application/json",
            Self::Sse => "text/event-stream; charset=utf-8",
        };
        vec![("content-type".into(), media.into())]
    }
}

/// The first byte that says something.
fn first_byte(content: &Content) -> Option<u8> {
    let first = |body: &Body| body.to_bytes().trim_ascii_start().first().copied();
    match content {
        Content::Whole(body) => first(body),
        Content::Frames(frames) => frames.iter().find_map(|frame| first(&frame.data)),
    }
}

/// The model that a request asks: in its body, or for Gemini in its path.
pub(super) fn model_asked_for(target: &str, body: &Value) -> String {
    if let Some(model) = body.get("model").and_then(Value::as_str) {
        return model.to_owned();
    }
    let path = target.split('?').next().unwrap_or_default();
    let named = path.split_once("models/").and_then(|(_, rest)| rest.split([':', '/']).next());
    named.unwrap_or_default().to_owned()
}

/// Whether a request to OpenAI's chat wants the usage in its stream.
pub(super) fn asks_for_usage(body: &Value) -> bool {
    body.get("stream_options").and_then(|options| options.get("include_usage")).is_some_and(|asked| asked == true)
}
