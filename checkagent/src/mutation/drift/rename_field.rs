//! A field of a reply gets another name.

use checkagent_cassette::analysis::Observed;
use checkagent_cassette::json::Edit;

use super::fields;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// A field under another name, from the k-th reply on. See [`rename_field`].
#[derive(Clone, Debug)]
pub struct RenameField;

/// From the second reply of an endpoint on, a field has another name: `signed_up` becomes `signedUp`, `amount` becomes
/// `Amount`.
#[must_use]
pub fn rename_field() -> RenameField {
    RenameField
}

impl Operator for RenameField {
    fn id(&self) -> &'static str {
        "rename_field"
    }

    fn family(&self) -> Family {
        Family::Drift
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "From the second reply of an endpoint on, a field has another name.",
            seen: "GitHub: `master_branch` became `default_branch`",
            source: "GitHub REST, breaking changes; stripe-python CHANGELOG, 356 releases: 13 % of changes that are no additions remove a field",
            sites: "fields of replies, the most influential ones first",
            good: "notices that the field is gone and stops; it does not go on with a default",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        fields::drift_sites(recording, Observed::against_missing)
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        fields::drift(site, recording, |at| {
            let to = renamed(at.field().unwrap_or_default());
            Edit::Rename { at, to }
        })
    }
}

/// The name in the style that a service changes to: snake to camel, camel to snake, a single word to Pascal.
fn renamed(name: &str) -> String {
    let mut out = String::new();
    if name.contains(['_', '-']) {
        let mut words = name.split(['_', '-']).filter(|word| !word.is_empty());
        out.push_str(words.next().unwrap_or_default());
        words.for_each(|word| out.push_str(&capital(word)));
    } else if name.chars().skip(1).any(char::is_uppercase) {
        for c in name.chars() {
            if c.is_uppercase() && !out.is_empty() {
                out.push('_');
            }
            out.extend(c.to_lowercase());
        }
    } else {
        out = capital(name);
    }
    if out == name { format!("{name}_v2") } else { out }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_as_services_change_them() {
        assert_eq!(renamed("signed_up"), "signedUp");
        assert_eq!(renamed("signedUp"), "signed_up");
        assert_eq!(renamed("amount"), "Amount");
        assert_eq!(renamed("Amount"), "Amount_v2");
        assert_eq!(renamed("_id"), "id");
        assert_eq!(renamed("_"), "");
    }
}
