//! Batches: one request with several items, one reply that speaks of each.
//!
//! Every vendor's way to say which items were done has a file of its own; [`STYLES`](style::STYLES) lists them.

#[expect(clippy::module_inception, reason = "the batch is the noun of this folder")]
mod batch;
mod bigquery;
mod couchdb;
mod draft;
mod dynamodb_get;
mod dynamodb_transact;
mod dynamodb_write;
mod elasticsearch;
mod generic;
mod graph;
mod graphql;
mod graphql_operation;
mod graphql_payload;
mod hubspot;
mod kinesis;
mod kinto;
mod message;
mod s3_delete;
mod salesforce_collections;
mod salesforce_composite;
mod sqs;
mod style;
#[cfg(test)]
mod testing;
mod xml;

pub use batch::{Batch, BatchPart};
pub use graphql_payload::Refusal;
pub use style::{Item, ItemFailure};
