//! A field of a reply is null.

use checkagent_cassette::json::Edit;

use super::bend::Bend;
use super::fields;
use super::operator::{Family, Operator, Truth};
use super::site::Site;
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

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        fields::drift_sites(recording, |observed, place| observed.against(place, &serde_json::Value::Null))
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        fields::drift(site, recording, |at| Edit::Set { at, value: serde_json::Value::Null })
    }
}
