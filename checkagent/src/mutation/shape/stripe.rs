//! Stripe.

use serde_json::json;

use super::moment::Moment;
use super::parts::{WithHeaders, json};
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;
use checkagent_cassette::HttpReply;

pub(super) const VENDOR: Vendor = Vendor::service(&["api.stripe.com"], SHAPES);

const RATE_LIMIT: &str = "Too many requests hit the API too quickly.";

fn error(moment: &Moment, status: u16, kind: &str, code: Option<&str>, message: &str) -> HttpReply {
    let mut error = json!({"type": kind, "message": message});
    if let (Some(code), Some(members)) = (code, error.as_object_mut()) {
        members.insert("code".to_owned(), code.into());
        let page = code.replace('_', "-");
        members.insert("doc_url".to_owned(), format!("https://docs.stripe.com/error-codes/{page}").into());
    }
    json(status, &json!({ "error": error })).with("request-id", format!("req_{}", moment.word(14)))
}

const SHAPES: &[Shape] = &[
    Shape {
        id: "stripe.rate_limit",
        kind: ShapeKind::Limit,
        hint: Hint::Untold,
        source: "stripe-python, _http_client.py: no Retry-After, and a plain 429 is not retried; pnp/proxy-samples",
        reply: |moment| error(moment, 429, "invalid_request_error", Some("rate_limit"), RATE_LIMIT),
    },
    Shape {
        id: "stripe.rate_limit.legacy",
        kind: ShapeKind::Limit,
        hint: Hint::Untold,
        source: "docs.stripe.com/changelog/2015-09-08: before it a 400; stripe-python, _api_requestor.py",
        reply: |moment| error(moment, 400, "invalid_request_error", Some("rate_limit"), RATE_LIMIT),
    },
    Shape {
        id: "stripe.lock_timeout",
        kind: ShapeKind::Conflict,
        hint: Hint::Untold,
        source: "fjordllc/bootcamp#3738; stripe-php#718; stripe-ruby#841: the status of a limit, but a lock on one object",
        reply: |moment| {
            let message = "This object cannot be accessed right now because another request is accessing it.";
            error(moment, 429, "invalid_request_error", Some("lock_timeout"), message)
                .with("stripe-should-retry", "true")
        },
    },
    Shape {
        id: "stripe.idempotency_conflict",
        kind: ShapeKind::Idempotency,
        hint: Hint::Untold,
        source: "stripe-python, _error_object.py; pnp/proxy-samples: the key was used with other parameters",
        reply: |moment| {
            let message =
                "Keys for idempotent requests can only be used with the same parameters they were first used with.";
            error(moment, 400, "idempotency_error", None, message)
        },
    },
    Shape {
        id: "stripe.404",
        kind: ShapeKind::NotFound,
        hint: Hint::Untold,
        source: "bodies quoted in public logs: code resource_missing",
        reply: |moment| {
            error(moment, 404, "invalid_request_error", Some("resource_missing"), "No such customer: 'cus_1'")
        },
    },
];
