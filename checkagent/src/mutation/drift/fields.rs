//! What the operators of schema drift share.

use checkagent_cassette::analysis::Observed;
use checkagent_cassette::json::{Edit, Pointer};

use crate::mutation::bend::{Bend, Rewrite, Scope};
use crate::mutation::site::{Lie, Site};
use crate::recording::{FieldPlace, Recording};

/// Drift sites: every field, with the reason why a careful client could notice.
pub(super) fn drift_sites(recording: &Recording, against: impl Fn(&Observed, &Pointer) -> Option<String>) -> Vec<Site> {
    let site = |field: &FieldPlace| {
        let observed = recording.observed(&field.endpoint);
        let lie = Lie::evident_if(observed.and_then(|observed| against(observed, &field.pointer)));
        Site::at(field.interaction).pointer(field.pointer.clone()).lie(lie).rank(field.rank)
    };
    recording.fields().iter().map(site).collect()
}

/// The same edit in this reply and every later one of its endpoint.
pub(super) fn drift(site: &Site, recording: &Recording, edit: impl FnOnce(Pointer) -> Edit) -> Bend {
    let scope = Scope::EndpointFrom(recording.endpoint(site.interaction).clone());
    let rewrite = Rewrite::edit(edit(site.pointer.clone().unwrap_or_default()));
    Bend::Rewrite { at: site.interaction, scope, rewrite }
}
