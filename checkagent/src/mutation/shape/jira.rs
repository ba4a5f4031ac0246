//! Jira Cloud.

use serde_json::json;

use super::parts::{WithHeaders, json};
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;
use crate::mutation::wait::WaitEncoding;

pub(super) const VENDOR: Vendor = Vendor::service(&["atlassian.net", "api.atlassian.com"], SHAPES);

const SHAPES: &[Shape] = &[
    Shape {
        id: "jira.429",
        kind: ShapeKind::Limit,
        hint: Hint::RetryAfter(&[WaitEncoding::Minute, WaitEncoding::Seconds]),
        source: "developer.atlassian.com, rate limiting: the reset comes without seconds",
        reply: |moment| {
            json(429, &json!({"errorMessages": ["Rate limit exceeded."], "errors": {}}))
                .retry_after(moment)
                .with("x-ratelimit-limit", 350)
                .with("x-ratelimit-remaining", 0)
                .with("x-ratelimit-reset", moment.write(WaitEncoding::Minute))
                .with("ratelimit-reason", "jira-burst-based")
        },
    },
    Shape {
        id: "jira.429.minute",
        kind: ShapeKind::Limit,
        hint: Hint::Own(&[WaitEncoding::Minute]),
        source: "JRACLOUD-82801: without Retry-After",
        reply: |moment| {
            json(429, &json!({"errorMessages": ["Rate limit exceeded."], "errors": {}}))
                .with("x-ratelimit-limit", 350)
                .with("x-ratelimit-remaining", 0)
                .with("x-ratelimit-reset", moment.write(WaitEncoding::Minute))
                .with("ratelimit-reason", "jira-quota-tenant-based")
        },
    },
];
