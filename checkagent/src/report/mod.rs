//! What people read: the matrix, a failing case, hints. The only module that prints.

mod case;
mod command;
mod matrix;
mod say;
mod summary;

pub(crate) use case::{case, explains};
pub(crate) use command::{CASE, Style};
pub(crate) use matrix::{left_out, matrix, signals, unfollowed, void, volatile};
pub(crate) use say::{later, say, say_all, say_error, say_kept};
pub use summary::Summary;
