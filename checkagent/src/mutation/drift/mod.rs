//! Replies that changed their form.

mod change_type;
mod fields;
mod null_field;
mod remove_field;
mod rename_field;

use std::sync::Arc;

use super::operator::Operator;

/// What stands in `mutations = [..]` without a path.
pub mod builtin {
    pub use super::change_type::{ChangeType, change_type};
    pub use super::null_field::{NullField, null_field};
    pub use super::remove_field::{RemoveField, remove_field};
    pub use super::rename_field::{RenameField, rename_field};
}

/// The operators of this family, with their defaults.
#[must_use]
pub fn operators() -> Vec<Arc<dyn Operator>> {
    use builtin::*;
    vec![Arc::new(change_type()), Arc::new(null_field()), Arc::new(remove_field()), Arc::new(rename_field())]
}
