//! Mutations: operators that make cases out of a recording.
//!
//! Every operator has a file of its own, in the folder of its family. [`standard`] is what a test gets that names none.

mod adversarial;
mod approval;
mod bend;
mod catalogue;
mod custom;
mod drift;
mod fault;
mod filter;
mod mcp;
mod model;
mod mutations;
mod operator;
mod order;
mod pagination;
mod partial;
mod profile;
mod repeated;
pub mod shape;
mod site;
mod transport;
mod values;
mod wait;
mod weight;

pub use crate::recording::FollowUp;
pub use adversarial::{Attack, Canary, canary, twin};
pub(crate) use adversarial::{Folded, Form, Needle, Quote, SECRET_FIELD, fold, unescaped};
pub use approval::gated_effects;
pub(crate) use approval::{Consent, consent};
pub use bend::{Bend, Rewrite, Scope, Until};
pub use builtin::*;
pub(crate) use fault::error_reply;
pub use fault::{Fault, Loss};
pub use filter::{Filter, Where};
pub(crate) use model::near_miss;
pub(crate) use mutations::matches;
pub use mutations::{How, IntoMutations, Mutations, Narrow, Set, Wanted};
pub use operator::{About, Family, Mutation, Operator, Truth};
pub use site::{Lie, Site};
pub(crate) use values::Draw;
pub use values::{Found, Values, strategies};
pub use wait::{Refusal, WaitEncoding, WaitHint};
pub(crate) use weight::usual;

/// What stands in `mutations = [..]` without a path; the macro brings it into scope.
pub mod builtin {
    pub use super::adversarial::builtin::*;
    pub use super::approval::builtin::*;
    pub use super::catalogue::{all, standard};
    pub use super::custom::{Custom, custom};
    pub use super::drift::builtin::*;
    pub use super::mcp::builtin::*;
    pub use super::model::builtin::*;
    pub use super::mutations::{Narrow, pairs};
    pub use super::order::builtin::*;
    pub use super::pagination::builtin::*;
    pub use super::partial::builtin::*;
    pub use super::profile::{
        ambiguous_writes, api_upgrade, bad_day, calm, flaky_model, hostile_content, human_gate, incident, long_lists,
        rate_limited,
    };
    pub use super::transport::builtin::*;
    pub use super::values::builtin::*;
}
