//! Twilio: errors have numbers.

use serde_json::json;

use super::parts::{SECONDS, WithHeaders, json};
use super::shape::{Shape, ShapeKind};
use super::vendor::Vendor;

pub(super) const VENDOR: Vendor = Vendor::service(&["twilio.com"], SHAPES);

const SHAPES: &[Shape] = &[Shape {
    id: "twilio.429",
    kind: ShapeKind::Limit,
    hint: SECONDS,
    source: "pnp/proxy-samples, twilio-resilience-testing",
    reply: |moment| {
        let info = "https://www.twilio.com/docs/errors/20429";
        json(429, &json!({"code": 20429, "message": "Too Many Requests", "more_info": info, "status": 429}))
            .retry_after(moment)
    },
}];
