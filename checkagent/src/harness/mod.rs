//! How tests are started: as trials of libtest-mimic, or as one `#[test]`.

mod fallback;
mod main;
mod plain;
mod selection;
mod trials;

pub use fallback::run_as_test;
pub use main::main;
pub use plain::{PlainOutcome, PlainTest};
