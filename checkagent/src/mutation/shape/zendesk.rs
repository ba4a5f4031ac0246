//! Zendesk.

use super::parts::{SECONDS, WithHeaders, typed};
use super::shape::{Shape, ShapeKind};
use super::vendor::Vendor;

pub(super) const VENDOR: Vendor = Vendor::service(&["zendesk.com"], SHAPES);

const SHAPES: &[Shape] = &[Shape {
    id: "zendesk.429",
    kind: ShapeKind::Limit,
    hint: SECONDS,
    source: "public Zendesk clients: plain text, so that reading the error as JSON fails",
    reply: |moment| {
        typed(429, "text/plain; charset=utf-8", "Number of allowed API requests per minute exceeded")
            .retry_after(moment)
    },
}];
