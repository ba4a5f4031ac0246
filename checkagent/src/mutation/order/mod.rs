//! Replies that come twice, late, or for another request.

mod duplicate_event;
mod duplicate_reply;
mod late_reply;
mod mix_up;
mod stale_read;
mod swapped_replies;

use std::sync::Arc;

use super::operator::Operator;

/// What stands in `mutations = [..]` without a path.
pub mod builtin {
    pub use super::duplicate_event::{DuplicateEvent, duplicate_event};
    pub use super::duplicate_reply::{DuplicateReply, duplicate_reply};
    pub use super::late_reply::{LateReply, late_reply};
    pub use super::stale_read::{StaleRead, stale_read};
    pub use super::swapped_replies::{SwappedReplies, swapped_replies};
}

/// The operators of this family, with their defaults.
#[must_use]
pub fn operators() -> Vec<Arc<dyn Operator>> {
    vec![
        Arc::new(builtin::duplicate_reply()),
        Arc::new(builtin::duplicate_event()),
        Arc::new(builtin::swapped_replies()),
        Arc::new(builtin::late_reply()),
        Arc::new(builtin::stale_read()),
    ]
}
