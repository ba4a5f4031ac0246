//! What a model says, apart from how a wire says it.

use std::borrow::Cow;

use serde_json::{Map, Value};
use xxhash_rust::xxh3::Xxh3;

use super::wire::Wire;
use crate::{Body, Content, HttpReply, HttpRequest};

mod failure;
mod frames;
mod part;
mod pieces;
mod read;
mod stop;
mod streaming;
mod usage;
mod write;

pub use failure::Failure;
pub use part::{Called, Part};
pub use stop::Stop;
pub use streaming::Streaming;
pub use usage::Usage;

/// One message of a model: what it says, why it ends, and what stands around it. [`Wire::compose`] makes a reply of it,
/// [`Wire::saying`] makes one of a reply.
///
/// # Examples
///
/// A recorded reply with one thing changed:
///
/// ```
/// use checkagent_cassette::model::{Part, Stop, Streaming, Wire};
/// use checkagent_cassette::{Body, Content, HttpReply};
/// use serde_json::json;
///
/// let recorded = json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_sequence": null,
///     "content": [{"type": "text", "text": "Booked."}], "stop_reason": "end_turn",
///     "usage": {"input_tokens": 9, "output_tokens": 2}});
/// let recorded = HttpReply { status: 200, content: Content::Whole(Body::from_json(&recorded)), ..HttpReply::default() };
///
/// let mut saying = Wire::Anthropic.saying(&recorded).unwrap();
/// saying.parts.push(Part::call("toolu_1", "cancel", r#"{"id":7}"#));
/// let changed = Wire::Anthropic.compose(&saying, Streaming::Whole).unwrap().body().json().unwrap();
/// assert_eq!((&changed["id"], &changed["stop_reason"]), (&json!("msg_1"), &json!("tool_use")));
/// assert_eq!(changed["content"][1]["input"], json!({"id": 7}));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saying {
    /// The name that the provider gave it; one that follows from what it says if there is none.
    pub id: Option<String>,
    /// The model that says it.
    pub model: String,
    /// When, in seconds since 1970, on wires that tell.
    pub created: u64,
    /// What it says, in order.
    pub parts: Vec<Part>,
    /// Why it ends.
    pub stop: Stop,
    /// What it cost. Without, OpenAI's chat leaves the usage out, as it does in a stream that was not asked for it.
    pub usage: Option<Usage>,
    /// What else the wire sends around it, by name: `system_fingerprint`, `safetyRatings` of a candidate.
    pub envelope: Map<String, Value>,
}

impl Saying {
    /// A saying of these parts.
    #[must_use]
    pub fn of(model: &str, parts: Vec<Part>) -> Self {
        Self { model: model.to_owned(), parts, ..Self::default() }
    }

