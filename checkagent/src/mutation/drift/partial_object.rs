//! An object of a reply has only what names it.

use checkagent_cassette::analysis::Observed;
use checkagent_cassette::json::{Edit, Pointer, Step};

use super::fields;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// Objects with a few of their fields, from the k-th reply on. See [`partial_object`].
#[derive(Clone, Debug)]
pub struct PartialObject;

/// From the second reply of an endpoint on, an object has only what names it: its ids, its name and its type. The rest
/// has to be asked for.
#[must_use]
pub fn partial_object() -> PartialObject {
    PartialObject
}

/// Fewer fields that go are a case of `remove_field`.
const LEAST: usize = 2;
/// What says which thing an object is.
const NAMES: [&str; 10] = ["id", "key", "uuid", "guid", "sku", "self", "name", "title", "type", "object"];

impl Operator for PartialObject {
    fn id(&self) -> &'static str {
        "partial_object"
    }

    fn family(&self) -> Family {
        Family::Drift
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "From the second reply of an endpoint on, an object has only what names it: ids, name, type.",
            seen: "Jira's search shrank its default fields to `id`, `key` and `self`; Discord's roles in invites lost most of theirs",
            source: "Jira's move to `/search/jql`; discord-api-docs, change log 2026-02-05",
            sites: "objects of replies that have an id or a name, and at least two other fields",
            good: "asks for what is missing, or stops; it does not go on with defaults",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let objects = fields::objects(recording).into_iter().filter_map(|(field, object)| {
            let observed = recording.observed(&field.endpoint)?;
            let gone = gone(observed, &object)?;
            let reason = gone.iter().find_map(|place| observed.against_missing(place));
            Some(fields::drift_site(field, reason).pointer(object))
        });
        objects.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let observed = recording.observed(recording.endpoint(site.interaction));
        let gone = observed.zip(site.pointer.as_ref()).and_then(|(observed, object)| gone(observed, object));
        let edits = gone.unwrap_or_default().into_iter().map(|at| Edit::Remove { at });
        fields::drift_all(site, recording, edits.collect())
    }
}

/// The places of what goes; `None` where too little goes, or nothing stays.
fn gone(observed: &Observed, object: &Pointer) -> Option<Vec<Pointer>> {
    let places: Vec<_> = observed.members(object).map(|name| object.key(name)).collect();
    // What holds a page of things is no thing itself.
    let is_page = object.steps().is_empty() && places.iter().any(|place| observed.objects(&place.then(Step::Each)) > 0);
    if is_page || !fields::is_record(observed, object) {
        return None;
    }
    let gone: Vec<_> = places.iter().filter(|place| place.field().is_none_or(|name| !NAMES.contains(&name))).collect();
    let enough = gone.len() >= LEAST && gone.len() < places.len();
    enough.then(|| gone.into_iter().cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{delivered, reads, rewritten};
    use crate::mutation::site::Lie;

    #[test]
    fn objects_keep_what_names_them_and_every_other_byte_stays() {
        let text = r#"{"list":[{"id":"a", "n": 1.10, "name":"\u00e4", "tags":[1]}], "more":false}"#;
        let recording = reads(&[text, text]);
        let site = partial_object().sites(&recording).into_iter().find(|site| site.to_string() == "2:list").unwrap();
        let bent = r#"{"list":[{"id":"a", "name":"\u00e4"}], "more":false}"#;
        assert_eq!(rewritten(&recording, &partial_object(), &site), bent);
        assert!(matches!(site.lie, Lie::Plausible(_)));
        delivered(&recording, partial_object);
    }

    #[test]
    fn it_is_evident_where_a_field_was_always_there() {
        let lie = |count| partial_object().sites(&reads(&vec![r#"{"id":"a","n":1,"m":2}"#; count])).remove(0).lie;
        assert!(matches!(lie(10), Lie::Evident(_)));
        assert!(matches!(lie(9), Lie::Plausible(_)));
    }

    #[test]
    fn objects_without_a_name_maps_and_small_ones_stay() {
        for text in [
            r#"{"n":1,"m":"x"}"#,
            r#"{"id":"a","n":1}"#,
            r#"{"id":1,"b":2,"c":3}"#,
            r#"{"object":"list","data":[{}],"more":true}"#,
        ] {
            assert!(partial_object().sites(&reads(&[text])).is_empty(), "{text}");
        }
    }
}
