//! An object of a reply gives its fields to the object around it.

use checkagent_cassette::analysis::Observed;
use checkagent_cassette::json::{Edit, Pointer, Step};

use super::fields;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// Fields that stand one level higher from the k-th reply on. See [`unnest_field`].
#[derive(Clone, Debug)]
pub struct UnnestField;

/// From the second reply of an endpoint on, an object is gone and its fields stand where it stood: `{"address": {"city":
/// "Oslo"}}` becomes `{"city": "Oslo"}`.
#[must_use]
pub fn unnest_field() -> UnnestField {
    UnnestField
}

impl Operator for UnnestField {
    fn id(&self) -> &'static str {
        "unnest_field"
    }

    fn family(&self) -> Family {
        Family::Drift
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "From the second reply of an endpoint on, an object is gone and its fields stand where it stood.",
            seen: "services that drop their `data` envelope, and flat exports",
            source: "GitHub REST, breaking changes of version 2026-03-10: objects of the beta media type became plain fields",
            sites: "objects inside replies whose fields have names that nothing beside them has",
            good: "notices that the object is gone, or finds the field; it does not go on with a default",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let objects = fields::objects(recording).into_iter().filter_map(|(field, object)| {
            let observed = recording.observed(&field.endpoint)?;
            if !can_go(observed, &object) {
                return None;
            }
            Some(fields::drift_site(field, observed.against_missing(&object)).pointer(object))
        });
        objects.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        fields::drift(site, recording, |at| Edit::Hoist { at })
    }
}

/// Whether the object at a place stands in another object that has no member of the same name.
fn can_go(observed: &Observed, object: &Pointer) -> bool {
    let Some((around, Step::Key(own))) = object.split_last() else { return false };
    let beside = |name: &str| name != own && observed.members(&around).any(|other| other == name);
    observed.objects(object) > 0 && !observed.members(object).any(beside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{delivered, reads, rewritten};

    #[test]
    fn the_fields_of_an_object_stand_where_it_stood_and_the_rest_stays() {
        let text = r#"{"list":[{"id":"a", "address": {"city":"Oslo","zip": 1.10}}]}"#;
        let recording = reads(&[text, text]);
        let sites = unnest_field().sites(&recording);
        assert_eq!(sites.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2:list.address"]);
        let bent = r#"{"list":[{"id":"a", "city":"Oslo","zip": 1.10}]}"#;
        assert_eq!(rewritten(&recording, &unnest_field(), &sites[0]), bent);
        delivered(&recording, unnest_field);
    }

    #[test]
    fn an_envelope_can_go_too() {
        let recording = reads(&[r#"{"data":{"n":1,"s":"x"}}"#]);
        let site = unnest_field().sites(&recording).remove(0);
        assert_eq!(rewritten(&recording, &unnest_field(), &site), r#"{"n":1,"s":"x"}"#);
    }

    #[test]
    fn no_name_comes_twice_and_flat_replies_have_no_site() {
        for text in [
            r#"{"id":1,"user":{"id":2,"x":3}}"#,
            r#"{"n":1}"#,
            r#"[{"n":1}]"#,
            r#"{"a":{"b":1},"b":[]}"#,
            r#"{"card_8516878":{"n":1}}"#,
        ] {
            assert!(unnest_field().sites(&reads(&[text])).is_empty(), "{text}");
        }
    }
}
