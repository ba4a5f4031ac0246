//! A field of a reply is null.

use checkagent_cassette::json::Edit;

use super::fields;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// A field that is null from the k-th reply on. See [`null_field`].
#[derive(Clone, Debug)]
pub struct NullField;

/// From the second reply of an endpoint on, a field is `null`.
#[must_use]
pub fn null_field() -> NullField {
    NullField
}

impl Operator for NullField {
    fn id(&self) -> &'static str {
        "null_field"
    }

    fn family(&self) -> Family {
        Family::Drift
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "From the second reply of an endpoint on, a field is `null`.",
            seen: "Discord 2026-08-05: `application_id` of a webhook",
            source: "discord-api-docs, change log",
            sites: "fields of replies, the most influential ones first",
            good: "does not count `null` as zero or as an empty text",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        fields::drift_sites(recording, |observed, place| observed.against(place, &serde_json::Value::Null))
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        fields::drift(site, recording, |at| Edit::Set { at, value: serde_json::Value::Null })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{delivered, reads, rewritten};
    use crate::mutation::site::Lie;

    #[test]
    fn a_field_is_null_from_the_second_reply_on_and_the_rest_stays() {
        let recording = reads(&[r#"{"a": 1,"b":"x"}"#, r#"{"a": 1.10,"b":"x"}"#]);
        let site = null_field().sites(&recording).into_iter().find(|site| site.to_string() == "2:a").unwrap();
        assert_eq!(rewritten(&recording, &null_field(), &site), r#"{"a": null,"b":"x"}"#);
        assert_eq!(delivered(&recording, null_field).bent_calls().count(), 1);
    }

    #[test]
    fn it_is_evident_where_it_never_was_so_in_ten_observations() {
        let lie = |texts: &[&str]| null_field().sites(&reads(texts)).remove(0).lie;
        assert!(matches!(lie(&[r#"{"a": 1}"#; 10]), Lie::Evident(_)));
        assert!(matches!(lie(&[r#"{"a": 1}"#; 9]), Lie::Plausible(_)));
    }

    #[test]
    fn a_reply_without_fields_has_no_site() {
        assert!(null_field().sites(&reads(&["[1,2]", "{}", "no JSON"])).is_empty());
    }
}
