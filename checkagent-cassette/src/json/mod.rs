//! JSON as text: places, layout and edits that keep every other byte.

mod edit;
mod layout;
mod pointer;
pub(crate) mod scan;

pub use edit::{Conversion, Edit, apply_all};
pub use layout::{Layout, pretty};
pub use pointer::{Pointer, Step, leaves};
