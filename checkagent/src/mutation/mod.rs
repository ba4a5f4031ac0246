//! Mutations: operators that make cases out of a recording.
//!
//! Every operator has a file of its own. [`standard`] is what a test gets that names none.

mod bend;
mod change_type;
mod corrupt_value;
mod empty_list;
mod expired_page_token;
mod fields;
mod null_field;
mod operator;
mod partial_success;
mod rate_limit;
mod remove_field;
mod rename_field;
mod reply_lost;
mod server_error;
mod shape;
mod site;
mod timeout;
mod transient;
mod values;

pub use crate::recording::FollowUp;
pub(crate) use bend::error_reply;
pub use bend::{Bend, Fault, Loss, Scope, WaitHint};
pub use builtin::*;
pub use operator::{Family, IntoOperators, Operator, Truth};
pub use site::{Lie, Site};
pub use values::{Found, Values, strategies};

/// The functions that stand in `mutations = [..]`; the macro brings them into scope.
pub mod builtin {
    pub use super::change_type::{ChangeType, change_type};
    pub use super::corrupt_value::{CorruptValue, corrupt_value};
    pub use super::empty_list::{EmptyList, empty_list};
    pub use super::expired_page_token::{ExpiredPageToken, expired_page_token};
    pub use super::null_field::{NullField, null_field};
    pub use super::partial_success::{PartialSuccess, partial_success};
    pub use super::rate_limit::{RateLimit, rate_limit};
    pub use super::remove_field::{RemoveField, remove_field};
    pub use super::rename_field::{RenameField, rename_field};
    pub use super::reply_lost::{ReplyLost, reply_lost};
    pub use super::server_error::{ServerError, server_error};
    pub use super::timeout::{Timeout, timeout};

    use std::sync::Arc;

    use super::Operator;

    /// Every built-in operator with its defaults: what a test gets that names no mutations.
    #[must_use]
    pub fn standard() -> Vec<Arc<dyn Operator>> {
        vec![
            Arc::new(rate_limit()),
            Arc::new(server_error()),
            Arc::new(timeout()),
            Arc::new(reply_lost()),
            Arc::new(expired_page_token()),
            Arc::new(empty_list()),
            Arc::new(partial_success()),
            Arc::new(rename_field()),
            Arc::new(remove_field()),
            Arc::new(null_field()),
            Arc::new(change_type()),
            Arc::new(corrupt_value()),
        ]
    }
}
