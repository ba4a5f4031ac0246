//! Microsoft Graph.

use super::shape::{Hint, Shape, ShapeKind};
use crate::mutation::fault::error_reply;
use crate::mutation::wait::whole_seconds;

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        id: "msgraph.429",
        kind: ShapeKind::Limit,
        hint: Hint::Told,
        source: "Microsoft Graph, concepts/throttling.md",
        reply: |moment| {
            let body = r#"{"error":{"code":"TooManyRequests","message":"retry later","innerError":{"code":"429"}}}"#;
            error_reply(429, body, &[("retry-after", &whole_seconds(moment.wait).to_string())])
        },
    },
    Shape {
        id: "msgraph.page_token",
        kind: ShapeKind::PageToken,
        hint: Hint::Untold,
        source: "microsoftgraph/msgraph-sdk-dotnet#2254",
        reply: |_| {
            let body = r#"{"error":{"code":"Directory_ExpiredPageToken","message":"the page token has expired"}}"#;
            error_reply(400, body, &[])
        },
    },
];
