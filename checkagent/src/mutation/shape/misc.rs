//! Vendors of which there is one shape.

use super::shape::{Hint, Shape, ShapeKind};
use crate::mutation::fault::error_reply;
use crate::mutation::wait::{WaitEncoding, whole_seconds};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        id: "notion.429",
        kind: ShapeKind::Limit,
        hint: Hint::Told,
        source: "developers.notion.com/reference/request-limits: whole seconds",
        reply: |moment| {
            let body = r#"{"object":"error","status":429,"code":"rate_limited","message":"rate limited"}"#;
            error_reply(429, body, &[("retry-after", &whole_seconds(moment.wait).to_string())])
        },
    },
    Shape {
        id: "attio.429",
        kind: ShapeKind::Limit,
        hint: Hint::Told,
        source: "docs.attio.com/rest-api/guides/rate-limiting: an HTTP-date",
        reply: |moment| {
            let body = r#"{"status_code":429,"type":"rate_limit_error","code":"rate_limit_exceeded","message":"rate limit exceeded"}"#;
            error_reply(429, body, &[("retry-after", &WaitEncoding::HttpDate.write(moment.wait, moment.now))])
        },
    },
    Shape {
        id: "github.rest.secondary",
        kind: ShapeKind::Limit,
        hint: Hint::Told,
        source: "GitHub REST, rate limits: a 403 whose remaining count is not 0",
        reply: |moment| {
            let wait = whole_seconds(moment.wait).to_string();
            let headers = [
                ("x-ratelimit-limit", "30"),
                ("x-ratelimit-remaining", "14"),
                ("x-ratelimit-used", "16"),
                ("retry-after", wait.as_str()),
            ];
            error_reply(403, r#"{"message":"You have exceeded a secondary rate limit."}"#, &headers)
        },
    },
    Shape {
        id: "slack.fatal",
        kind: ShapeKind::ServerError,
        hint: Hint::Untold,
        source: "slack_web_openapi_v2.json: `fatal_error` with status 500",
        reply: |_| error_reply(500, r#"{"ok":false,"error":"fatal_error"}"#, &[]),
    },
    Shape {
        id: "github.graphql.timeout",
        kind: ShapeKind::ServerError,
        hint: Hint::Untold,
        source: "GitHub GraphQL, rate limits and query limits: the ten-second limit of the server",
        reply: |_| error_reply(502, r#"{"message":"We couldn't respond to your request in time"}"#, &[]),
    },
    Shape {
        id: "notion.529",
        kind: ShapeKind::ServerError,
        hint: Hint::Untold,
        source: "developers.notion.com/reference/request-limits: a status that few clients know",
        reply: |_| {
            let body = r#"{"object":"error","status":529,"code":"service_overload","message":"overloaded"}"#;
            error_reply(529, body, &[])
        },
    },
    Shape {
        id: "airtable.iterator",
        kind: ShapeKind::PageToken,
        hint: Hint::Untold,
        source: "public Airtable clients: the iterator lives on the server for some minutes",
        reply: |_| {
            let body =
                r#"{"error":{"type":"LIST_RECORDS_ITERATOR_NOT_AVAILABLE","message":"The iterator is not available"}}"#;
            error_reply(422, body, &[])
        },
    },
];
