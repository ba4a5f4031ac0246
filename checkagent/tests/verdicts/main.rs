//! The decision table, cell by cell: small agents in bent worlds, each for one verdict.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agents;
mod in_a_loop;
mod shop;
mod table;
mod whatever_the_answer;
