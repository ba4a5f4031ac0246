//! Replies as real APIs send them, one file per vendor.
//!
//! Facts from public specifications, SDK sources and issue threads; each entry says where from. Bodies are short
//! templates, not vendor texts.

mod aws;
mod google;
mod graph;
mod misc;
mod registry;
#[expect(clippy::module_inception, reason = "the shape is the noun of this folder")]
mod shape;

pub(super) use registry::{named, rotated};
pub use registry::{of_kind, shape, shapes};
pub use shape::{Moment, Shape, ShapeKind};
