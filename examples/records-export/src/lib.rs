//! An agent in two versions: it exports the customers of a CRM and stores one summary per region.
//!
//! Both read `customers` page by page, add up the amounts of each region, create the summaries with
//! one batch request and report what they did. Against a server that behaves, they cannot be told
//! apart.
//!
//! * [`naive::export`] is what one writes in a hurry. It retries, and it passes every test against a
//!   mock that answers.
//! * [`careful::export`] does the same job and knows what it does not know: it either proves that
//!   everything was read and stored, or says what was not.
//!
//! The CRM is a real [Kinto](https://docs.kinto-storage.org) server; `record/record.sh` sets one up
//! and records both agents against it.

pub mod careful;
pub mod crm;
pub mod naive;

// The agent tests belong to `tests/export.rs` and to the program that prints their matrices; in a build of this
// library's own unit tests they would run once more.
#[cfg(not(test))]
pub mod suite;

mod outcome;
mod records;

#[cfg(test)]
mod fake_crm;

pub use outcome::{Call, Outcome, Setback, Trouble};
pub use records::{Cents, Customer, Date, Plan, Report, Summary};
