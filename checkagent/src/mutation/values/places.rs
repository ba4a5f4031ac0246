//! What the operators on values share.

use checkagent_cassette::analysis::Observed;
use checkagent_cassette::json::Edit;

use crate::mutation::bend::{Bend, Rewrite, Scope};
use crate::mutation::site::Site;
use crate::recording::{FieldPlace, Recording};

/// The fields whose values are data, and what was observed of their endpoints. What a model says is no data.
pub(super) fn data_fields(recording: &Recording) -> impl Iterator<Item = (&FieldPlace, &Observed)> {
    let data = recording.fields().iter().filter(|field| !recording.asks_a_model(field.interaction));
    data.filter_map(|field| Some((field, recording.observed(&field.endpoint)?)))
}

/// The value of a site in the place of the recorded one, in this reply alone.
pub(super) fn set(site: &Site) -> Bend {
    let value = site.pointer.clone().zip(site.value.clone());
    let edits = value.map(|(at, value)| Edit::Set { at, value });
    let rewrite = Rewrite::edits(edits.into_iter().collect());
    Bend::Rewrite { at: site.interaction, scope: Scope::Interaction, rewrite }
}
