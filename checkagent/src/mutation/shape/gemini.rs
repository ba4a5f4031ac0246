//! Gemini, by its own API and on Vertex.

use serde_json::json;

use super::google::retry_info;
use super::parts::json;
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;
use crate::mutation::wait::WaitEncoding;

pub(super) const VENDOR: Vendor =
    Vendor::model(&["generativelanguage.googleapis.com", "aiplatform.googleapis.com"], SHAPES);

const SHAPES: &[Shape] = &[
    Shape {
        id: "gemini.429",
        kind: ShapeKind::Limit,
        hint: Hint::Own(&[WaitEncoding::ProtoDuration]),
        source: "RooCodeInc/Roo-Code#3883; google-gemini/gemini-cli#8437: the wait is in the body, `quotaValue` is a text",
        reply: |moment| {
            let quota = json!({
                "@type": "type.googleapis.com/google.rpc.QuotaFailure",
                "violations": [{
                    "quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_input_token_count",
                    "quotaId": "GenerateContentInputTokensPerModelPerMinute-FreeTier",
                    "quotaDimensions": {"location": "global", "model": "gemini-2.5-flash"},
                    "quotaValue": "250000",
                }],
            });
            let help = json!({
                "@type": "type.googleapis.com/google.rpc.Help",
                "links": [{"description": "Quotas", "url": "https://ai.google.dev/gemini-api/docs/rate-limits"}],
            });
            let details = [quota, help, retry_info(&moment.write(WaitEncoding::ProtoDuration))];
            let message = "You exceeded your current quota, please check your plan and billing details.";
            json(
                429,
                &json!({"error": {
                    "code": 429, "message": message, "status": "RESOURCE_EXHAUSTED", "details": details,
                }}),
            )
        },
    },
    Shape {
        id: "vertex.429",
        kind: ShapeKind::Limit,
        hint: Hint::Untold,
        source: "google-gemini/gemini-cli#14831, #6454: in a list, without RetryInfo",
        reply: |_| {
            let message = "Resource exhausted. Please try again later.";
            let error = json!({"message": message, "domain": "global", "reason": "rateLimitExceeded"});
            json(
                429,
                &json!([{"error": {
                    "code": 429, "message": message, "errors": [error], "status": "RESOURCE_EXHAUSTED",
                }}]),
            )
        },
    },
    Shape {
        id: "ge.503",
        kind: ShapeKind::ServerError,
        hint: Hint::Untold,
        source: "quoted from logs in several public clients",
        reply: |_| {
            let message = "The model is overloaded. Please try again later.";
            json(503, &json!({"error": {"code": 503, "message": message, "status": "UNAVAILABLE"}}))
        },
    },
    Shape {
        id: "ge.ctx",
        kind: ShapeKind::ContextOverflow,
        hint: Hint::Untold,
        source: "quoted in several public clients and their tests",
        reply: |_| {
            let message = "The input token count (1200500) exceeds the maximum number of tokens allowed (1048576).";
            json(400, &json!({"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}))
        },
    },
];
