//! A state has a value that nobody knows.

use serde_json::Value;

use checkagent_cassette::analysis::{Field, Meaning, words};
use checkagent_cassette::json::Edit;

use super::fields;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::{FieldPlace, Recording};

/// States that services add after years.
const STATES: [&str; 4] = ["deferred", "on_hold", "expired", "in_dispute"];
/// Kinds, plans and roles that they add.
const KINDS: [&str; 4] = ["legacy", "unlisted", "custom", "mixed"];

/// A value that no client knows, from the k-th reply on. See [`new_enum_value`].
#[derive(Clone, Debug)]
pub struct NewEnumValue;

/// From the second reply of an endpoint on, a field with few known values has a value that nobody knows: a status
/// `deferred`. In a list it is one item of each reply.
///
/// The world is as recorded, only said in a word that is new: whoever takes it for one of the known ones, or for nothing,
/// is wrong.
#[must_use]
pub fn new_enum_value() -> NewEnumValue {
    NewEnumValue
}

impl Operator for NewEnumValue {
    fn id(&self) -> &'static str {
        "new_enum_value"
    }

    fn family(&self) -> Family {
        Family::Drift
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "From the second reply of an endpoint on, a field with few known values has one that nobody knows.",
            seen: "Stripe: 43 % of the changes of replies that are no additions, half of those that are marked as breaking; GitHub: `file` became `submodule`",
            source: "stripe-python CHANGELOG, 356 releases; GitHub REST, breaking changes of version 2026-03-10",
            sites: "fields that hold one of a few words",
            good: "names what it does not know; it does not take it for one of the known values",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let sites = fields::observed_fields(recording).filter_map(|(field, observed)| {
            let unknown = unknown(field, observed.field(&field.pointer)?)?;
            let site = fields::drift_site(field, observed.against(&field.pointer, &unknown));
            Some(Site { value: Some(unknown), ..site.pointer(field.example.0.clone()) })
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        fields::drift(site, recording, |at| Edit::Set { at, value: site.value.clone().unwrap_or_default() })
    }
}

/// A value that was not seen, written as the known ones are.
fn unknown(place: &FieldPlace, seen: &Field) -> Option<Value> {
    let Value::String(word) = &place.example.1 else { return None };
    if place.meaning != Meaning::State && seen.enumeration().is_none() {
        return None;
    }
    let known = |value: &String| seen.has_shown(value) || value == word;
    let is_state =
        words(place.pointer.field()?).any(|word| matches!(word.as_str(), "status" | "state" | "stage" | "phase"));
    let added = if is_state { STATES } else { KINDS };
    added.iter().map(|added| as_written(added, word)).find(|added| !known(added)).map(Value::from)
}

fn as_written(word: &str, like: &str) -> String {
    let upper = like.contains(char::is_uppercase);
    match (upper, like.contains(char::is_lowercase)) {
        (true, false) => word.to_uppercase(),
        (true, true) => word[..1].to_uppercase() + &word[1..],
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{delivered, reads, rewritten};
    use crate::mutation::site::Lie;

    #[test]
    fn one_item_of_each_reply_has_an_unknown_state_and_the_rest_stays() {
        let text = r#"[{"status":"paid","n": 1.10},{"status":"open","n":2},{"status":"open","n":3}]"#;
        let recording = reads(&[text, text, text]);
        let site = new_enum_value().sites(&recording).remove(0);
        assert_eq!(site.to_string(), "2:1.status");
        let bent = r#"[{"status":"paid","n": 1.10},{"status":"deferred","n":2},{"status":"open","n":3}]"#;
        assert_eq!(rewritten(&recording, &new_enum_value(), &site), bent);
        assert_eq!(delivered(&recording, new_enum_value).bent_calls().count(), 2);
    }

    #[test]
    fn the_value_is_new_and_written_as_the_known_ones_are() {
        let value = |texts: &[&str]| new_enum_value().sites(&reads(texts)).remove(0).value.unwrap();
        assert_eq!(value(&[r#"{"status":"deferred"}"#, r#"{"status":"open"}"#]), "on_hold");
        assert_eq!(value(&[r#"{"status":"ON-TIME"}"#]), "DEFERRED");
        assert_eq!(value(&[r#"{"status":"InProgress"}"#]), "Deferred");
    }

    #[test]
    fn it_is_evident_where_the_values_are_known_to_be_few() {
        let texts: Vec<_> = (0..10).map(|n| if n % 2 == 0 { r#"{"x":"a"}"# } else { r#"{"x":"b"}"# }).collect();
        assert!(matches!(new_enum_value().sites(&reads(&texts)).remove(0).lie, Lie::Evident(_)));
        let one = new_enum_value().sites(&reads(&[r#"{"status":"paid"}"#])).remove(0);
        assert!(matches!(one.lie, Lie::Plausible(_)));
    }

    #[test]
    fn names_and_numbers_are_no_enumerations() {
        assert!(new_enum_value().sites(&reads(&[r#"{"name":"Ada","n":1,"id":"x"}"#])).is_empty());
    }
}
