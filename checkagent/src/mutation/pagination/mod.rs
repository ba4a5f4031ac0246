//! Lists in pages.

mod empty_list;
mod expired_page_token;

use std::sync::Arc;

use super::operator::Operator;

/// What stands in `mutations = [..]` without a path.
pub mod builtin {
    pub use super::empty_list::{EmptyList, empty_list};
    pub use super::expired_page_token::{ExpiredPageToken, expired_page_token};
}

/// The operators of this family, with their defaults.
#[must_use]
pub fn operators() -> Vec<Arc<dyn Operator>> {
    use builtin::*;
    vec![Arc::new(empty_list()), Arc::new(expired_page_token())]
}
