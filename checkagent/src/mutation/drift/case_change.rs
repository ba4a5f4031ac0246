//! Words of a reply are written in another case.

use serde_json::Value;

use checkagent_cassette::analysis::{Field, Meaning};
use checkagent_cassette::json::{Conversion, Edit};

use super::fields;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::{FieldPlace, Recording};

/// States in another case from the k-th reply on. See [`case_change`].
#[derive(Clone, Debug)]
pub struct CaseChange;

/// From the second reply of an endpoint on, a state is written in another case: `completed` becomes `COMPLETED`.
#[must_use]
pub fn case_change() -> CaseChange {
    CaseChange
}

impl Operator for CaseChange {
    fn id(&self) -> &'static str {
        "case_change"
    }

    fn family(&self) -> Family {
        Family::Drift
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "From the second reply of an endpoint on, a state is written in another case: `completed` becomes `COMPLETED`.",
            seen: "services whose new version names its enumerations as Protocol Buffers do",
            source: "aip.dev/126: values of enumerations are in UPPER_SNAKE_CASE; stripe-python CHANGELOG: 43 % of the changes that are no additions concern values of enumerations",
            sites: "fields that hold one of a few words",
            good: "compares without case, or stops at a state that it does not know",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let sites = fields::observed_fields(recording).filter_map(|(field, observed)| {
            let seen = observed.field(&field.pointer)?;
            let changed = conversion(field, seen)?.value(&field.example.1)?;
            Some(fields::drift_site(field, observed.against(&field.pointer, &changed)))
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let place = fields::field(site, recording);
        let seen = recording.observed(recording.endpoint(site.interaction));
        let seen = seen.zip(site.pointer.as_ref()).and_then(|(observed, place)| observed.field(place));
        let to = place.zip(seen).and_then(|(place, seen)| conversion(place, seen)).unwrap_or(Conversion::Upper);
        fields::drift(site, recording, |at| Edit::Convert { at, to })
    }
}

/// To upper case, unless that is the case already; only for words of which there are few.
fn conversion(place: &FieldPlace, seen: &Field) -> Option<Conversion> {
    let Value::String(word) = &place.example.1 else { return None };
    if place.meaning != Meaning::State && seen.enumeration().is_none() {
        return None;
    }
    if word.contains(char::is_lowercase) {
        Some(Conversion::Upper)
    } else if word.contains(char::is_uppercase) {
        Some(Conversion::Lower)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{delivered, reads, rewritten};
    use crate::mutation::site::Lie;

    #[test]
    fn states_change_their_case_and_the_rest_stays() {
        let text = r#"{"list":[{"status":"paid","n": 1.10},{"status":"open","n":2}]}"#;
        let recording = reads(&[text, text]);
        let site = case_change().sites(&recording).remove(0);
        let bent = r#"{"list":[{"status":"PAID","n": 1.10},{"status":"OPEN","n":2}]}"#;
        assert_eq!(rewritten(&recording, &case_change(), &site), bent);
        delivered(&recording, case_change);
        let upper = reads(&[r#"{"status":"PAID"}"#]);
        let site = case_change().sites(&upper).remove(0);
        assert_eq!(rewritten(&upper, &case_change(), &site), r#"{"status":"paid"}"#);
    }

    #[test]
    fn a_word_in_another_case_is_evident_where_the_words_are_known() {
        let texts: Vec<_> = (0..10).map(|n| if n % 2 == 0 { r#"{"x":"a"}"# } else { r#"{"x":"b"}"# }).collect();
        assert!(matches!(case_change().sites(&reads(&texts)).remove(0).lie, Lie::Evident(_)));
    }

    #[test]
    fn names_numbers_and_states_without_letters_stay() {
        for text in [r#"{"name":"Ada"}"#, r#"{"status":3}"#, r#"{"id":"abc"}"#, r#"{"status":"We look into it"}"#] {
            assert!(case_change().sites(&reads(&[text])).is_empty(), "{text}");
        }
    }
}
