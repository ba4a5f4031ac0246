//! A field of a reply gets another type.

use serde_json::Value;

use checkagent_cassette::analysis::{Format, Meaning};
use checkagent_cassette::json::{Conversion, Edit};

use super::fields;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::{FieldPlace, Recording};

/// A field of another type, from the k-th reply on. See [`change_type`].
#[derive(Clone, Debug)]
pub struct ChangeType {
    change: Option<TypeChange>,
}

/// How a field changes its type and keeps what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeChange {
    /// `5` becomes `"5"`: whole numbers of 64 bits in the JSON of Protocol Buffers.
    NumberToText,
    /// `"5"` becomes `5`.
    TextToNumber,
    /// `"cus_123"` becomes `{"id": "cus_123"}`: the reference is expanded.
    IdToObject,
    /// `true` becomes `"true"`.
    BoolToText,
    /// `5` becomes `[5]`.
    ScalarToList,
}

impl TypeChange {
    const ALL: [Self; 5] =
        [Self::NumberToText, Self::TextToNumber, Self::IdToObject, Self::BoolToText, Self::ScalarToList];

    /// What a case is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NumberToText => "number_to_text",
            Self::TextToNumber => "text_to_number",
            Self::IdToObject => "id_to_object",
            Self::BoolToText => "bool_to_text",
            Self::ScalarToList => "scalar_to_list",
        }
    }

    fn fits(self, field: &FieldPlace) -> bool {
        let (value, meaning) = (&field.example.1, field.meaning);
        match self {
            Self::NumberToText => value.is_number(),
            Self::TextToNumber => value.as_str().is_some_and(|text| Format::Number.fits(text)),
            // What names the thing itself does not become a thing.
            Self::IdToObject => meaning == Meaning::Id && field.pointer.field() != Some("id"),
            Self::BoolToText => value.is_boolean(),
            // A thing has one id and was made at one time; it may have several names, notes or amounts.
            Self::ScalarToList => {
                !value.is_boolean() && !value.is_null() && !matches!(meaning, Meaning::Time | Meaning::Id)
            }
        }
    }

    fn conversion(self) -> Conversion {
        match self {
            Self::NumberToText | Self::BoolToText => Conversion::Text,
            Self::TextToNumber => Conversion::Number,
            Self::IdToObject => Conversion::Object("id".to_owned()),
            Self::ScalarToList => Conversion::List,
        }
    }
}

/// From the second reply of an endpoint on, a field has another type: a number becomes a text, an id the object that it
/// names. Each field gets one change of those that its value allows.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::{TypeChange, change_type};
///
/// let expanded = change_type().change(TypeChange::IdToObject);
/// ```
#[must_use]
pub fn change_type() -> ChangeType {
    ChangeType { change: None }
}

impl ChangeType {
    /// One change for all fields that allow it.
    #[must_use]
    pub fn change(mut self, change: TypeChange) -> Self {
        self.change = Some(change);
        self
    }

    fn of(&self, field: &FieldPlace) -> Option<TypeChange> {
        let wanted = |change: &TypeChange| self.change.is_none_or(|wanted| wanted == *change) && change.fits(field);
        let changes: Vec<_> = TypeChange::ALL.into_iter().filter(wanted).collect();
        fields::rotated(field.pointer.field()?, &changes)
    }
}

impl Operator for ChangeType {
    fn id(&self) -> &'static str {
        "change_type"
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
            what: "From the second reply of an endpoint on, a field has another type.",
            seen: "Stripe: 26 % of the changes of replies that are no additions, ids that become objects; GitHub: addresses became objects",
            source: "stripe-python CHANGELOG, 356 releases; GitHub REST, breaking changes; the JSON mapping of Protocol Buffers",
            sites: "fields of replies, the most influential ones first",
            good: "reads both forms, or stops; it does not add texts to numbers",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let sites = fields::observed_fields(recording).filter_map(|(field, observed)| {
            let change = self.of(field)?;
            let changed: Value = change.conversion().value(&field.example.1)?;
            Some(fields::drift_site(field, observed.against(&field.pointer, &changed)).variant(change.name()))
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let change = fields::field(site, recording).and_then(|field| self.of(field));
        let to = change.unwrap_or(TypeChange::ScalarToList).conversion();
        fields::drift(site, recording, |at| Edit::Convert { at, to })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::{delivered, reads, recording, rewritten};

    #[test]
    fn every_value_changes_as_its_kind_allows() {
        let reply = json!({"n": 5, "text": "7", "customer_id": "c-1", "id": "x-1", "on": true, "day": "2026-01-02"});
        let recording = recording(&[("GET", "/a", json!(null), reply.clone()), ("GET", "/a", json!(null), reply)]);
        let names = |change| {
            let mut names: Vec<_> =
                change_type().change(change).sites(&recording).iter().map(ToString::to_string).collect();
            names.sort();
            names
        };
        assert_eq!(names(TypeChange::NumberToText), ["2:n:number_to_text"]);
        assert_eq!(names(TypeChange::TextToNumber), ["2:text:text_to_number"]);
        assert_eq!(names(TypeChange::IdToObject), ["2:customer_id:id_to_object"]);
        assert_eq!(names(TypeChange::BoolToText), ["2:on:bool_to_text"]);
        assert_eq!(names(TypeChange::ScalarToList), ["2:n:scalar_to_list", "2:text:scalar_to_list"]);
        // A time and the id of the thing itself stay what they are.
        assert_eq!(change_type().sites(&recording).len(), 4);
    }

    #[test]
    fn the_change_is_delivered_and_every_other_byte_stays() {
        let text = r#"{"customer_id":"c-\u00e4","n": 1.10}"#;
        let recording = reads(&[text, text]);
        let expand = || change_type().change(TypeChange::IdToObject);
        delivered(&recording, expand);
        let bent = rewritten(&recording, &expand(), &expand().sites(&recording)[0]);
        assert_eq!(bent, r#"{"customer_id":{"id":"c-\u00e4"},"n": 1.10}"#);
    }

    #[test]
    fn ten_observations_make_another_type_evident() {
        let items = |count: usize| json!((0..count).map(|n| json!({"n": n})).collect::<Vec<_>>());
        let lie = |count| {
            let recording = recording(&[("GET", "/a", json!(null), items(count))]);
            change_type().change(TypeChange::NumberToText).sites(&recording)[0].lie.clone()
        };
        assert!(matches!(lie(10), crate::mutation::Lie::Evident(_)));
        assert!(matches!(lie(9), crate::mutation::Lie::Plausible(_)));
    }

    #[test]
    fn a_reply_without_fields_has_no_site() {
        let recording = recording(&[("GET", "/a", json!(null), json!({"a": {"b": []}}))]);
        assert!(change_type().sites(&recording).is_empty());
    }
}
