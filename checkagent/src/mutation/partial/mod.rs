//! Some items done, others not.

mod partial_success;

use std::sync::Arc;

use super::operator::Operator;

/// What stands in `mutations = [..]` without a path.
pub mod builtin {
    pub use super::partial_success::{PartialSuccess, partial_success};
}

/// The operators of this family, with their defaults.
#[must_use]
pub fn operators() -> Vec<Arc<dyn Operator>> {
    use builtin::*;
    vec![Arc::new(partial_success())]
}
