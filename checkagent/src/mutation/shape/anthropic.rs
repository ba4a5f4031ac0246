//! Anthropic.

use checkagent_cassette::HttpReply;
use serde_json::{Value, json};

use super::moment::Moment;
use super::parts::{WithHeaders, json};
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;
use crate::mutation::wait::WaitEncoding;

pub(super) const VENDOR: Vendor = Vendor::model(&["api.anthropic.com"], SHAPES);

fn error(moment: &Moment, status: u16, error: &Value) -> HttpReply {
    let id = format!("req_011C{}", moment.word(20));
    json(status, &json!({"type": "error", "error": error, "request_id": id})).with("request-id", id)
}

const SHAPES: &[Shape] = &[
    Shape {
        id: "anthropic.429",
        kind: ShapeKind::Limit,
        hint: Hint::RetryAfter(&[WaitEncoding::Rfc3339, WaitEncoding::Seconds]),
        source: "FoundationAgents/OpenManus#746; stackblitz/bolt.new#8589; anthropic-sdk-python, types/shared/error_response.py",
        reply: |moment| {
            let message = "This request would exceed the rate limit for your organization of 20,000 input tokens per \
                           minute.";
            let reset = moment.write(WaitEncoding::Rfc3339);
            error(moment, 429, &json!({"type": "rate_limit_error", "message": message}))
                .retry_after(moment)
                .with("anthropic-ratelimit-requests-limit", 1000)
                .with("anthropic-ratelimit-requests-remaining", 847)
                .with("anthropic-ratelimit-requests-reset", &reset)
                .with("anthropic-ratelimit-input-tokens-limit", 20_000)
                .with("anthropic-ratelimit-input-tokens-remaining", 0)
                .with("anthropic-ratelimit-input-tokens-reset", &reset)
        },
    },
    Shape {
        id: "anthropic.429.spend",
        kind: ShapeKind::Quota,
        hint: Hint::Untold,
        source: "learn.microsoft.com, dev-proxy, anthropic-529-overloaded-error: no Retry-After, not before next month",
        reply: |moment| {
            let details = json!({"error_code": "enforced_spend_limit_reached"});
            let message = "You have reached your spend limit.";
            error(moment, 429, &json!({"type": "rate_limit_error", "message": message, "details": details}))
        },
    },
    Shape {
        id: "anthropic.529",
        kind: ShapeKind::ServerError,
        hint: Hint::Untold,
        source: "anthropic-sdk-python; Helicone/helicone#4678: a status of its own",
        reply: |moment| {
            error(moment, 529, &json!({"details": null, "type": "overloaded_error", "message": "Overloaded"}))
        },
    },
    Shape {
        id: "anthropic.401",
        kind: ShapeKind::Auth,
        hint: Hint::Untold,
        source: "anthropic-sdk-python, types/shared: authentication_error",
        reply: |moment| error(moment, 401, &json!({"type": "authentication_error", "message": "invalid x-api-key"})),
    },
    Shape {
        id: "an.ctx_400",
        kind: ShapeKind::ContextOverflow,
        hint: Hint::Untold,
        source: "docker/docker-agent#569",
        reply: |moment| {
            let message = "input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000, decrease input \
                           length or `max_tokens` and try again";
            error(moment, 400, &json!({"type": "invalid_request_error", "message": message}))
        },
    },
];
