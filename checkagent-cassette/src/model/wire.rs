//! Which format a model is spoken to in.

use serde_json::Value;

use super::documents::{documents, documents_of};
use super::told::{Told, Visit};
use super::tool::{ModelReply, ToolCall, Turn};
use super::{anthropic, bedrock, gemini, openai_chat, openai_responses};
use crate::HttpRequest;

mod path;
mod shape;

/// A wire format of model calls.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::model::Wire;
/// use checkagent_cassette::{Body, HttpRequest};
/// use serde_json::json;
///
/// let body = Body::from_json(&json!({"messages": [{"role": "user", "content": "hi"}]}));
/// let request = HttpRequest { target: "/gateway/v1/messages".into(), body, ..HttpRequest::default() };
/// assert_eq!(Wire::of(&request), Some(Wire::Anthropic));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wire {
    /// OpenAI chat completions, and the many that speak it.
    OpenAiChat,
    /// OpenAI Responses.
    OpenAiResponses,
    /// Anthropic messages, also on Bedrock and Vertex.
    Anthropic,
    /// Gemini's generateContent.
    Gemini,
    /// Bedrock's Converse.
    Bedrock,
}

impl Wire {
    /// The format of a request, by its path and by its body; `None` for what is no model call.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::Wire;
    /// use checkagent_cassette::{Body, HttpRequest};
    /// use serde_json::json;
    ///
    /// let body = Body::from_json(&json!({"model": "m", "input": ["one", "two"]}));
    /// let request = HttpRequest { target: "/v1/embeddings".into(), body, ..HttpRequest::default() };
    /// assert_eq!(Wire::of(&request), None);
    /// ```
    #[must_use]
    pub fn of(request: &HttpRequest) -> Option<Self> {
        Self::read(request).map(|(wire, _)| wire)
    }

    /// Whether a request asks a model. The path alone would take `/surveys/responses` for one; the body is read only where
    /// the path fits.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::Wire;
    /// use checkagent_cassette::{Body, HttpRequest};
    /// use serde_json::json;
    ///
    /// let body = Body::from_json(&json!({"answers": [1]}));
    /// let request = HttpRequest { target: "/surveys/responses".into(), body, ..HttpRequest::default() };
    /// assert!(!Wire::is_spoken_in(&request));
    /// ```
    #[must_use]
    pub fn is_spoken_in(request: &HttpRequest) -> bool {
        Self::of_path(&request.target).is_some() && Self::of(request).is_some()
    }

    /// The format and the document of a request, which is parsed once.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::Wire;
    /// use checkagent_cassette::{Body, HttpRequest};
    /// use serde_json::json;
    ///
    /// let body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
    /// let request = HttpRequest { body: Body::from_json(&body), ..HttpRequest::default() };
    /// assert_eq!(Wire::read(&request), Some((Wire::OpenAiChat, body)));
    /// ```
    #[must_use]
    pub fn read(request: &HttpRequest) -> Option<(Self, Value)> {
        if path::is_something_else(&request.target) {
            return None;
        }
        let body = request.body.json()?;
        Self::of_document(&request.target, &body).map(|wire| (wire, body))
    }

    /// The format of a request to that target with that document, which is parsed already.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::Wire;
    /// use serde_json::json;
    ///
    /// let body = json!({"messages": [{"role": "user", "content": "hi"}]});
    /// assert_eq!(Wire::of_document("/v1/messages", &body), Some(Wire::Anthropic));
    /// assert_eq!(Wire::of_document("/v1/messages/count_tokens", &body), None);
    /// ```
    #[must_use]
    pub fn of_document(target: &str, body: &Value) -> Option<Self> {
        if path::is_something_else(target) {
            return None;
        }
        match Self::of_path(target).filter(|wire| shape::could_be(*wire, body)) {
            // A model on Bedrock is sent its own format.
            Some(Self::Anthropic) if path::is_invoke(target) => Some(Self::of_body(body).unwrap_or(Self::Anthropic)),
            Some(wire) => Some(wire),
            None => Self::of_body(body),
        }
    }

