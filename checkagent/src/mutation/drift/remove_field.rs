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
