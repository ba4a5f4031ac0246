//! A recording and what is known about it.

mod analysed;
mod fields;
mod list_names;
mod lists;
mod records;

pub use analysed::{FollowUp, ReadOnly, Recording};
pub use fields::FieldPlace;
pub(crate) use list_names::says_more;
pub(crate) use lists::name_of;
pub(crate) use records::{Record, records, scalars, shows};
