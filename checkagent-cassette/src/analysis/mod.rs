//! What a recording shows: endpoints, value flow, observed fields, batches, differences.

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

pub use batch::{Batch, ItemStyle};
pub use diff::{Difference, differences};
pub use endpoint::Endpoint;
pub use flow::{Flow, Link, PageLink};
pub use kind::{Format, Kind};
pub use lists::{list_places, main_list};
pub use meaning::Meaning;
pub use name::words;
pub use nearest::{Nearest, nearest};
pub use observe::{Field, OBSERVATIONS, Observed};
pub use place::{Atom, Place, UrlPart, reply_atoms, request_atoms};
