//! Replies as one real API sends them: status, headers and body together.
//!
//! Facts from public specifications, SDK sources and issue threads; each entry says where from. Bodies are short
//! templates, not vendor texts.

use checkagent_cassette::HttpReply;

use super::bend::error_reply;

/// A reply of one vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// `vendor.what`, for `shaped_like`.
    pub id: &'static str,
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
}

impl Shape {
    pub(super) fn reply(&self) -> HttpReply {
        error_reply(self.status, self.body, self.headers)
    }
}

/// The shape of that id.
///
/// # Panics
///
/// If there is none: a mistake in the test, told with the known ids.
pub(super) fn named(shapes: &[Shape], id: &str) -> Shape {
    *shapes.iter().find(|shape| shape.id == id).unwrap_or_else(|| {
        let known: Vec<_> = shapes.iter().map(|shape| shape.id).collect();
        panic!("no such shape: `{id}`; known are {}", known.join(", "))
    })
}

/// Limits. The wait is added as a header by the world, which knows the clock.
pub(super) const LIMITS: [Shape; 4] = [
    // developers.notion.com/reference/request-limits: integer seconds.
    Shape {
        id: "notion.429",
        status: 429,
        headers: &[],
        body: r#"{"object":"error","status":429,"code":"rate_limited","message":"rate limited"}"#,
    },
    // docs.attio.com/rest-api/guides/rate-limiting: an HTTP-date.
    Shape {
        id: "attio.429",
        status: 429,
        headers: &[],
        body: r#"{"status_code":429,"type":"rate_limit_error","code":"rate_limit_exceeded","message":"rate limit exceeded"}"#,
    },
    // Microsoft Graph, concepts/throttling.md.
    Shape {
        id: "msgraph.429",
        status: 429,
        headers: &[],
        body: r#"{"error":{"code":"TooManyRequests","message":"retry later","innerError":{"code":"429"}}}"#,
    },
    // GitHub REST, rate limits: a 403 whose remaining count is not 0.
    Shape {
        id: "github.rest.secondary",
        status: 403,
        headers: &[("x-ratelimit-limit", "30"), ("x-ratelimit-remaining", "14"), ("x-ratelimit-used", "16")],
        body: r#"{"message":"You have exceeded a secondary rate limit."}"#,
    },
];

/// Errors of a service that is down or overloaded.
pub(super) const SERVER_ERRORS: [Shape; 4] = [
    // slack_web_openapi_v2.json: `fatal_error` with status 500.
    Shape { id: "slack.fatal", status: 500, headers: &[], body: r#"{"ok":false,"error":"fatal_error"}"# },
    // GitHub GraphQL, rate limits and query limits: the ten-second limit of the server.
    Shape {
        id: "github.graphql.timeout",
        status: 502,
        headers: &[],
        body: r#"{"message":"We couldn't respond to your request in time"}"#,
    },
    // Amazon S3: an XML body where the client expects JSON.
    Shape {
        id: "aws.s3.slowdown",
        status: 503,
        headers: &[("content-type", "application/xml")],
        body: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>SlowDown</Code></Error>",
    },
    // developers.notion.com/reference/request-limits: a status that few clients know.
    Shape {
        id: "notion.529",
        status: 529,
        headers: &[],
        body: r#"{"object":"error","status":529,"code":"service_overload","message":"overloaded"}"#,
    },
];

/// Refusals of a page token.
pub(super) const EXPIRED_TOKENS: [Shape; 4] = [
    // aip.dev/158 and cloudquery#5387.
    Shape {
        id: "google.page_token",
        status: 400,
        headers: &[],
        body: r#"{"error":{"code":400,"message":"Invalid page token.","status":"INVALID_ARGUMENT"}}"#,
    },
    // msgraph-sdk-dotnet#2254.
    Shape {
        id: "msgraph.page_token",
        status: 400,
        headers: &[],
        body: r#"{"error":{"code":"Directory_ExpiredPageToken","message":"the page token has expired"}}"#,
    },
    // Airtable: the iterator lives on the server for some minutes.
    Shape {
        id: "airtable.iterator",
        status: 422,
        headers: &[],
        body: r#"{"error":{"type":"LIST_RECORDS_ITERATOR_NOT_AVAILABLE","message":"The iterator is not available"}}"#,
    },
    // botocore: 32 operations declare it.
    Shape {
        id: "aws.next_token",
        status: 400,
        headers: &[("content-type", "application/x-amz-json-1.0")],
        body: r#"{"__type":"InvalidNextTokenException","message":"the token is not valid"}"#,
    },
];
