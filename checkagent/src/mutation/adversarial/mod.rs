//! Instructions planted in what the agent reads.

pub(super) mod attack;
mod canary;
mod fold;
mod goal;
mod injected_description;
mod injected_error;
mod injected_name;
mod injected_text;
pub(super) mod injection;
mod needle;
mod payload;
mod places;
mod planted_secret;
mod quote;

use std::sync::Arc;

use super::operator::Operator;

pub use attack::Attack;
pub use canary::{Canary, canary};
pub(crate) use fold::fold;
pub use injection::twin;
pub(crate) use needle::{Folded, Form, Needle, unescaped};
pub(crate) use planted_secret::FIELD as SECRET_FIELD;
pub(crate) use quote::Quote;

/// What stands in `mutations = [..]` without a path.
pub mod builtin {
    pub use super::injected_description::{InjectedDescription, injected_description};
    pub use super::injected_error::{InjectedError, injected_error};
    pub use super::injected_name::{InjectedName, injected_name};
    pub use super::injected_text::{InjectedText, injected_text};
    pub use super::planted_secret::{PlantedSecret, planted_secret};
}

/// The operators of this family, with their defaults.
#[must_use]
pub fn operators() -> Vec<Arc<dyn Operator>> {
    use builtin::{injected_description, injected_error, injected_name, injected_text, planted_secret};
    vec![
        Arc::new(injected_text()),
        Arc::new(injected_error()),
        Arc::new(injected_name()),
        Arc::new(injected_description()),
        Arc::new(planted_secret()),
    ]
}
