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
