//! Google's APIs, the newer form of errors and that of Workspace.

use serde_json::{Value, json};

use super::parts::json;
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;
use crate::mutation::wait::WaitEncoding;

pub(super) const VENDOR: Vendor = Vendor::service(&["googleapis.com"], SHAPES);

/// The place where Google says how long to wait.
pub(super) fn retry_info(delay: &str) -> Value {
    json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay})
}

/// The legacy envelope of Drive, Gmail and Calendar.
fn usage_limit(reason: &str, message: &str) -> Value {
    let error = json!({"domain": "usageLimits", "reason": reason, "message": message});
    json!({"error": {"errors": [error], "code": 403, "message": message}})
}

const SHAPES: &[Shape] = &[
    Shape {
        id: "google.rest.429",
        kind: ShapeKind::Limit,
        hint: Hint::Own(&[WaitEncoding::ProtoDuration]),
        source: "googleapis, google/api/error_reason.proto; aip.dev/193: the wait is in details[], not in a header",
        reply: |moment| {
            let info = json!({
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": {
                    "consumer": "projects/123",
                    "service": "pubsub.googleapis.com",
                    "quota_metric": "pubsub.googleapis.com/read_requests",
                    "quota_limit": "ReadsPerMinutePerProject",
                },
            });
            let message = "Quota exceeded for quota metric 'Read requests' of service 'pubsub.googleapis.com'.";
            let details = [info, retry_info(&moment.write(WaitEncoding::ProtoDuration))];
            json(
                429,
                &json!({"error": {
                    "code": 429, "message": message, "status": "RESOURCE_EXHAUSTED", "details": details,
                }}),
            )
        },
    },
    Shape {
        id: "google.workspace.403",
        kind: ShapeKind::Limit,
        hint: Hint::Untold,
        source: "developers.google.com/drive/api/guides/handle-errors; tidyverse/googledrive#380: a 403 that is no matter of rights",
        reply: |_| json(403, &usage_limit("userRateLimitExceeded", "User Rate Limit Exceeded.")),
    },
    Shape {
        id: "google.workspace.daily",
        kind: ShapeKind::Quota,
        hint: Hint::Untold,
        source: "developers.google.com/drive/api/guides/handle-errors: not to be retried",
        reply: |_| json(403, &usage_limit("dailyLimitExceeded", "Daily Limit Exceeded.")),
    },
    Shape {
        id: "google.503",
        kind: ShapeKind::ServerError,
        hint: Hint::Untold,
        source: "aip.dev/193 and googleapis, google/rpc/code.proto: UNAVAILABLE is a 503",
        reply: |_| {
            let message = "The service is currently unavailable.";
            json(503, &json!({"error": {"code": 503, "message": message, "status": "UNAVAILABLE"}}))
        },
    },
    Shape {
        id: "google.401",
        kind: ShapeKind::Auth,
        hint: Hint::Untold,
        source: "aip.dev/193 and googleapis, google/rpc/code.proto: UNAUTHENTICATED is a 401",
        reply: |_| {
            let message = "Request had invalid authentication credentials.";
            json(401, &json!({"error": {"code": 401, "message": message, "status": "UNAUTHENTICATED"}}))
        },
    },
    Shape {
        id: "google.page_token",
        kind: ShapeKind::PageToken,
        hint: Hint::Untold,
        source: "aip.dev/158; cloudquery/cloudquery#5387",
        reply: |_| {
            json(400, &json!({"error": {"code": 400, "message": "Invalid page token.", "status": "INVALID_ARGUMENT"}}))
        },
    },
    Shape {
        id: "google.aborted",
        kind: ShapeKind::Conflict,
        hint: Hint::Untold,
        source: "googleapis, google/rpc/code.proto: ABORTED is a 409, a concurrency issue to be tried again",
        reply: |_| {
            let message = "The operation was aborted because of concurrent changes. Please try again.";
            json(409, &json!({"error": {"code": 409, "message": message, "status": "ABORTED"}}))
        },
    },
    Shape {
        id: "google.404",
        kind: ShapeKind::NotFound,
        hint: Hint::Untold,
        source: "aip.dev/193 and googleapis, google/rpc/code.proto: NOT_FOUND is a 404",
        reply: |_| {
            let message = "Requested entity was not found.";
            json(404, &json!({"error": {"code": 404, "message": message, "status": "NOT_FOUND"}}))
        },
    },
];
