//! A reply is about another thing than its id says.

use serde_json::Value;

use checkagent_cassette::Request;
use checkagent_cassette::analysis::{Meaning, Place, request_atoms};

use super::places;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// An id that belongs to another thing. See [`swapped_identifier`].
#[derive(Clone, Debug)]
pub struct SwappedIdentifier;

/// An id in a reply is the one of another thing of the same kind: of the next customer, of an earlier order.
///
/// Evident where the request asked for another one, else plausible.
#[must_use]
pub fn swapped_identifier() -> SwappedIdentifier {
    SwappedIdentifier
}

impl Operator for SwappedIdentifier {
    fn id(&self) -> &'static str {
        "swapped_identifier"
    }

    fn family(&self) -> Family {
        Family::Values
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "An id in a reply is the one of another thing of the same kind.",
            seen: "caches whose keys leave out a parameter, joins over the wrong column, replies that were mixed up",
            source: "CWE-524, CWE-488: data of one session given to another",
            sites: "ids in replies of which the recording knows another one",
            good: "compares what it gets with what it asked for, and does nothing to the wrong thing",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let ids = places::data_fields(recording).filter(|(field, _)| field.meaning == Meaning::Id);
        let sites = ids.filter_map(|(field, observed)| {
            let (place, own) = &field.example;
            let other = observed.field(&field.pointer)?.examples().iter().find(|other| is_like(other, own))?;
            let request = &recording.interaction(field.interaction).request;
            let reason = asks_for(request, &text(own)).then(|| format!("the request asks for {}", text(own)));
            let site = Site::at(field.interaction).pointer(place.clone()).rank(field.rank + 5);
            Some(Site { value: Some(other.clone()), ..site.lie(Lie::evident_if(reason)) })
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        places::set(site)
    }
}

fn is_like(other: &Value, own: &Value) -> bool {
    other != own
        && other.is_string() == own.is_string()
        && other.is_number() == own.is_number()
        && !text(other).is_empty()
}

fn text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

/// Whether path or query name this id.
fn asks_for(request: &Request, id: &str) -> bool {
    let named = |place: &Place| matches!(place, Place::Path(_) | Place::Query(_));
    request_atoms(request).iter().any(|atom| named(&atom.place) && atom.text == id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::{delivered, reads, recording, rewritten};

    #[test]
    fn another_id_than_the_request_asks_for_is_evident() {
        let order = |id: &str| json!({"id": id, "total": 3});
        let recording = recording(&[
            ("GET", "/orders/17001", json!(null), order("17001")),
            ("GET", "/orders/17002", json!(null), order("17002")),
        ]);
        let site = swapped_identifier().sites(&recording).remove(0);
        assert_eq!((site.to_string().as_str(), &site.value), ("2:id", &Some(json!("17001"))));
        assert_eq!(site.lie, Lie::Evident("the request asks for 17002".to_owned()));
        assert_eq!(delivered(&recording, swapped_identifier).bent_calls().count(), 1);
    }

    #[test]
    fn another_id_in_a_list_could_be_true_and_the_rest_stays() {
        let recording = reads(&[r#"[{"customer_id": 5,"n": 1.10},{"customer_id": 6,"n":2}]"#]);
        let site = swapped_identifier().sites(&recording).remove(0);
        assert!(matches!(site.lie, Lie::Plausible(_)));
        let bent = r#"[{"customer_id": 5,"n": 1.10},{"customer_id": 5,"n":2}]"#;
        assert_eq!(rewritten(&recording, &swapped_identifier(), &site), bent);
    }

    #[test]
    fn one_id_alone_and_what_is_no_id_stay() {
        for text in [r#"{"id":"a"}"#, r#"[{"name":"a"},{"name":"b"}]"#, r#"[{"id":1},{"id":"x"}]"#] {
            assert!(swapped_identifier().sites(&reads(&[text])).is_empty(), "{text}");
        }
    }
}
