//! Salesforce: an error is a list, a success an object. Marketing Cloud has errors of its own.

use serde_json::json;

use super::parts::{SECONDS, WithHeaders, json};
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;

pub(super) const VENDOR: Vendor = Vendor::service(&["salesforce.com", "marketingcloudapis.com"], SHAPES);

const SHAPES: &[Shape] = &[
    Shape {
        id: "salesforce.request_limit",
        kind: ShapeKind::Quota,
        hint: Hint::Untold,
        source: "gists rickysaltzer/4542457 and ndabAP/2ae90f3b: a 403; the limit counts the last 24 hours",
        reply: |_| {
            json(403, &json!([{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]))
                .with("sforce-limit-info", "api-usage=100000/100000")
        },
    },
    Shape {
        id: "salesforce.concurrent",
        kind: ShapeKind::Limit,
        hint: Hint::Untold,
        source: "gist ndabAP/2ae90f3b: the same code as the daily limit, but it passes",
        reply: |_| {
            let message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded.";
            json(403, &json!([{"message": message, "errorCode": "REQUEST_LIMIT_EXCEEDED"}]))
        },
    },
    Shape {
        id: "salesforce.session",
        kind: ShapeKind::Auth,
        hint: Hint::Untold,
        source: "quoted in many public clients: status 401",
        reply: |_| json(401, &json!([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}])),
    },
    Shape {
        id: "salesforce.query_locator",
        kind: ShapeKind::PageToken,
        hint: Hint::Untold,
        source: "error code of the partner WSDL, handled by public clients: a cursor that expired or was pushed out",
        reply: |_| json(400, &json!([{"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}])),
    },
    Shape {
        id: "sfmc.429",
        kind: ShapeKind::Limit,
        hint: SECONDS,
        source: "developer.salesforce.com, mc-apis, rate limiting errors: error 50100",
        reply: |moment| {
            json(429, &json!({"message": "Rate limit exceeded", "errorcode": 50100, "retryAfter": moment.seconds()}))
                .retry_after(moment)
        },
    },
    Shape {
        id: "sfmc.429.blocked",
        kind: ShapeKind::Limit,
        hint: Hint::Untold,
        source: "developer.salesforce.com, mc-apis, rate limiting errors: error 50200 comes without a wait",
        reply: |_| json(429, &json!({"message": "Your requests are temporarily blocked.", "errorcode": 50200})),
    },
];
