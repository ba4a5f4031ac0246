//! What the operators of schema drift share.

use checkagent_cassette::analysis::Observed;
use checkagent_cassette::json::{Edit, Pointer, Step};

use crate::mutation::bend::{Bend, Rewrite, Scope};
use crate::mutation::site::{Lie, Site};
use crate::recording::{FieldPlace, Recording};

/// Drift sites: every field, with the reason why a careful client could notice.
pub(super) fn drift_sites(recording: &Recording, against: impl Fn(&Observed, &Pointer) -> Option<String>) -> Vec<Site> {
    let site = |(field, observed): (&FieldPlace, &Observed)| drift_site(field, against(observed, &field.pointer));
    observed_fields(recording).map(site).collect()
}

/// The fields, and what was observed of their endpoints.
pub(super) fn observed_fields(recording: &Recording) -> impl Iterator<Item = (&FieldPlace, &Observed)> {
    recording.fields().iter().filter_map(|field| Some((field, recording.observed(&field.endpoint)?)))
}

/// A site for every item of a list; evident if there is a reason.
pub(super) fn drift_site(field: &FieldPlace, reason: Option<String>) -> Site {
    Site::at(field.interaction).pointer(field.pointer.clone()).lie(Lie::evident_if(reason)).rank(field.rank)
}

/// The field that a site is about.
pub(super) fn field<'r>(site: &Site, recording: &'r Recording) -> Option<&'r FieldPlace> {
    let pointer = site.pointer.as_ref()?;
    recording.fields().iter().find(|field| field.interaction == site.interaction && field.pointer == *pointer)
}

/// The same edit in this reply and every later one of its endpoint.
pub(super) fn drift(site: &Site, recording: &Recording, edit: impl FnOnce(Pointer) -> Edit) -> Bend {
    drift_all(site, recording, vec![edit(site.pointer.clone().unwrap_or_default())])
}

/// The same edits, one after the other, in this reply and every later one of its endpoint.
pub(super) fn drift_all(site: &Site, recording: &Recording, edits: Vec<Edit>) -> Bend {
    let scope = Scope::EndpointFrom(recording.endpoint(site.interaction).clone());
    Bend::Rewrite { at: site.interaction, scope, rewrite: Rewrite::edits(edits) }
}

/// The objects that hold the fields, each once, with the best field in them. The entries of a map are none: their names
/// are data.
pub(super) fn objects(recording: &Recording) -> Vec<(&FieldPlace, Pointer)> {
    let mut objects: Vec<(&FieldPlace, Pointer)> = Vec::new();
    for field in recording.fields() {
        let Some((object, _)) = field.pointer.split_last() else { continue };
        let known = |(other, place): &(&FieldPlace, Pointer)| other.endpoint == field.endpoint && *place == object;
        let is_entry = object.steps().iter().any(|step| matches!(step, Step::Key(name) if is_data(name)));
        if !is_entry && !objects.iter().any(known) {
            objects.push((field, object));
        }
    }
    objects
}

/// Whether a name was made up while the service runs: `gift_card_8516878`.
fn is_data(name: &str) -> bool {
    name.bytes().filter(u8::is_ascii_digit).count() >= 4
}

/// Whether the place is an object of named fields, not a map: its members were always there, and are not all alike.
pub(super) fn is_record(observed: &Observed, object: &Pointer) -> bool {
    let mut kinds = Vec::new();
    let times = observed.objects(object);
    for name in observed.members(object) {
        let Some(field) = observed.field(&object.key(name)) else { continue };
        if field.seen() == times && field.kinds().iter().any(|kind| !kinds.contains(kind)) {
            kinds.extend_from_slice(field.kinds());
        }
    }
    kinds.len() >= 2
}

/// The first name that the object at a place does not have.
pub(super) fn free_name(observed: &Observed, object: &Pointer, names: &[&'static str]) -> Option<&'static str> {
    names.iter().copied().find(|name| !observed.members(object).any(|known| known == *name))
}

/// One of several forms, by the name of the field: the same one after the next recording.
pub(super) fn rotated<T: Copy>(name: &str, forms: &[T]) -> Option<T> {
    let number: usize = name.bytes().map(usize::from).sum();
    forms.get(number.checked_rem(forms.len())?).copied()
}