    /// The text that it says, in one piece.
    #[must_use]
    pub fn text(&self) -> String {
        let texts = self.parts.iter().filter_map(|part| match part {
            Part::Text { text, .. } => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    /// The tools that it calls, in order.
    pub fn calls(&self) -> impl Iterator<Item = &Called> {
        self.parts.iter().filter_map(|part| match part {
            Part::Call(call) => Some(call),
            _ => None,
        })
    }

    /// The same, to change them.
    pub fn calls_mut(&mut self) -> impl Iterator<Item = &mut Called> {
        self.parts.iter_mut().filter_map(|part| match part {
            Part::Call(call) => Some(call),
            _ => None,
        })
    }

    pub(in crate::model) fn has_calls(&self) -> bool {
        self.calls().next().is_some()
    }

    /// With a name of its own, that follows from what is said if the provider gave it none.
    fn identified(&self, wire: Wire) -> Cow<'_, Self> {
        if self.id.is_some() {
            return Cow::Borrowed(self);
        }
        let mut hasher = Xxh3::new();
        hasher.update(self.model.as_bytes());
        for part in &self.parts {
            part.digest(&mut hasher);
        }
        let prefix = match wire {
            Wire::OpenAiChat => "chatcmpl-",
            Wire::OpenAiResponses => "resp_",
            Wire::Anthropic => "msg_",
            Wire::Gemini | Wire::Bedrock => "",
        };
        Cow::Owned(Self { id: Some(name(prefix, &hasher)), ..self.clone() })
    }

    /// The name of a part that has none.
    fn name(&self, prefix: &str, place: usize) -> String {
        let mut hasher = Xxh3::new();
        hasher.update(self.id.as_deref().unwrap_or_default().as_bytes());
        hasher.update(&place.to_le_bytes());
        name(prefix, &hasher)
    }
}

fn name(prefix: &str, hasher: &Xxh3) -> String {
    format!("{prefix}{:024x}", hasher.digest128() >> 32)
}

impl Wire {
    /// A saying as the reply of a provider, whole or streamed: status 200, and the content type as the only header.
    /// `None` where the wire cannot say it: arguments that are no JSON where arguments are objects, a list where there
    /// is no such form, and Bedrock's Converse altogether.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::{Part, Saying, Streaming, Wire};
    ///
    /// let saying = Saying::of("m", vec![Part::text("Hi."), Part::call("c1", "find", r#"{"q":"te"#)]);
    /// let stream = Wire::OpenAiChat.compose(&saying, Streaming::Sse).unwrap().body();
    /// assert!(stream.text().unwrap().ends_with("data: [DONE]\n\n"));
    /// assert_eq!(Wire::OpenAiChat.reply(&stream.to_bytes()).calls[0].arguments, r#"{"q":"te"#);
    /// assert_eq!(Wire::Gemini.compose(&saying, Streaming::Whole), None);
    /// ```
    #[must_use]
    pub fn compose(self, saying: &Saying, streaming: Streaming) -> Option<HttpReply> {
        let saying = &*saying.identified(self);
        let content = match streaming {
            Streaming::Whole => Content::Whole(Body::from_json(&write::whole(self, saying)?)),
            Streaming::Sse => Content::Frames(write::stream(self, saying)?.into_frames()),
            Streaming::JsonArray => Content::Frames(write::list(self, saying)?.into_frames()),
        };
        Some(HttpReply { status: 200, headers: streaming.headers(), content, ..HttpReply::default() })
    }

    /// A saying as the answer to a request: streamed if the request asks for it, with the usage that it asks for, and in
    /// the name of the model that it asks, unless the saying names another.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::{Part, Saying, Wire};
    /// use checkagent_cassette::{Body, HttpRequest};
    /// use serde_json::json;
    ///
    /// let body = json!({"model": "small", "stream": true, "input": "hi", "store": false});
    /// let request =
    ///     HttpRequest { target: "/v1/responses".into(), body: Body::from_json(&body), ..HttpRequest::default() };
    /// let saying = Saying { parts: vec![Part::text("Hello.")], ..Saying::default() };
    /// let reply = Wire::of(&request).unwrap().answer(&request, &saying).unwrap();
    /// assert!(reply.body().text().unwrap().contains("event: response.completed"));
    /// assert_eq!(Wire::OpenAiResponses.saying(&reply).unwrap().model, "small");
    /// ```
    #[must_use]
    pub fn answer(self, request: &HttpRequest, saying: &Saying) -> Option<HttpReply> {
        let body = request.body.json().unwrap_or_default();
        let streaming = Streaming::asked_for(self, &request.target, &body);
        let mut saying = saying.clone();
        if saying.model.is_empty() {
            saying.model = streaming::model_asked_for(&request.target, &body);
        }
        if self == Self::OpenAiChat && streaming == Streaming::Sse && !streaming::asks_for_usage(&body) {
            saying.usage = None;
        }
        self.compose(&saying, streaming)
    }

    /// A reply taken apart: what the model says in it, with what stands around it. `None` for an error, for a stream
    /// without its end, for several answers in one, and for what is not in this format.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::{Part, Saying, Stop, Streaming, Usage, Wire};
    ///
    /// let usage = Some(Usage::new(12, 7));
    /// let saying = Saying { id: Some("resp_1".into()), stop: Stop::Length, usage, ..Saying::of("m", vec![Part::text("On")]) };
    /// let reply = Wire::OpenAiResponses.compose(&saying, Streaming::Sse).unwrap();
    /// let read = Wire::OpenAiResponses.saying(&reply).unwrap();
    /// assert_eq!((read.text(), read.id, read.stop), ("On".into(), saying.id, Stop::Length));
    /// ```
    #[must_use]
    pub fn saying(self, reply: &HttpReply) -> Option<Saying> {
        if reply.status >= 300 {
            return None;
        }
        read::saying(self, &reply.body().to_bytes())
    }

    /// A recorded reply with another saying in its place: streamed as it was, with the headers that it had. In a reply
    /// in one piece, what says nothing (`null`, an empty list) stands where it stood, and nowhere else.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::{Part, Saying, Streaming, Wire};
    ///
    /// let mut saying = Saying::of("m", vec![Part::text("Yes.")]);
    /// let recorded = Wire::Gemini.compose(&saying, Streaming::JsonArray).unwrap();
    /// saying.parts = vec![Part::text("No.")];
    /// let changed = Wire::Gemini.recompose(&recorded, &saying).unwrap();
    /// assert!(changed.body().text().unwrap().starts_with("[{"));
    /// ```
    #[must_use]
    pub fn recompose(self, recorded: &HttpReply, saying: &Saying) -> Option<HttpReply> {
        let mut composed = self.compose(saying, Streaming::of(recorded)?)?;
        if let Content::Whole(body) = &mut composed.content
            && let (Some(mut document), Some(before)) = (body.json(), recorded.body().json())
        {
            write::say_nothing_like(&before, &mut document);
            *body = Body::from_json(&document);
        }
        Some(HttpReply { headers: recorded.headers.clone(), ..composed })
    }
}

#[cfg(test)]
mod tests;
