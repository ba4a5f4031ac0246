//! How each provider says that it fails.
//!
//! Facts from the SDKs and the issues of their users; each line says where from. Messages are short templates.

use serde_json::{Value, json};

use crate::model::wire::Wire;
use crate::{Body, Content, Frame, HttpReply};

use super::frames::Frames;

/// What a provider fails at.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::model::{Failure, Wire};
///
/// let overloaded = Wire::Anthropic.fails(Failure::Overloaded).unwrap();
/// assert_eq!(overloaded.status, 529);
/// assert_eq!(overloaded.body().json().unwrap()["error"]["type"], "overloaded_error");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// Too many requests or tokens in a minute.
    RateLimited,
    /// Too many users.
    Overloaded,
    /// A mistake of its own.
    Internal,
    /// The conversation is longer than the model can read.
    ContextFull,
}

/// Status, type or status word, code, and message.
type Shape = (u16, &'static str, Option<&'static str>, &'static str);

fn shape(wire: Wire, failure: Failure) -> Option<Shape> {
    Some(match (wire, failure) {
        // openai/codex#88.
        (Wire::OpenAiChat | Wire::OpenAiResponses, Failure::RateLimited) => {
            (429, "tokens", Some("rate_limit_exceeded"), "Rate limit reached. Please try again in 1.574s.")
        }
        // node-chatgpt-api#34.
        (Wire::OpenAiChat | Wire::OpenAiResponses, Failure::Overloaded) => {
            (503, "server_error", None, "The model is overloaded. Please try again later.")
        }
        // openai-python, _streaming.py, and openai-openapi, ResponseError.
        (Wire::OpenAiChat, Failure::Internal) => (500, "server_error", None, "The server had an error."),
        (Wire::OpenAiResponses, Failure::Internal) => {
            (500, "server_error", Some("server_error"), "The server had an error.")
        }
        // crewAI-examples#121.
        (Wire::OpenAiChat | Wire::OpenAiResponses, Failure::ContextFull) => (
            400,
            "invalid_request_error",
            Some("context_length_exceeded"),
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 8227 tokens.",
        ),
        // anthropic-sdk-python, types/shared; Helicone#4678; docker-agent#569.
        (Wire::Anthropic, Failure::RateLimited) => {
            (429, "rate_limit_error", None, "This request would exceed the rate limit for your organization.")
        }
        (Wire::Anthropic, Failure::Overloaded) => (529, "overloaded_error", None, "Overloaded"),
        (Wire::Anthropic, Failure::Internal) => (500, "api_error", None, "Internal server error"),
        (Wire::Anthropic, Failure::ContextFull) => (
            400,
            "invalid_request_error",
            None,
            "input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000",
        ),
        // Roo-Code#3883: the wait is in the details, not in a header.
        (Wire::Gemini, Failure::RateLimited) => {
            (429, "RESOURCE_EXHAUSTED", Some("26s"), "You exceeded your current quota.")
        }
        // gemini-cli#5191 and #4231.
        (Wire::Gemini, Failure::Overloaded) => {
            (503, "UNAVAILABLE", None, "The model is overloaded. Please try again later.")
        }
        (Wire::Gemini, Failure::Internal) => (500, "INTERNAL", None, "An internal error has occurred."),
        (Wire::Gemini, Failure::ContextFull) => (
            400,
            "INVALID_ARGUMENT",
            None,
            "The input token count (1200500) exceeds the maximum number of tokens allowed (1048576).",
        ),
        (Wire::Bedrock, _) => return None,
    })
}

impl Wire {
    /// The reply of a provider that fails before it says anything. `None` for Bedrock's Converse.
    #[must_use]
    pub fn fails(self, failure: Failure) -> Option<HttpReply> {
        let (status, _, _, _) = shape(self, failure)?;
        Some(HttpReply {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            content: Content::Whole(Body::from_json(&envelope(self, shape(self, failure)?))),
            ..HttpReply::default()
        })
    }

    /// What a provider that fails in the middle of a stream of server-sent events writes last. `sequence` is the number
    /// of the next event, which only Responses counts. `None` for Bedrock's Converse.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::{Failure, Wire};
    ///
    /// let last = Wire::OpenAiResponses.fails_midstream(Failure::RateLimited, 3).unwrap();
    /// assert!(last.data.text().unwrap().starts_with("event: error\ndata: {"));
    /// ```
    #[must_use]
    pub fn fails_midstream(self, failure: Failure, sequence: u64) -> Option<Frame> {
        let shape = shape(self, failure)?;
        let mut frames = Frames::default();
        match self {
            Self::Anthropic => frames.named(&envelope(self, shape)),
            Self::OpenAiResponses => {
                let (_, kind, code, message) = shape;
                let code = code.unwrap_or(kind);
                frames.named(
                    &json!({"type": "error", "code": code, "message": message, "param": null, "sequence_number": sequence}),
                );
            }
            _ => frames.data(&envelope(self, shape)),
        }
        frames.into_frames().pop()
    }
}

fn envelope(wire: Wire, (status, kind, code, message): Shape) -> Value {
    match wire {
        Wire::Anthropic => json!({
            "type": "error",
            "error": {"details": null, "type": kind, "message": message},
            "request_id": "req_0",
        }),
        Wire::Gemini => {
            let retry =
                code.map(|wait| json!([{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": wait}]));
            match retry {
                Some(details) => {
                    json!({"error": {"code": status, "message": message, "status": kind, "details": details}})
                }
                None => json!({"error": {"code": status, "message": message, "status": kind}}),
            }
        }
        _ => json!({"error": {"message": message, "type": kind, "param": null, "code": code}}),
    }
}
