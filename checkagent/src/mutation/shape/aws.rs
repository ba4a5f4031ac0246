//! Amazon Web Services.

use super::shape::{Hint, Shape, ShapeKind};
use crate::mutation::fault::error_reply;

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        id: "aws.s3.slowdown",
        kind: ShapeKind::ServerError,
        hint: Hint::Untold,
        source: "the XML error of Amazon S3, where a client may expect JSON",
        reply: |_| {
            let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>SlowDown</Code></Error>";
            error_reply(503, body, &[("content-type", "application/xml")])
        },
    },
    Shape {
        id: "aws.next_token",
        kind: ShapeKind::PageToken,
        hint: Hint::Untold,
        source: "botocore: 32 operations declare it",
        reply: |_| {
            let body = r#"{"__type":"InvalidNextTokenException","message":"the token is not valid"}"#;
            error_reply(400, body, &[("content-type", "application/x-amz-json-1.0")])
        },
    },
];
