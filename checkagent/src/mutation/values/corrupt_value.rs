//! A value is not what it should be.

use serde_json::Value;

use checkagent_cassette::Moment;
use checkagent_cassette::analysis::{Field, Format, Meaning, Place, differences};

use super::places;
use super::strategies::{
    blank, boundaries, broken_addresses, broken_dates, empty, fractions, huge, long, markup, moments, negative,
    other_integers, placeholders, positive, unicode, words, written_numbers, zero,
};
use super::strategy::Values;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::{FieldPlace, Recording};

/// A corrupted value in one item of a reply. See [`corrupt_value`].
#[derive(Clone, Debug)]
pub struct CorruptValue {
    tries: Option<usize>,
}

/// One value of one reply is corrupted: a negative amount, an empty name, a date that is none, an unknown plan, a text of
/// four thousand letters.
///
/// The values come from proptest strategies that are chosen by what the field holds. A case tries several of each kind; a
/// failing one is shrunk and kept as a value. A field has two cases at most: one with values that what was observed speaks
/// against, and one (`plausible`) with values that could be true.
#[must_use]
pub fn corrupt_value() -> CorruptValue {
    CorruptValue { tries: None }
}

const PLAUSIBLE: &str = "plausible";

impl CorruptValue {
    /// How many values are tried in one case; 64 if it is not said.
    #[must_use]
    pub fn tries(mut self, tries: usize) -> Self {
        self.tries = Some(tries);
        self
    }
}

impl Operator for CorruptValue {
    fn id(&self) -> &'static str {
        "corrupt_value"
    }

    fn version(&self) -> u32 {
        2
    }

    fn family(&self) -> Family {
        Family::Values
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "One value of one reply is corrupted: a negative amount, an empty name, a date that is none.",
            seen: "imports, migrations, and forms without checks",
            source: "HotOS 2019: data formats are the largest class of bug incidents of a large cloud",
            sites: "fields of replies, the most influential ones first; 64 values in one case",
            good: "checks what it reads against what it knows, and names what it cannot believe",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let mut sites = Vec::new();
        for (field, observed) in places::data_fields(recording) {
            let (place, value) = &field.example;
            let (Some(seen), Some(values)) = (observed.field(&field.pointer), corrupted(value, field.meaning)) else {
                continue;
            };
            let site = Site::at(field.interaction).pointer(place.clone());
            if let Some(habit) = seen.habit().filter(|_| values.samples().any(|value| seen.against(value).is_some())) {
                let reason = format!("`{}` {habit}", place.field().unwrap_or_default());
                sites.push(site.clone().lie(Lie::Evident(reason)).rank(field.rank));
            }
            let could_be_true = |other: &Value| is_another(other, value) && seen.against(other).is_none();
            if !is_page_token(recording, field) && values.samples().any(could_be_true) {
                let lie = Lie::Plausible("such a value could be true".to_owned());
                sites.push(site.variant(PLAUSIBLE).lie(lie).rank(field.rank / 2));
            }
        }
        sites
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        places::set(site)
    }

    fn values(&self, site: &Site, recording: &Recording) -> Option<Values> {
        let place = site.pointer.as_ref()?;
        let fields = recording.fields().iter();
        let field = fields.clone().find(|field| field.interaction == site.interaction && field.example.0 == *place)?;
        let seen: Field = recording.observed(&field.endpoint)?.field(place)?.clone();
        let recorded = field.example.1.clone();
        let plausible = site.variant == Some(PLAUSIBLE);
        let values = corrupted(&recorded, field.meaning)?
            .only(move |value| is_another(value, &recorded) && seen.against(value).is_none() == plausible);
        Some(match self.tries {
            Some(tries) => values.tries(tries),
            None => values,
        })
    }
}

/// Whether an agent could tell the two apart: `0` and `0.0` are one number.
fn is_another(value: &Value, recorded: &Value) -> bool {
    !differences(recorded, value).is_empty()
}

/// Whether the value led to the next page: what another one would lead to is not recorded.
fn is_page_token(recording: &Recording, field: &FieldPlace) -> bool {
    let is_source = |place: &Place| matches!(place, Place::Body(at, _) if *at == field.example.0);
    recording.pages().iter().any(|page| page.from == field.interaction && page.source.as_ref().is_some_and(is_source))
}

