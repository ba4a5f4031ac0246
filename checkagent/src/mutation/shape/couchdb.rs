//! CouchDB.

use serde_json::json;

use super::parts::json;
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;

pub(super) const VENDOR: Vendor = Vendor::service(&["cloudant.com"], SHAPES);

const SHAPES: &[Shape] = &[Shape {
    id: "couchdb.409",
    kind: ShapeKind::Conflict,
    hint: Hint::Untold,
    source: "apache/couchdb, docs/src/api/document: the revision is not the newest one",
    reply: |_| json(409, &json!({"error": "conflict", "reason": "Document update conflict."})),
}];
