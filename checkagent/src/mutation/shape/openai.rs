//! OpenAI.

use std::time::Duration;

use checkagent_cassette::HttpReply;
use serde_json::{Value, json};

use super::moment::Moment;
use super::parts::{WithHeaders, json};
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;
use crate::mutation::wait::WaitEncoding;

pub(super) const VENDOR: Vendor = Vendor::model(&["api.openai.com"], SHAPES);

fn error(moment: &Moment, status: u16, kind: &str, code: Option<&str>, param: Option<&str>, text: &str) -> HttpReply {
    let error: Value = json!({"message": text, "type": kind, "param": param, "code": code});
    json(status, &json!({ "error": error })).with("x-request-id", format!("req_{}", moment.hex(32)))
}

const SHAPES: &[Shape] = &[
    Shape {
        id: "openai.429.tpm",
        kind: ShapeKind::Limit,
        hint: Hint::Own(&[WaitEncoding::GoDuration]),
        source: "openai/codex#88; semanser/codel#72; BuilderIO/micro-agent#86: the wait is (used + requested - limit) / limit minutes",
        reply: |moment| {
            let tokens = Tokens::refused_for(moment.wait);
            let told = WaitEncoding::GoDuration.write(tokens.wait(), moment.now);
            let Tokens { limit, used, requested, window } = tokens;
            let message = format!(
                "Rate limit reached for gpt-4o in organization org-4711 on {}: Limit {limit}, Used {used}, Requested \
                 {requested}. Please try again in {told}.",
                window.name()
            );
            error(moment, 429, "tokens", Some("rate_limit_exceeded"), None, &message)
                .with("x-ratelimit-limit-requests", 500)
                .with("x-ratelimit-limit-tokens", limit)
                .with("x-ratelimit-remaining-requests", 499)
                .with("x-ratelimit-remaining-tokens", limit.saturating_sub(used))
                .with("x-ratelimit-reset-requests", "120ms")
                .with("x-ratelimit-reset-tokens", told)
        },
    },
    Shape {
        id: "openai.429.quota",
        kind: ShapeKind::Quota,
        hint: Hint::Untold,
        source: "continuedev/continue#10410 and public tests: the status of a limit; no retry helps",
        reply: |moment| {
            let message = "You exceeded your current quota, please check your plan and billing details.";
            error(moment, 429, "insufficient_quota", Some("insufficient_quota"), None, message)
        },
    },
    Shape {
        id: "openai.500",
        kind: ShapeKind::ServerError,
        hint: Hint::Untold,
        source: "openai-python, _streaming.py, and public logs: code is null",
        reply: |moment| {
            let message = "The server had an error while processing your request. Sorry about that!";
            error(moment, 500, "server_error", None, None, message)
        },
    },
    Shape {
        id: "openai.401",
        kind: ShapeKind::Auth,
        hint: Hint::Untold,
        source: "quoted in many public issues and tests: invalid_api_key",
        reply: |moment| {
            error(moment, 401, "invalid_request_error", Some("invalid_api_key"), None, "Incorrect API key provided.")
        },
    },
    Shape {
        id: "oa.ctx",
        kind: ShapeKind::ContextOverflow,
        hint: Hint::Untold,
        source: "crewAIInc/crewAI-examples#121",
        reply: |moment| {
            let message = "This model's maximum context length is 8192 tokens. However, your messages resulted in \
                           8227 tokens. Please reduce the length of the messages.";
            error(moment, 400, "invalid_request_error", Some("context_length_exceeded"), Some("messages"), message)
        },
    },
];

/// A request that does not fit into what is left of a window's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tokens {
    limit: u64,
    used: u64,
    requested: u64,
    window: Window,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Window {
    Minute,
    Day,
}

impl Window {
    fn millis(self) -> u64 {
        match self {
            Self::Minute => 60_000,
            Self::Day => 24 * 60 * 60_000,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Minute => "tokens per min (TPM)",
            Self::Day => "tokens per day (TPD)",
        }
    }
}

impl Tokens {
    /// How long it takes until enough tokens have come back.
    fn wait(self) -> Duration {
        let missing = (self.used + self.requested).saturating_sub(self.limit);
        Duration::from_millis(missing * self.window.millis() / self.limit)
    }

    /// Numbers that make up this wait, to the next token. More than a minute's tokens cannot be missing, so a long wait
    /// is one of the day's.
    fn refused_for(wait: Duration) -> Self {
        let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        let (window, limit) = if millis <= 58_000 { (Window::Minute, 30_000) } else { (Window::Day, 8_640_000) };
        let missing = millis.div_ceil(window.millis() / limit).max(1);
        // A request as large as the real ones; larger where more is missing, for less was used than there is.
        let requested = missing.max(29_400);
        let used = limit.saturating_add(missing) - requested;
        Self { limit, used, requested, window }
    }
}

#[cfg(test)]
mod tests {
    use super::super::registry::shape;
    use super::*;

    #[test]
    fn the_formula_gives_the_waits_of_four_real_messages() {
        let wait = |limit, used, requested| {
            let told = Tokens { limit, used, requested, window: Window::Minute }.wait();
            WaitEncoding::GoDuration.write(told, std::time::SystemTime::UNIX_EPOCH)
        };
        assert_eq!(wait(30_000, 14_567, 24_754), "18.642s");
        assert_eq!(wait(30_000, 29_937, 385), "644ms");
        assert_eq!(wait(200_000, 162_960, 42_288), "1.574s");
        assert_eq!(wait(30_000, 28_039, 3_906), "3.89s");
    }

    #[test]
    fn the_numbers_of_a_reply_add_up_to_the_wait_in_body_and_headers() {
        for millis in [0, 1, 644, 18_642, 30_000, 58_000, 60_000, 600_000, 3_600_000] {
            let wait = Duration::from_millis(millis);
            let tokens = Tokens::refused_for(wait);
            assert!(tokens.used <= tokens.limit && tokens.requested <= tokens.limit, "{tokens:?}");
            assert!(tokens.used + tokens.requested > tokens.limit, "it is refused for a reason: {tokens:?}");
            let late = tokens.wait().checked_sub(wait).expect("it promises no less than it takes");
            assert!(late <= Duration::from_millis(10), "{tokens:?}");

            let reply = shape("openai.429.tpm").reply(&Moment::with_wait(wait));
            let body = reply.body().json().unwrap();
            let message = body["error"]["message"].as_str().unwrap();
            let reset = reply.header("x-ratelimit-reset-tokens").unwrap();
            assert!(message.ends_with(&format!("try again in {reset}.")), "{message}");
            let remaining = (tokens.limit - tokens.used).to_string();
            assert_eq!(reply.header("x-ratelimit-remaining-tokens"), Some(remaining.as_str()));
            // One of 500 requests in a minute is used.
            assert_eq!(reply.header("x-ratelimit-reset-requests"), Some("120ms"));
        }
    }
}
