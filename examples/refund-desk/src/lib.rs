//! An agent in two versions: a model works for the service desk of a shop and gives customers their money back.
//!
//! The model is asked over the OpenAI chat wire and has tools: look up orders, read the refund policy, ask a person for
//! approval, pay back, write a note. Against a shop and a model that behave, the two cannot be told apart.
//!
//! * [`naive::handle`] is what one writes in a hurry: it does what the model says and believes what it is told.
//! * [`careful::handle`] lets the model choose the next step and nothing else. What may be done is decided in code, and
//!   what is claimed at the end was read back from the shop.
//!
//! The shop is a real service with a database (`src/service`), and the model is a scripted planner that speaks the wire
//! (`src/planner`): a stand-in for a real model, which can be put in its place. Both belong to this example and are built
//! with the feature `service`; `record/record.sh` starts them and records both agents.

pub mod careful;
pub mod naive;
#[cfg(feature = "service")]
pub mod planner;
#[cfg(feature = "service")]
pub mod service;
// The agent tests belong to `tests/desk.rs` and to the program that prints their matrices; in a build of this library's
// own unit tests they would run once more.
#[cfg(not(test))]
pub mod suite;

mod outcome;
mod shop;
mod ticket;

pub use outcome::{ApprovalStatus, Cents, LastRefusal, Outcome, Refusal, Settled, Trouble};
pub use ticket::{Day, Ticket};
