//! A field of a reply is gone.

use checkagent_cassette::analysis::Observed;
use checkagent_cassette::json::Edit;

use super::bend::Bend;
use super::fields;
use super::operator::{Family, Operator, Truth};
use super::site::Site;
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

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        fields::drift_sites(recording, Observed::against_missing)
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        fields::drift(site, recording, |at| Edit::Remove { at })
    }
}
