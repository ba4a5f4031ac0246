//! Values that are not what they should be.

mod corrupt_value;
mod draw;
mod strategy;

use std::sync::Arc;

use super::operator::Operator;

pub(crate) use draw::Draw;
pub use strategy::{Found, Values, strategies};

/// What stands in `mutations = [..]` without a path.
pub mod builtin {
    pub use super::corrupt_value::{CorruptValue, corrupt_value};
}

/// The operators of this family, with their defaults.
#[must_use]
pub fn operators() -> Vec<Arc<dyn Operator>> {
    use builtin::*;
    vec![Arc::new(corrupt_value())]
}
