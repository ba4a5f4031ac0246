//! Slack: errors come with status 200.

use serde_json::json;

use super::parts::{SECONDS, WithHeaders, json};
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;

pub(super) const VENDOR: Vendor = Vendor::service(&["slack.com"], SHAPES);

const SHAPES: &[Shape] = &[
    Shape {
        id: "slack.ratelimited",
        kind: ShapeKind::Limit,
        hint: SECONDS,
        source: "slackapi/python-slack-sdk#1041",
        reply: |moment| json(429, &json!({"ok": false, "error": "ratelimited"})).retry_after(moment),
    },
    Shape {
        id: "slack.ratelimited_200",
        kind: ShapeKind::ErrorIn200,
        hint: Hint::Untold,
        source: "slack_web_openapi_v2.json: four methods list `rate_limited`",
        reply: |_| json(200, &json!({"ok": false, "error": "rate_limited"})),
    },
    Shape {
        id: "slack.request_timeout",
        kind: ShapeKind::ErrorIn200,
        hint: Hint::Untold,
        source: "slack_web_openapi_v2.json: `request_timeout` on 84 methods",
        reply: |_| json(200, &json!({"ok": false, "error": "request_timeout"})),
    },
    Shape {
        id: "slack.fatal",
        kind: ShapeKind::ServerError,
        hint: Hint::Untold,
        source: "slack_web_openapi_v2.json: `fatal_error` on 55 methods, with status 500",
        reply: |_| json(500, &json!({"ok": false, "error": "fatal_error"})),
    },
    Shape {
        id: "slack.missing_scope",
        kind: ShapeKind::Auth,
        hint: Hint::Untold,
        source: "slack_web_openapi_v2.json: `needed` and `provided`, with status 200",
        reply: |_| {
            let scopes = "identify,chat:write";
            json(200, &json!({"ok": false, "error": "missing_scope", "needed": "channels:read", "provided": scopes}))
        },
    },
    Shape {
        id: "slack.cursor",
        kind: ShapeKind::PageToken,
        hint: Hint::Untold,
        source: "slack_web_openapi_v2.json: `invalid_cursor`, with status 200",
        reply: |_| json(200, &json!({"ok": false, "error": "invalid_cursor"})),
    },
];
