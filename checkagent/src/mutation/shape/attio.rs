//! Attio.

use serde_json::json;

use super::parts::{WithHeaders, json};
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;
use crate::mutation::wait::WaitEncoding;

pub(super) const VENDOR: Vendor = Vendor::service(&["api.attio.com"], SHAPES);

const SHAPES: &[Shape] = &[Shape {
    id: "attio.429",
    kind: ShapeKind::Limit,
    hint: Hint::RetryAfter(&[WaitEncoding::HttpDate]),
    source: "docs.attio.com/rest-api/guides/rate-limiting: an HTTP-date",
    reply: |moment| {
        json(
            429,
            &json!({
                "status_code": 429,
                "type": "rate_limit_error",
                "code": "rate_limit_exceeded",
                "message": "Rate limit exceeded, please try again later",
            }),
        )
        .with("retry-after", moment.write(WaitEncoding::HttpDate))
    },
}];
