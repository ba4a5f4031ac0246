//! A recording and what is known about it.

mod analysed;
mod fields;
mod records;

pub use analysed::{FollowUp, ReadOnly, Recording};
pub use fields::FieldPlace;
pub(crate) use records::{Record, records, scalars, shows};
