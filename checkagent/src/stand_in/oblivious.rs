//! What the recorded model said next, as if nothing had been noticed.

use super::ask::Ask;
use super::conversation::Conversation;
use super::said::Said;

/// The next recorded answer of this conversation; after the last, the last that ended it.
pub(super) fn say(ask: &Ask<'_>) -> Option<Said> {
    after(ask, 0)
}

/// The same, where so many results are of calls that the recorded model never made.
pub(super) fn after(ask: &Ask<'_>, extra: usize) -> Option<Said> {
    Conversation::of(ask).next(extra).map(Said::again)
}
