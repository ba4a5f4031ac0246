//! Values that are not what they should be.

mod corrupt_value;
mod draw;
mod places;
mod stale_value;
pub mod strategies;
mod strategy;
mod swapped_identifier;
mod timezone_shift;
mod unit_shift;

use std::sync::Arc;

use super::operator::Operator;

pub(crate) use draw::Draw;
pub use strategy::{Found, Values};

/// What stands in `mutations = [..]` without a path.
pub mod builtin {
    pub use super::corrupt_value::{CorruptValue, corrupt_value};
    pub use super::stale_value::{StaleValue, stale_value};
    pub use super::swapped_identifier::{SwappedIdentifier, swapped_identifier};
    pub use super::timezone_shift::{TimezoneShift, timezone_shift};
    pub use super::unit_shift::{UnitShift, unit_shift};
}

/// The operators of this family, with their defaults.
#[must_use]
pub fn operators() -> Vec<Arc<dyn Operator>> {
    vec![
        Arc::new(builtin::corrupt_value()),
        Arc::new(builtin::swapped_identifier()),
        Arc::new(builtin::unit_shift()),
        Arc::new(builtin::stale_value()),
        Arc::new(builtin::timezone_shift()),
    ]
}
