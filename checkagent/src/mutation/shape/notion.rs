//! Notion.

use checkagent_cassette::HttpReply;
use serde_json::json;

use super::moment::Moment;
use super::parts::{SECONDS, WithHeaders, json};
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;

pub(super) const VENDOR: Vendor = Vendor::service(&["api.notion.com"], SHAPES);

fn error(moment: &Moment, status: u16, code: &str, message: &str) -> HttpReply {
    let id = moment.uuid();
    json(status, &json!({"object": "error", "status": status, "code": code, "message": message, "request_id": id}))
}

const SHAPES: &[Shape] = &[
    Shape {
        id: "notion.429",
        kind: ShapeKind::Limit,
        hint: SECONDS,
        source: "developers.notion.com/reference/request-limits: whole seconds",
        reply: |moment| {
            error(moment, 429, "rate_limited", "You have been rate limited. Please try again in a few minutes.")
                .retry_after(moment)
        },
    },
    Shape {
        id: "notion.529",
        kind: ShapeKind::ServerError,
        hint: SECONDS,
        source: "developers.notion.com/reference/request-limits: a status that few clients know",
        reply: |moment| error(moment, 529, "service_overload", "The service is overloaded.").retry_after(moment),
    },
    Shape {
        id: "notion.409",
        kind: ShapeKind::Conflict,
        hint: Hint::Untold,
        source: "developers.notion.com/reference/status-codes: conflict_error",
        reply: |moment| error(moment, 409, "conflict_error", "Conflict occurred while saving. Please try again."),
    },
    Shape {
        id: "notion.404",
        kind: ShapeKind::NotFound,
        hint: Hint::Untold,
        source: "developers.notion.com/reference/status-codes: object_not_found",
        reply: |moment| error(moment, 404, "object_not_found", "Could not find the page."),
    },
    Shape {
        id: "notion.401",
        kind: ShapeKind::Auth,
        hint: Hint::Untold,
        source: "developers.notion.com/reference/status-codes: unauthorized",
        reply: |moment| error(moment, 401, "unauthorized", "API token is invalid."),
    },
    Shape {
        id: "notion.cursor",
        kind: ShapeKind::PageToken,
        hint: Hint::Untold,
        source: "developers.notion.com/reference/status-codes: validation_error",
        reply: |moment| {
            let message = "body failed validation: body.start_cursor should be a valid uuid or `undefined`.";
            error(moment, 400, "validation_error", message)
        },
    },
];
