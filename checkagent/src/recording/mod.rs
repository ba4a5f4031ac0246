//! A recording and what is known about it.

mod analysed;
mod fields;

pub use analysed::{FollowUp, ReadOnly, Recording};
pub use fields::FieldPlace;
