//! Replies that changed their form.

mod case_change;
mod change_type;
mod date_format;
mod endpoint_gone;
mod endpoints;
mod fields;
mod naming;
mod nest_field;
mod new_enum_value;
mod null_field;
mod partial_object;
mod remove_field;
mod rename_field;
mod status_code;
mod unknown_field;
mod unnest_field;

use std::sync::Arc;

use super::operator::Operator;

/// What stands in `mutations = [..]` without a path.
pub mod builtin {
    pub use super::case_change::{CaseChange, case_change};
    pub use super::change_type::{ChangeType, TypeChange, change_type};
    pub use super::date_format::{DateFormat, date_format};
    pub use super::endpoint_gone::{EndpointGone, endpoint_gone};
    pub use super::naming::NameStyle;
    pub use super::nest_field::{NestField, nest_field};
    pub use super::new_enum_value::{NewEnumValue, new_enum_value};
    pub use super::null_field::{NullField, null_field};
    pub use super::partial_object::{PartialObject, partial_object};
    pub use super::remove_field::{RemoveField, remove_field};
    pub use super::rename_field::{RenameField, rename_field};
    pub use super::status_code::{StatusCode, status_code};
    pub use super::unknown_field::{UnknownField, unknown_field};
    pub use super::unnest_field::{UnnestField, unnest_field};
}

/// The operators of this family, with their defaults.
#[must_use]
pub fn operators() -> Vec<Arc<dyn Operator>> {
    vec![
        Arc::new(builtin::new_enum_value()),
        Arc::new(builtin::change_type()),
        Arc::new(builtin::remove_field()),
        Arc::new(builtin::rename_field()),
        Arc::new(builtin::null_field()),
        Arc::new(builtin::nest_field()),
        Arc::new(builtin::unnest_field()),
        Arc::new(builtin::partial_object()),
        Arc::new(builtin::case_change()),
        Arc::new(builtin::date_format()),
        Arc::new(builtin::status_code()),
        Arc::new(builtin::endpoint_gone()),
        Arc::new(builtin::unknown_field()),
    ]
}
