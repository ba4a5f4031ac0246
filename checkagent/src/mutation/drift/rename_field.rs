//! A field of a reply gets another name.

use checkagent_cassette::analysis::Observed;
use checkagent_cassette::json::{Edit, Pointer};

use super::fields;
use super::naming::NameStyle;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// A field under another name, from the k-th reply on. See [`rename_field`].
#[derive(Clone, Debug)]
pub struct RenameField {
    style: Option<NameStyle>,
}

/// From the second reply of an endpoint on, a field has another name: `signed_up` becomes `signedUp`, `name` becomes
/// `title`. Each field gets one style, another field another one.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::{NameStyle, rename_field};
///
/// let kebab = rename_field().style(NameStyle::Kebab);
/// ```
#[must_use]
pub fn rename_field() -> RenameField {
    RenameField { style: None }
}

impl RenameField {
    /// One style for all fields; those that are named in it already are left out.
    #[must_use]
    pub fn style(mut self, style: NameStyle) -> Self {
        self.style = Some(style);
        self
    }

    /// The style for a field, and its name in it. A name that stands beside it already is none.
    fn renamed(&self, observed: &Observed, place: &Pointer) -> Option<(NameStyle, String)> {
        let (object, _) = place.split_last()?;
        let name = place.field()?;
        let known = |name: &str| observed.members(&object).any(|member| member == name);
        let styles = self.style.map_or_else(|| NameStyle::ALL.to_vec(), |style| vec![style]);
        let named = styles.into_iter().filter(|style| style.applied(name).is_some_and(|name| !known(&name)));
        let style = fields::rotated(name, &named.collect::<Vec<_>>())?;
        Some((style, style.applied(name)?))
    }
}

impl Operator for RenameField {
    fn id(&self) -> &'static str {
        "rename_field"
    }

    fn version(&self) -> u32 {
        2
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
        let sites = fields::observed_fields(recording).filter_map(|(field, observed)| {
            let (style, _) = self.renamed(observed, &field.pointer)?;
            Some(fields::drift_site(field, observed.against_missing(&field.pointer)).variant(style.name()))
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        fields::drift(site, recording, |at| {
            let observed = recording.observed(recording.endpoint(site.interaction));
            let renamed = observed.and_then(|observed| self.renamed(observed, &at));
            let to = renamed.map_or_else(|| at.field().unwrap_or_default().to_owned(), |(_, name)| name);
            Edit::Rename { at, to }
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::{Session, delivered, recording};

    #[test]
    fn a_field_has_another_name_from_the_second_reply_on() {
        let page = |n: u64| json!({"data": [{"signed_up": n, "id": "a"}], "next": 1.5});
        let recording = recording(&[
            ("GET", "/p?n=1", json!(null), page(1)),
            ("GET", "/p?n=2", json!(null), page(2)),
            ("GET", "/p?n=3", json!(null), page(3)),
        ]);
        let kebab = || rename_field().style(NameStyle::Kebab);
        delivered(&recording, kebab);
        let sites = kebab().sites(&recording);
        let site = sites.iter().find(|site| site.to_string() == "2:data.signed_up:kebab").unwrap();
        let mut session = Session::at(&recording, kebab(), site);
        assert_eq!(session.get("/p?n=1"), page(1));
        assert_eq!(session.get("/p?n=2"), json!({"data": [{"signed-up": 2, "id": "a"}], "next": 1.5}));
        assert_eq!(session.get("/p?n=3")["data"][0]["signed-up"], 3);
    }

    #[test]
    fn each_field_gets_one_style_and_never_the_name_of_its_neighbour() {
        let reply = json!({"Amount": 1, "amount": 2, "value": 3, "created_at": "x"});
        let recording = recording(&[("GET", "/a", json!(null), reply)]);
        let sites = rename_field().sites(&recording);
        let names: Vec<_> = sites.iter().map(ToString::to_string).collect();
        // `amount` could become `Amount` or `value`: both are taken.
        assert!(!names.iter().any(|name| name.starts_with("1:amount:")), "{names:?}");
        assert_eq!(names.iter().filter(|name| name.starts_with("1:created_at:")).count(), 1, "{names:?}");
    }

    #[test]
    fn a_reply_without_fields_has_no_site() {
        let recording = recording(&[("GET", "/a", json!(null), json!([1, 2])), ("GET", "/b", json!(null), json!({}))]);
        assert!(rename_field().sites(&recording).is_empty());
    }
}
