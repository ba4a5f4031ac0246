//! A small recording with an approval for the unit tests of this family.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::fixture::{recording_of, taped};
use crate::recording::Recording;

/// What is said of the approval.
pub(super) fn said(status: &str) -> Value {
    json!({"id": "apr-4711", "status": status, "amount": 500})
}

/// An approval is asked for, is pending, is given, and the refund is made.
pub(super) fn approved() -> Arc<Recording> {
    recording_of(vec![
        taped("POST", "/approvals").body(&json!({"action": "refund", "amount": 500})).reply(&said("pending")),
        taped("GET", "/approvals/apr-4711").reply(&said("pending")),
        taped("GET", "/approvals/apr-4711").reply(&said("approved")),
        taped("POST", "/refunds").body(&json!({"amount": 500, "order": "o-1"})).reply(&json!({"refund": "r-1"})),
    ])
}

/// The same work without anybody who is asked.
pub(super) fn unasked() -> Arc<Recording> {
    recording_of(vec![
        taped("GET", "/invoices/7").reply(&json!({"id": "i-7", "status": "approved", "amount": 500})),
        taped("POST", "/refunds").body(&json!({"amount": 500})).reply(&json!({"refund": "r-1"})),
    ])
}
