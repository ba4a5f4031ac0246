//! A recording and what is known about it.

mod analysed;
mod fields;
mod lists;
mod records;

pub use analysed::{FollowUp, ReadOnly, Recording};
pub use fields::FieldPlace;
pub(crate) use lists::{name_of, says_more};
pub(crate) use records::{Record, records, scalars, shows};
