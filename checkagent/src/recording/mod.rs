//! A recording and what is known about it.

mod analysed;
mod fields;
mod model_exchange;
mod model_stream;
mod records;

pub use analysed::{FollowUp, ReadOnly, Recording};
pub use fields::FieldPlace;
pub use model_exchange::ModelExchange;
pub(crate) use model_stream::{Carries, ModelStream};
pub(crate) use records::{Record, records, scalars, shows};
