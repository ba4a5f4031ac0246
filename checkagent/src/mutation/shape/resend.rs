//! Resend: the header names of the IETF's draft.

use checkagent_cassette::HttpReply;
use serde_json::json;

use super::moment::Moment;
use super::parts::{SECONDS, WithHeaders, json};
use super::shape::{Shape, ShapeKind};
use super::vendor::Vendor;

pub(super) const VENDOR: Vendor = Vendor::service(&["api.resend.com"], SHAPES);

fn limit(moment: &Moment, name: &str, message: &str, limit: u32) -> HttpReply {
    json(429, &json!({"statusCode": 429, "name": name, "message": message}))
        .with("ratelimit-limit", limit)
        .with("ratelimit-remaining", 0)
        .with("ratelimit-reset", moment.seconds())
        .retry_after(moment)
}

const SHAPES: &[Shape] = &[
    Shape {
        id: "resend.429",
        kind: ShapeKind::Limit,
        hint: SECONDS,
        source: "pnp/proxy-samples, resend-rate-limiting: the reset is a number of seconds, too",
        reply: |moment| {
            let message = "Too many requests. You can only make 2 requests per second.";
            limit(moment, "rate_limit_exceeded", message, 2)
        },
    },
    Shape {
        id: "resend.429.day",
        kind: ShapeKind::Quota,
        hint: SECONDS,
        source: "pnp/proxy-samples, resend-rate-limiting: daily_quota_exceeded",
        reply: |moment| {
            let message = "You have reached your daily email sending quota.";
            limit(&moment.until_midnight(), "daily_quota_exceeded", message, 100)
        },
    },
];
