//! People who are asked before something is done.

mod denied;
mod edited;
mod gates;
mod late;
mod replayed;
#[cfg(test)]
mod testing;
mod words;

use std::sync::Arc;

use super::operator::Operator;

pub use gates::gated_effects;
pub(crate) use words::{Consent, consent};

/// What stands in `mutations = [..]` without a path.
pub mod builtin {
    pub use super::denied::{ApprovalDenied, approval_denied};
    pub use super::edited::{ApprovalEdited, approval_edited};
    pub use super::late::{ApprovalLate, approval_late};
    pub use super::replayed::{ApprovalReplayed, approval_replayed};
}

/// The operators of this family, with their defaults.
#[must_use]
pub fn operators() -> Vec<Arc<dyn Operator>> {
    use builtin::{approval_denied, approval_edited, approval_late, approval_replayed};
    vec![
        Arc::new(approval_denied()),
        Arc::new(approval_late()),
        Arc::new(approval_edited()),
        Arc::new(approval_replayed()),
    ]
}
