//! Google's APIs.

use super::shape::{Hint, Shape, ShapeKind};
use crate::mutation::fault::error_reply;

pub(super) const SHAPES: &[Shape] = &[Shape {
    id: "google.page_token",
    kind: ShapeKind::PageToken,
    hint: Hint::Untold,
    source: "aip.dev/158; cloudquery/cloudquery#5387",
    reply: |_| {
        let body = r#"{"error":{"code":400,"message":"Invalid page token.","status":"INVALID_ARGUMENT"}}"#;
        error_reply(400, body, &[])
    },
}];
