//! GitHub Models.

use serde_json::json;

use super::parts::{SECONDS, WithHeaders, json};
use super::shape::{Shape, ShapeKind};
use super::vendor::Vendor;

pub(super) const VENDOR: Vendor = Vendor::model(&["models.github.ai", "models.inference.ai.azure.com"], SHAPES);

const SHAPES: &[Shape] = &[Shape {
    id: "github_models.429.day",
    kind: ShapeKind::Quota,
    hint: SECONDS,
    source: "pnp/proxy-samples, github-models-throttling, captured: a Retry-After of many hours",
    reply: |moment| {
        let moment = moment.until_midnight();
        let seconds = moment.seconds();
        let message = format!(
            "Rate limit of 150 per 86400s exceeded for UserByModelByDay. Please wait {seconds} seconds before retrying."
        );
        json(429, &json!({"error": {"code": "RateLimitReached", "message": message, "details": message}}))
            .with("retry-after", seconds)
            .with("x-ratelimit-timeremaining", seconds)
            .with("x-ratelimit-type", "UserByModelByDay")
            .with("x-ms-error-code", "RateLimitReached")
    },
}];
