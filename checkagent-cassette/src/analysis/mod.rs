//! What a recording shows: endpoints, value flow, observed fields, batches, reads by id, differences.

mod batch;
mod diff;
mod endpoint;
mod flow;
mod kind;
mod lists;
mod meaning;
mod name;
mod nearest;
mod observe;
mod place;
mod several;
mod url;

pub use batch::{Batch, BatchPart, Item, ItemFailure, Refusal};
pub use diff::{Difference, differences};
pub use endpoint::Endpoint;
pub use flow::{AnswerLink, Flow, Influence, Link, PageKind, PageLink, Rarity, Unfollowed};
pub use kind::{Format, Kind};
pub use lists::{list_places, main_list};
pub use meaning::Meaning;
pub use name::words;
pub use nearest::{Nearest, nearest};
pub use observe::{Field, OBSERVATIONS, Observed};
pub use place::{Atom, Part, Place, reply_atoms, request_atoms};
pub use several::Several;
