//! A number counts in another unit.

use checkagent_cassette::analysis::Meaning;
use checkagent_cassette::json::{Conversion, Edit};

use super::places;
use crate::mutation::bend::{Bend, Rewrite, Scope};
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::{FieldPlace, Recording};

/// Numbers in another unit, from the k-th reply on. See [`unit_shift`].
#[derive(Clone, Debug)]
pub struct UnitShift;

/// From the second reply of an endpoint on, a number counts in another unit: money in cents instead of euros or the other
/// way round, spans of time in milliseconds, sizes in kilobytes, shares in percent.
///
/// Evident where the number is beyond everything that was observed by a factor of ten, or has a fraction where there never
/// was one; else plausible.
#[must_use]
pub fn unit_shift() -> UnitShift {
    UnitShift
}

/// What a case is called, and by how many places the decimal point moves.
const SHIFTS: [(&str, i8); 4] = [("hundredfold", 2), ("hundredth", -2), ("thousandfold", 3), ("thousandth", -3)];

impl Operator for UnitShift {
    fn id(&self) -> &'static str {
        "unit_shift"
    }

    fn family(&self) -> Family {
        Family::Values
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "From the second reply of an endpoint on, a number counts in another unit.",
            seen: "amounts in cents at one vendor and in whole units at the next; Anthropic and OpenAI read `retry-after-ms` beside `retry-after`; HubSpot's interval in milliseconds",
            source: "the documentation of the vendors; SDK sources of anthropic-python and openai-python",
            sites: "amounts, spans of time, sizes and shares in replies",
            good: "notices that the number is of another scale than those before, and asks",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let sites = places::data_fields(recording).filter_map(|(field, observed)| {
            let (name, places) = shift(field)?;
            let shifted =
                Conversion::Shift(places).value(&field.example.1).filter(|value| *value != field.example.1)?;
            let reason = observed.against(&field.pointer, &shifted);
            let reason = reason.or_else(|| observed.against_scale(&field.pointer, &shifted));
            let site = Site::at(field.interaction).pointer(field.pointer.clone()).variant(name);
            Some(site.lie(Lie::evident_if(reason)).rank(field.rank))
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let at = site.pointer.clone().unwrap_or_default();
        let shift = SHIFTS.iter().find(|(name, _)| Some(*name) == site.variant);
        let to = Conversion::Shift(shift.map_or(0, |(_, places)| *places));
        let scope = Scope::EndpointFrom(recording.endpoint(site.interaction).clone());
        Bend::Rewrite { at: site.interaction, scope, rewrite: Rewrite::edit(Edit::Convert { at, to }) }
    }
}

/// The other unit: the smaller one for what has a fraction or is small, else the larger one.
fn shift(field: &FieldPlace) -> Option<(&'static str, i8)> {
    let value = &field.example.1;
    let number = value.as_f64().or_else(|| value.as_str()?.parse().ok())?;
    let fine = number.fract() != 0.0 || number.abs() < 100.0;
    let places = match field.meaning {
        Meaning::Amount if fine => 2,
        Meaning::Share if number.abs() <= 1.0 => 2,
        Meaning::Amount | Meaning::Share => -2,
        Meaning::Duration | Meaning::Size if number.abs() < 1000.0 => 3,
        Meaning::Duration | Meaning::Size => -3,
        _ => return None,
    };
    SHIFTS.into_iter().find(|(_, known)| *known == places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{delivered, reads, rewritten};

    #[test]
    fn every_amount_counts_in_another_unit_and_the_rest_stays() {
        let text = r#"[{"amount": 12500,"id":"1250"},{"amount": 7,"id":"b"},{"amount": 990,"id":"c"}]"#;
        let recording = reads(&[text, text]);
        let site = unit_shift().sites(&recording).into_iter().find(|site| site.to_string() == "2:amount:hundredfold");
        let bent = r#"[{"amount": 1250000,"id":"1250"},{"amount": 700,"id":"b"},{"amount": 99000,"id":"c"}]"#;
        assert_eq!(rewritten(&recording, &unit_shift(), &site.unwrap()), bent);
        assert_eq!(delivered(&recording, unit_shift).bent_calls().count(), 1);
    }

    #[test]
    fn each_kind_of_number_has_its_units() {
        let name = |text: &str| unit_shift().sites(&reads(&[text])).first().map(ToString::to_string);
        for (text, expected) in [
            (r#"{"price":"19.90"}"#, "1:price:hundredfold"),
            (r#"{"balance":4200}"#, "1:balance:hundredth"),
            (r#"{"ttl":30}"#, "1:ttl:thousandfold"),
            (r#"{"size":2048}"#, "1:size:thousandth"),
            (r#"{"ratio":0.5}"#, "1:ratio:hundredfold"),
            (r#"{"percent":50}"#, "1:percent:hundredth"),
        ] {
            assert_eq!(name(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn another_scale_is_evident_after_ten_observations() {
        let texts: Vec<_> = (1..=10).map(|n| format!(r#"{{"price":{n}.5}}"#)).collect();
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        let lie = |texts: &[&str]| unit_shift().sites(&reads(texts)).remove(0).lie;
        assert!(matches!(lie(&texts), Lie::Evident(_)));
        assert!(matches!(lie(&texts[1..]), Lie::Plausible(_)));
    }

    #[test]
    fn counts_ids_names_and_nothing_have_no_unit() {
        for text in [r#"{"count":5}"#, r#"{"id":5}"#, r#"{"name":"a"}"#, r#"{"amount":0}"#, r#"{"amount":"all"}"#] {
            assert!(unit_shift().sites(&reads(&[text])).is_empty(), "{text}");
        }
    }
}
