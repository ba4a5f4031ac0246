//! A recording and what is known about it.

mod analysed;
mod conversations;
mod dependence;
mod documents;
mod effects;
mod fields;
mod list_names;
mod lists;
pub(crate) mod message;
mod model_exchange;
mod model_stream;
mod records;

pub use analysed::{FollowUp, Recording};
pub(crate) use conversations::conversation;
pub use effects::{Effects, Operation};
pub use fields::FieldPlace;
pub(crate) use list_names::says_more;
pub(crate) use lists::name_of;
pub use model_exchange::ModelExchange;
pub(crate) use model_stream::{Carries, ModelStream};
pub(crate) use records::{Record, records, scalars, shows};
