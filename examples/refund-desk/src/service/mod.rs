//! The shop's order service: orders, refund policies, approvals, refunds and notes, over HTTP and in `SQLite`.
//!
//! It is a service as they are: it trusts its callers. A refund needs no approval here, and is paid out as often as it is
//! asked for, unless the caller sends an `Idempotency-Key`. The person who approves is a rule, see [`decision`].

mod person;
mod routes;
mod schema;
mod store;

pub use person::{Decision, decision};
pub use routes::router;
pub use store::{Failure, Store};
