//! Some items done, others not.

mod bystander_error;
mod failed_inside;
mod failing;
mod fewer_than_asked;
#[cfg(test)]
mod fewer_than_asked_tests;
mod partial_success;
#[cfg(test)]
mod partial_success_tests;
mod shown;

use std::sync::Arc;

use super::operator::Operator;

/// What stands in `mutations = [..]` without a path.
pub mod builtin {
    pub use super::bystander_error::{BystanderError, bystander_error};
    pub use super::failed_inside::{FailedInside, failed_inside};
    pub use super::fewer_than_asked::{FewerThanAsked, fewer_than_asked};
    pub use super::partial_success::{PartialSuccess, partial_success};
}

/// The operators of this family, with their defaults.
#[must_use]
pub fn operators() -> Vec<Arc<dyn Operator>> {
    use builtin::{bystander_error, failed_inside, fewer_than_asked, partial_success};
    vec![
        Arc::new(partial_success()),
        Arc::new(bystander_error()),
        Arc::new(failed_inside()),
        Arc::new(fewer_than_asked()),
    ]
}
