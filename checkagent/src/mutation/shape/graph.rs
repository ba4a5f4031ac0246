//! Microsoft Graph.

use checkagent_cassette::HttpReply;
use serde_json::json;

use super::moment::Moment;
use super::parts::{SECONDS, WithHeaders, json};
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;
use crate::time::rfc3339;

pub(super) const VENDOR: Vendor = Vendor::service(&["graph.microsoft.com"], SHAPES);

fn error(moment: &Moment, status: u16, code: &str, message: &str) -> HttpReply {
    let (id, date) = (moment.uuid(), rfc3339(moment.now));
    let inner = json!({"date": date.trim_end_matches('Z'), "request-id": id, "client-request-id": id});
    json(status, &json!({"error": {"code": code, "message": message, "innerError": inner}}))
}

const SHAPES: &[Shape] = &[
    Shape {
        id: "msgraph.429",
        kind: ShapeKind::Limit,
        hint: SECONDS,
        source: "Microsoft Graph, concepts/throttling.md",
        reply: |moment| error(moment, 429, "TooManyRequests", "Please retry again later.").retry_after(moment),
    },
    Shape {
        id: "msgraph.429.no_hint",
        kind: ShapeKind::Limit,
        hint: Hint::Untold,
        source: "Microsoft Graph, concepts/throttling.md: not every resource says how long",
        reply: |moment| {
            let message = "Application is over its MailboxConcurrency limit.";
            error(moment, 429, "ApplicationThrottled", message)
        },
    },
    Shape {
        id: "msgraph.401",
        kind: ShapeKind::Auth,
        hint: Hint::Untold,
        source: "quoted in many public clients: InvalidAuthenticationToken",
        reply: |moment| {
            let message = "Access token has expired or is not yet valid.";
            error(moment, 401, "InvalidAuthenticationToken", message)
        },
    },
    Shape {
        id: "msgraph.404",
        kind: ShapeKind::NotFound,
        hint: Hint::Untold,
        source: "public clients: a directory object that was just created and has not been replicated yet",
        reply: |moment| error(moment, 404, "Request_ResourceNotFound", "The resource does not exist."),
    },
    Shape {
        id: "msgraph.page_token",
        kind: ShapeKind::PageToken,
        hint: Hint::Untold,
        source: "microsoftgraph/msgraph-sdk-dotnet#2254",
        reply: |moment| {
            let message = "The specified page token value has expired.";
            error(moment, 400, "Directory_ExpiredPageToken", message)
        },
    },
];
