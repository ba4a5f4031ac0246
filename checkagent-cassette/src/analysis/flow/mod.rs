//! Value flow: which reply value reappears in which later request, and in the answer.
//!
//! Page tokens and ids are found by what happens to them, whatever their names are.

mod answer;
mod counted;
mod document;
mod index;
mod influence;
mod links;
mod pages;
mod rarity;
mod read;
mod spots;
mod token;
mod unfollowed;
mod words;

#[cfg(test)]
mod fixture;

pub use answer::AnswerLink;
pub use influence::Influence;
pub use links::{Flow, Link};
pub use pages::{PageKind, PageLink};
pub use rarity::Rarity;
pub use unfollowed::Unfollowed;
