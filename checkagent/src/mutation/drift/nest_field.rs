//! A field of a reply moves below an object.

use checkagent_cassette::analysis::Observed;
use checkagent_cassette::json::{Conversion, Edit, Pointer};

use super::fields;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// Names of objects that services put fields into.
const OBJECTS: [&str; 4] = ["attributes", "details", "data", "properties"];

/// A field that stands one level deeper from the k-th reply on. See [`nest_field`].
#[derive(Clone, Debug)]
pub struct NestField;

/// From the second reply of an endpoint on, a field stands below an object: `{"amount": 5}` becomes
/// `{"attributes": {"amount": 5}}`.
#[must_use]
pub fn nest_field() -> NestField {
    NestField
}

impl Operator for NestField {
    fn id(&self) -> &'static str {
        "nest_field"
    }

    fn family(&self) -> Family {
        Family::Drift
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "From the second reply of an endpoint on, a field stands below an object.",
            seen: "GitHub took `rate` out in favour of `resources.core`; services that follow JSON:API keep fields below `attributes`",
            source: "GitHub REST, breaking changes of version 2026-03-10; JSON:API 1.1, resource objects",
            sites: "fields of replies, the most influential ones first",
            good: "notices that the field is gone, or finds it; it does not go on with a default",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let sites = fields::observed_fields(recording).filter_map(|(field, observed)| {
            object(observed, &field.pointer)?;
            Some(fields::drift_site(field, observed.against_missing(&field.pointer)))
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let at = site.pointer.clone().unwrap_or_default();
        let observed = recording.observed(recording.endpoint(site.interaction));
        let to = observed.and_then(|observed| object(observed, &at)).unwrap_or(OBJECTS[0]).to_owned();
        let wrap = Conversion::Object(at.field().unwrap_or_default().to_owned());
        let edits = vec![Edit::Convert { at: at.clone(), to: wrap }, Edit::Rename { at, to }];
        fields::drift_all(site, recording, edits)
    }
}

/// The object that the field at a place moves into: none that is there already.
fn object(observed: &Observed, place: &Pointer) -> Option<&'static str> {
    fields::free_name(observed, &place.split_last()?.0, &OBJECTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{delivered, reads, rewritten};

    #[test]
    fn a_field_stands_one_level_deeper_and_the_rest_stays() {
        let text = r#"{"list": [{"n": 1.10,"s":"x"},{"n": 2,"s":"y"}]}"#;
        let recording = reads(&[text, text]);
        let site = nest_field().sites(&recording).into_iter().find(|site| site.to_string() == "2:list.n").unwrap();
        let bent = r#"{"list": [{"attributes": {"n":1.10},"s":"x"},{"attributes": {"n":2},"s":"y"}]}"#;
        assert_eq!(rewritten(&recording, &nest_field(), &site), bent);
        assert_eq!(delivered(&recording, nest_field).bent_calls().count(), 1);
    }

    #[test]
    fn an_object_of_that_name_is_not_hidden() {
        let recording = reads(&[r#"{"n":1,"attributes":{}}"#]);
        let site = nest_field().sites(&recording).remove(0);
        assert_eq!(rewritten(&recording, &nest_field(), &site), r#"{"details":{"n":1},"attributes":{}}"#);
    }

    #[test]
    fn a_reply_without_fields_has_no_site() {
        assert!(nest_field().sites(&reads(&["[1,2]", "{}"])).is_empty());
    }
}
