//! A model that gives up at once.

use checkagent_cassette::model::Part;

use super::ask::Ask;
use super::said::{Said, made_up};

pub(super) const TEXT: &str = "I am sorry, I could not do this.";

/// Says that it could not do it, and calls no tool.
pub(super) fn say(ask: &Ask<'_>) -> Said {
    made_up(ask, vec![Part::text(TEXT)]).into()
}
