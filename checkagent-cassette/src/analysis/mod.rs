//! What a recording shows: endpoints, value flow, observed fields, batches, differences.

mod batch;
mod diff;
mod endpoint;
mod flow;
mod lists;
mod nearest;
mod observe;
mod place;

pub use batch::{Batch, ItemStyle};
pub use diff::{Difference, differences};
pub use endpoint::Endpoint;
pub use flow::{Flow, Link, PageLink};
pub use lists::{list_places, main_list};
pub use nearest::{Nearest, nearest};
pub use observe::{Field, Format, Kind, OBSERVATIONS, Observed};
pub use place::{Atom, Place, UrlPart, reply_atoms, request_atoms};