    /// The format that a path stands for, whatever a gateway puts before it.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::Wire;
    ///
    /// let azure = "/openai/deployments/x/chat/completions?api-version=2024-10-21";
    /// assert_eq!(Wire::of_path(azure), Some(Wire::OpenAiChat));
    /// assert_eq!(Wire::of_path("/v1beta/models/gemini-pro:countTokens"), None);
    /// ```
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        path::wire(path)
    }

    /// The format that the body of a request has, for a path that says nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::Wire;
    /// use serde_json::json;
    ///
    /// let body = json!({"contents": [{"role": "user", "parts": [{"text": "hi"}]}]});
    /// assert_eq!(Wire::of_body(&body), Some(Wire::Gemini));
    /// assert_eq!(Wire::of_body(&json!({"messages": ["hi"]})), None);
    /// ```
    #[must_use]
    pub fn of_body(body: &Value) -> Option<Self> {
        shape::wire(body)
    }

    /// The calls of the agent's tools and their results that the body of a request tells of, in order.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::{Turn, Wire};
    /// use serde_json::json;
    ///
    /// let request = json!({"input": [
    ///     {"type": "function_call", "call_id": "c", "name": "now", "arguments": ""},
    ///     {"type": "function_call_output", "call_id": "c", "output": "noon"},
    /// ]});
    /// let history = Wire::OpenAiResponses.history(&request);
    /// let [Turn::Call(call, at), Turn::Result(result)] = &history[..] else { panic!("a call and its result") };
    /// assert_eq!((call.arguments.to_string(), at.to_string()), ("{}".into(), "/input/0".into()));
    /// assert_eq!(result.content, "noon");
    /// ```
    #[must_use]
    pub fn history(self, request: &Value) -> Vec<Turn> {
        let mut turns = Vec::new();
        self.visit(request, &mut |told: Told<'_>| turns.push(told.into()));
        turns
    }

    /// The tools that a reply calls; whole or a stream, as its bytes say.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::Wire;
    ///
    /// let stream = concat!(
    ///     "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\"}}]}}]}\n\n",
    ///     "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\":1}\"}}]}}]}\n\n",
    ///     "data: [DONE]\n\n",
    /// );
    /// let reply = Wire::OpenAiChat.reply(stream.as_bytes());
    /// assert_eq!(reply.calls[0].arguments["a"], 1);
    /// ```
    #[must_use]
    pub fn reply(self, body: &[u8]) -> ModelReply {
        let documents = documents(body);
        match self {
            Self::OpenAiChat => openai_chat::reply(documents),
            Self::OpenAiResponses => openai_responses::reply(documents),
            Self::Anthropic => anthropic::reply(documents),
            Self::Gemini => gemini::reply(documents),
            Self::Bedrock => bedrock::reply(documents),
        }
    }

    /// As [`Wire::reply`], the calls alone.
    pub(crate) fn calls(self, body: &[u8]) -> Vec<ToolCall> {
        match self {
            // Most events bring a piece of text; what brings a call says so, unless it is written with escapes.
            Self::OpenAiChat => {
                let may_call = |data: &str| ["call", "\"message\"", "\\u"].iter().any(|word| data.contains(word));
                openai_chat::reply(documents_of(body, may_call)).calls
            }
            _ => self.reply(body).calls,
        }
    }

    pub(super) fn visit<'v>(self, request: &'v Value, visit: Visit<'_, 'v>) {
        match self {
            Self::OpenAiChat => openai_chat::history(request, visit),
            Self::OpenAiResponses => openai_responses::history(request, visit),
            Self::Anthropic => anthropic::history(request, visit),
            Self::Gemini => gemini::history(request, visit),
            Self::Bedrock => bedrock::history(request, visit),
        }
    }
}

#[cfg(test)]
mod tests;