/// Values that do not belong in the place of one, the simplest kinds first; `None` for flags and what is nothing.
fn corrupted(value: &Value, meaning: Meaning) -> Option<Values> {
    let moment = Moment::of(value).filter(|_| meaning == Meaning::Time).map(moments);
    match value {
        Value::Number(number) => {
            let observed = number.as_i64().unwrap_or_default();
            let numbers = zero().or(negative()).or(positive()).or(fractions()).or(other_integers(observed));
            let numbers = numbers.or(huge()).or(boundaries());
            Some(moment.into_iter().fold(numbers, Values::or))
        }
        Value::String(text) => {
            let of_format = match Format::of(text) {
                Some(Format::Number) => Some(written_numbers()),
                Some(Format::Email | Format::Url) => Some(broken_addresses()),
                Some(format) if format.is_time() => Some(broken_dates()),
                _ => None,
            };
            let texts = empty().or(blank()).or(words()).or(placeholders());
            let texts = of_format.into_iter().chain(moment).fold(texts, Values::or);
            Some(texts.or(unicode()).or(markup()).or(long()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use checkagent_cassette::json::Pointer;
    use serde_json::json;

    use super::*;
    use crate::fixture::{Session, reads, recording, rewritten};

    type Defect<'d> = (&'d Values, Value, &'d dyn Fn(&Value) -> bool);

    /// Replies of one record each, in which every field has been seen so often.
    fn seen(times: usize) -> Arc<Recording> {
        let texts: Vec<_> = (1..=times)
            .map(|n| format!(r#"{{"amount": {n}0, "name":"n{n}","day":"2026-01-{n:02}","on":true}}"#))
            .collect();
        reads(&texts.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn site(recording: &Recording, name: &str) -> Site {
        corrupt_value().sites(recording).into_iter().find(|site| site.to_string() == name).unwrap()
    }

    #[test]
    fn the_simplest_value_of_five_planted_defects_is_found_whatever_the_case_is_called() {
        let numbers = corrupted(&json!(70), Meaning::Amount).unwrap();
        let texts = corrupted(&json!("Ada"), Meaning::Text).unwrap();
        let number = |value: &Value| value.as_f64().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().chars().count();
        let defects: [Defect<'_>; 5] = [
            (&numbers, json!(-1), &|value| number(value) < 0.0),
            (&numbers, json!(1001), &|value| number(value) > 1000.0),
            (&texts, json!(""), &|value| text(value) == 0),
            (&texts, json!("a".repeat(21)), &|value| text(value) > 20),
            (&numbers, json!(0.5), &|value| number(value).fract() != 0.0),
        ];
        for (values, simplest, fails) in defects {
            for name in 0..200 {
                let mut runs = 0;
                let found = values.search(&format!("case {name}"), |value| {
                    runs += 1;
                    fails(value).then_some(())
                });
                assert_eq!(found.failing, Some((simplest.clone(), ())), "case {name}");
                assert!(found.tried <= 64 && runs <= 64 + 256, "{runs} runs");
            }
        }
    }

    #[test]
    fn values_are_evident_or_plausible_and_never_both() {
        let recording = seen(12);
        let observed = recording.observed(recording.endpoint(1)).unwrap();
        for site in corrupt_value().sites(&recording) {
            let place = site.pointer.as_ref().unwrap();
            let evident = matches!(site.lie, Lie::Evident(_));
            let found = corrupt_value().values(&site, &recording).unwrap().search(&site.to_string(), |value| {
                assert_eq!(observed.against(place, value).is_some(), evident, "{site}: {value}");
                None::<()>
            });
            assert!((1..=64).contains(&found.tried), "{site}: {} values", found.tried);
        }
    }

    #[test]
    fn a_field_has_two_cases_once_it_was_seen_ten_times_and_one_before() {
        let names = |times| {
            let mut names: Vec<_> = corrupt_value().sites(&seen(times)).iter().map(ToString::to_string).collect();
            names.sort();
            names
        };
        assert_eq!(names(9), ["2:amount:plausible", "2:day:plausible", "2:name:plausible"]);
        let both = ["amount", "day", "name"].map(|name| [format!("2:{name}"), format!("2:{name}:plausible")]);
        assert_eq!(names(10), both.concat());
        let Lie::Evident(reason) = site(&seen(10), "2:amount").lie else { panic!("not evident") };
        assert_eq!(reason, "`amount` was always a whole number, above 0 in 10 observations");
    }

    #[test]
    fn one_value_of_one_reply_is_another_one_and_the_rest_stays() {
        let recording = seen(10);
        let site = Site { value: Some(json!(-1)), ..site(&recording, "2:amount") };
        let bent = r#"{"amount": -1, "name":"n2","day":"2026-01-02","on":true}"#;
        assert_eq!(rewritten(&recording, &corrupt_value(), &site), bent);
        let mut session = Session::at(&recording, corrupt_value(), &site);
        session.play();
        assert_eq!(session.ledger().bent_calls().count(), 1);
    }

    #[test]
    fn the_same_number_in_another_form_is_no_other_value() {
        for recorded in ["0.0", "-0.0", "1e2", "-1.0"] {
            let recording = reads(&[&format!(r#"{{"a":{recorded}}}"#)]);
            let same: Value = serde_json::from_str(recorded).unwrap();
            for site in corrupt_value().sites(&recording) {
                corrupt_value().values(&site, &recording).unwrap().search(&site.to_string(), |value| {
                    assert_ne!(value.as_f64(), same.as_f64(), "{site}: {value}");
                    None::<()>
                });
            }
        }
    }

    #[test]
    fn nobody_knows_what_another_token_would_lead_to() {
        let page = |number: u64, next: &str| json!({"items": [{"n": number * 7}], "next": next});
        let exchanges = [
            ("GET", "/items", Value::Null, page(1, "token-a1b2c3")),
            ("GET", "/items?cursor=token-a1b2c3", Value::Null, page(2, "token-d4e5f6")),
            ("GET", "/items?cursor=token-d4e5f6", Value::Null, page(3, "")),
        ];
        let sites = corrupt_value().sites(&recording(&exchanges));
        assert!(sites.iter().any(|site| site.to_string() == "2:items.0.n:plausible"));
        assert!(sites.iter().all(|site| site.pointer.as_ref().and_then(Pointer::field) != Some("next")), "{sites:?}");
    }

    #[test]
    fn flags_empty_places_and_what_a_model_says_have_no_site() {
        assert!(corrupt_value().sites(&reads(&[r#"{"on":true,"x":null,"l":[]}"#])).is_empty());
        let asked = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
        let said = json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": "ho"}}]});
        assert!(corrupt_value().sites(&recording(&[("POST", "/v1/chat/completions", asked, said)])).is_empty());
    }
}
