//! Between agent and service: limits, outages, time.

mod accepted_not_done;
mod auth_expired;
mod bytes;
mod conflict;
mod conn_reset;
mod corrupted_encoding;
mod error_in_200;
#[cfg(test)]
mod fixture;
mod gateway_html;
mod not_found_after_create;
mod outage;
mod quota_hard;
mod rate_limit;
mod rate_limit_no_hint;
mod reply_lost;
mod server_error;
mod slow;
mod timeout;
mod transient;
mod truncated_body;

use std::sync::Arc;

use super::operator::Operator;

/// What stands in `mutations = [..]` without a path.
pub mod builtin {
    pub use super::accepted_not_done::{AcceptedNotDone, accepted_not_done};
    pub use super::auth_expired::{AuthExpired, auth_expired};
    pub use super::conflict::{Conflict, conflict};
    pub use super::conn_reset::{ConnReset, conn_reset};
    pub use super::corrupted_encoding::{CorruptedEncoding, corrupted_encoding};
    pub use super::error_in_200::{ErrorIn200, error_in_200};
    pub use super::gateway_html::{GatewayHtml, gateway_html};
    pub use super::not_found_after_create::{NotFoundAfterCreate, not_found_after_create};
    pub use super::outage::{Outage, outage};
    pub use super::quota_hard::{QuotaHard, quota_hard};
    pub use super::rate_limit::{RateLimit, rate_limit};
    pub use super::rate_limit_no_hint::{RateLimitNoHint, rate_limit_no_hint};
    pub use super::reply_lost::{ReplyLost, reply_lost};
    pub use super::server_error::{ServerError, server_error};
    pub use super::slow::{Slow, slow};
    pub use super::timeout::{Timeout, timeout};
    pub use super::truncated_body::{TruncatedBody, truncated_body};
}

/// The operators of this family, with their defaults.
#[must_use]
pub fn operators() -> Vec<Arc<dyn Operator>> {
    use builtin::{
        accepted_not_done, auth_expired, conflict, conn_reset, corrupted_encoding, error_in_200, gateway_html,
        not_found_after_create, outage, quota_hard, rate_limit, rate_limit_no_hint, reply_lost, server_error, slow,
        timeout, truncated_body,
    };
    vec![
        Arc::new(rate_limit()),
        Arc::new(rate_limit_no_hint()),
        Arc::new(quota_hard()),
        Arc::new(reply_lost()),
        Arc::new(error_in_200()),
        Arc::new(server_error()),
        Arc::new(gateway_html()),
        Arc::new(timeout()),
        Arc::new(conn_reset()),
        Arc::new(truncated_body()),
        Arc::new(corrupted_encoding()),
        Arc::new(slow()),
        Arc::new(outage()),
        Arc::new(auth_expired()),
        Arc::new(not_found_after_create()),
        Arc::new(conflict()),
        Arc::new(accepted_not_done()),
    ]
}
