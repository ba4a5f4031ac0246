//! Between agent and service: limits, outages, time.

mod rate_limit;
mod reply_lost;
mod server_error;
mod timeout;
mod transient;

use std::sync::Arc;

use super::operator::Operator;

/// What stands in `mutations = [..]` without a path.
pub mod builtin {
    pub use super::rate_limit::{RateLimit, rate_limit};
    pub use super::reply_lost::{ReplyLost, reply_lost};
    pub use super::server_error::{ServerError, server_error};
    pub use super::timeout::{Timeout, timeout};
}

/// The operators of this family, with their defaults.
#[must_use]
pub fn operators() -> Vec<Arc<dyn Operator>> {
    use builtin::*;
    vec![Arc::new(rate_limit()), Arc::new(reply_lost()), Arc::new(server_error()), Arc::new(timeout())]
}
