//! Measures checkagent against the targets of `DESIGN.md`, section 11.
//!
//! The benchmarks are in `benches/`, one file for each row or group of rows; what needs a fresh process (memory) is in
//! [`memory`]. `scripts/bench` runs everything and prints it beside its target. Nothing here fails because it is slow:
//! a measurement is read by people, a test is not the place for it.

pub mod agent;
pub mod foreign;
pub mod memory;
pub mod rows;
pub mod sessions;
pub mod synthetic;
