//! A reply has a field that nobody knows.

use serde_json::{Value, json};

use checkagent_cassette::json::Edit;

use super::fields;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// Names that say nothing of the thing itself.
const NAMES: [&str; 4] = ["revision", "x_revision", "schema_revision", "internal_revision"];

/// A field more from the k-th reply on. See [`unknown_field`].
#[derive(Clone, Debug)]
pub struct UnknownField;

/// From the second reply of an endpoint on, every object of a kind has a field more, as services add them every week. It
/// says nothing of the thing itself and changes nothing for a right agent.
#[must_use]
pub fn unknown_field() -> UnknownField {
    UnknownField
}

impl Operator for UnknownField {
    fn id(&self) -> &'static str {
        "unknown_field"
    }

    fn family(&self) -> Family {
        Family::Drift
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "From the second reply of an endpoint on, there is a field that nobody knows.",
            seen: "every service: 58 % of the changes of replies at Stripe are additions",
            source: "stripe-python CHANGELOG, 356 releases; aip.dev/180: adding a field is compatible",
            sites: "objects of replies whose fields have names that do not vary",
            good: "does not mind",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let objects = fields::objects(recording).into_iter().filter_map(|(field, object)| {
            let observed = recording.observed(&field.endpoint)?;
            // One more member of a map would be one more thing.
            let may = fields::is_record(observed, &object) && fields::free_name(observed, &object, &NAMES).is_some();
            may.then(|| Site::at(field.interaction).pointer(object).lie(Lie::None).rank(field.rank))
        });
        objects.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        fields::drift(site, recording, |at| {
            let observed = recording.observed(recording.endpoint(site.interaction));
            let name = observed.and_then(|observed| fields::free_name(observed, &at, &NAMES)).unwrap_or(NAMES[0]);
            Edit::Add { at, name: name.to_owned(), value: value() }
        })
    }
}

fn value() -> Value {
    json!({"number": 2})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{delivered, reads, rewritten};

    #[test]
    fn every_object_of_the_list_has_a_field_more_and_the_rest_stays() {
        let text = r#"{"list":[{"id":"a","n": 1.10},{"id":"b","n":2}]}"#;
        let recording = reads(&[text, text]);
        let site = unknown_field().sites(&recording).remove(0);
        let (more, lie) = (r#""revision":{"number":2}"#, &site.lie);
        let bent = format!(r#"{{"list":[{{"id":"a","n": 1.10,{more}}},{{"id":"b","n":2,{more}}}]}}"#);
        assert_eq!(rewritten(&recording, &unknown_field(), &site), bent);
        assert_eq!(*lie, Lie::None);
        delivered(&recording, unknown_field);
    }

    #[test]
    fn a_map_gets_no_entry_more() {
        assert!(unknown_field().sites(&reads(&[r#"{"rates":{"EUR":1,"SEK":2}}"#])).is_empty());
        assert!(unknown_field().sites(&reads(&[r#"{"a":1,"b":"x"}"#, r#"{"c":"x"}"#])).is_empty());
    }

    #[test]
    fn a_name_that_is_taken_is_not_used() {
        let recording = reads(&[r#"{"id":"a","revision":1}"#]);
        let site = unknown_field().sites(&recording).remove(0);
        assert!(rewritten(&recording, &unknown_field(), &site).contains("x_revision"));
    }
}
