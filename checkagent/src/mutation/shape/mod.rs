//! Replies as real APIs send them, one file per vendor.
//!
//! Facts from public specifications, SDK sources and issue threads; each entry says where from. Bodies are short
//! templates, not vendor texts.

mod airtable;
mod anthropic;
mod attio;
mod aws;
mod azure;
mod couchdb;
mod discord;
mod fitting;
mod gateway;
mod gemini;
mod github;
mod github_models;
mod google;
mod graph;
mod hubspot;
mod jira;
mod moment;
mod notion;
mod openai;
mod parts;
mod registry;
mod resend;
mod salesforce;
#[expect(clippy::module_inception, reason = "the shape is the noun of this folder")]
mod shape;
mod shopify;
mod slack;
mod stripe;
mod twilio;
mod vendor;
mod zendesk;

pub(super) use fitting::{Fitting, fitting};
pub use moment::Moment;
pub(super) use registry::{named, named_among, rotated};
pub use registry::{of_kind, shape, shapes};
pub use shape::{Shape, ShapeKind};
