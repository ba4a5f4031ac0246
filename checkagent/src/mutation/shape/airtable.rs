//! Airtable: three forms of errors in one API.

use serde_json::json;

use super::parts::json;
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;

pub(super) const VENDOR: Vendor = Vendor::service(&["api.airtable.com"], SHAPES);

const SHAPES: &[Shape] = &[
    Shape {
        id: "airtable.429",
        kind: ShapeKind::Limit,
        hint: Hint::Untold,
        source: "support.airtable.com/articles/7735693959: five calls a second, then every call fails for 30 seconds",
        reply: |_| {
            let error =
                json!({"error": "RATE_LIMIT_REACHED", "message": "Rate limit exceeded. Please try again later"});
            json(429, &json!({"errors": [error]}))
        },
    },
    Shape {
        id: "airtable.404",
        kind: ShapeKind::NotFound,
        hint: Hint::Untold,
        source: "public Airtable clients: the error is a text, not an object",
        reply: |_| json(404, &json!({"error": "NOT_FOUND"})),
    },
    Shape {
        id: "airtable.iterator",
        kind: ShapeKind::PageToken,
        hint: Hint::Untold,
        source: "public Airtable clients: the iterator lives on the server for some minutes",
        reply: |_| {
            let error = json!({
                "type": "LIST_RECORDS_ITERATOR_NOT_AVAILABLE",
                "message": "The iterator is not available",
            });
            json(422, &json!({ "error": error }))
        },
    },
];
