//! JSON as text: places, layout and edits that keep every other byte.

mod convert;
mod edit;
mod layout;
mod pointer;
pub(crate) mod scan;

pub use convert::Conversion;
pub use edit::{Edit, apply_all};
pub use layout::{Layout, pretty};
pub use pointer::{Pointer, Step, leaves};
