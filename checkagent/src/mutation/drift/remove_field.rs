//! A field of a reply is gone.

use checkagent_cassette::analysis::Observed;
use checkagent_cassette::json::Edit;

use super::fields;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// A field that is gone from the k-th reply on. See [`remove_field`].
#[derive(Clone, Debug)]
pub struct RemoveField;

/// From the second reply of an endpoint on, a field is missing.
#[must_use]
pub fn remove_field() -> RemoveField {
    RemoveField
}

impl Operator for RemoveField {
    fn id(&self) -> &'static str {
        "remove_field"
    }

    fn family(&self) -> Family {
        Family::Drift
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "From the second reply of an endpoint on, a field is gone.",
            seen: "GitHub took `rate`, `has_downloads` and four more out of its version 2026-03-10; Jira `total`",
            source: "GitHub REST, breaking changes",
            sites: "fields of replies, the most influential ones first",
            good: "notices that the field is gone and stops; it does not invent a value",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        fields::drift_sites(recording, Observed::against_missing)
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        fields::drift(site, recording, |at| Edit::Remove { at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{delivered, reads, rewritten};
    use crate::mutation::site::Lie;

    #[test]
    fn a_field_is_gone_from_the_second_reply_on_and_the_rest_stays() {
        let recording = reads(&[r#"{"a": 1,"b":"x"}"#, r#"{"a": 1.10,"b":"x"}"#]);
        let site = remove_field().sites(&recording).into_iter().find(|site| site.to_string() == "2:a").unwrap();
        assert_eq!(rewritten(&recording, &remove_field(), &site), r#"{"b":"x"}"#);
        assert_eq!(delivered(&recording, remove_field).bent_calls().count(), 1);
    }

    #[test]
    fn it_is_evident_where_it_never_was_so_in_ten_observations() {
        let lie = |texts: &[&str]| remove_field().sites(&reads(texts)).remove(0).lie;
        assert!(matches!(lie(&[r#"{"a": 1}"#; 10]), Lie::Evident(_)));
        assert!(matches!(lie(&[r#"{"a": 1}"#; 9]), Lie::Plausible(_)));
    }

    #[test]
    fn a_reply_without_fields_has_no_site() {
        assert!(remove_field().sites(&reads(&["[1,2]", "{}", "no JSON"])).is_empty());
    }
}
