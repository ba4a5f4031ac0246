//! A point in time is in another zone than it says.

use serde_json::Value;

use checkagent_cassette::analysis::Meaning;
use checkagent_cassette::{Moment, TimeForm};

use super::places;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A point in time without its zone, or in another one. See [`timezone_shift`].
#[derive(Clone, Debug)]
pub struct TimezoneShift;

/// One point in time of a reply lacks its zone, or is the local time of another zone under the name of the recorded one; a
/// day is the day before, as it is for a service that turns midnight into UTC.
#[must_use]
pub fn timezone_shift() -> TimezoneShift {
    TimezoneShift
}

const ZONE_DROPPED: &str = "zone_dropped";
const LOCAL_TIME: &str = "local_time";
/// Los Angeles in winter: far enough from most places that the day is another one as well.
const HOURS: i64 = -8;

impl Operator for TimezoneShift {
    fn id(&self) -> &'static str {
        "timezone_shift"
    }

    fn family(&self) -> Family {
        Family::Values
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "One point in time of a reply lacks its zone, or is the local time of another zone.",
            seen: "Codat: times with `Z`, with an offset and without a zone in one API; databases whose columns have no zone, days that become midnight UTC",
            source: "RFC 3339, section 4.4: local time without its zone cannot be ordered",
            sites: "points in time in replies",
            good: "says the zone that it takes for granted, and compares points in time only where it knows both zones",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let times = places::data_fields(recording).filter(|(field, _)| field.meaning == Meaning::Time);
        let sites = times.flat_map(|(field, observed)| {
            let (place, value) = &field.example;
            let text = value.as_str().unwrap_or_default();
            let forms = [(ZONE_DROPPED, without_zone(text)), (LOCAL_TIME, local(text))];
            let site = Site::at(field.interaction).pointer(place.clone()).rank(field.rank + 10);
            let case = move |(variant, other): (&'static str, Option<String>)| {
                let other = Value::from(other?);
                let lie = Lie::evident_if(observed.against(place, &other));
                Some(Site { value: Some(other), ..site.clone().variant(variant).lie(lie) })
            };
            forms.into_iter().filter_map(case)
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        places::set(site)
    }
}

/// Where the clock of a timestamp ends: after the minutes, or after the seconds.
fn clock_end(text: &str) -> usize {
    if text.as_bytes().get(16) == Some(&b':') { 19 } else { 16 }
}

/// `2026-01-02T10:00:00.5Z` becomes `2026-01-02T10:00:00.5`.
fn without_zone(text: &str) -> Option<String> {
    let moment = Moment::of_text(text)?;
    if !moment.has_zone() || !matches!(moment.form(), TimeForm::Rfc3339 | TimeForm::Sql) {
        return None;
    }
    let zone = text.get(16..)?.find(['Z', 'z', '+', '-', ' '])?;
    text.get(..16 + zone).map(str::to_owned)
}

/// The same, so many hours earlier; everything else of it stays.
fn local(text: &str) -> Option<String> {
    let moment = Moment::of_text(text)?;
    let end = match moment.form() {
        TimeForm::Day => 10,
        TimeForm::Rfc3339 | TimeForm::Sql => clock_end(text),
        _ => return None,
    };
    let (clock, rest) = text.split_at_checked(end)?;
    let other = Moment::of_text(clock)?.later(HOURS).write(moment.form());
    Some(format!("{}{rest}", other.as_str()?.get(..end)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{delivered, reads, rewritten};

    #[test]
    fn timestamps_lose_their_zone_or_move_and_keep_their_form() {
        let cases = [
            ("2026-01-02T10:00:00.50Z", Some("2026-01-02T10:00:00.50"), Some("2026-01-02T02:00:00.50Z")),
            ("2026-01-02 05:00+02:00", Some("2026-01-02 05:00"), Some("2026-01-01 21:00+02:00")),
            ("2026-01-02T10:00:00", None, Some("2026-01-02T02:00:00")),
            ("2026-01-02", None, Some("2026-01-01")),
            ("Fri, 02 Jan 2026 10:00:00 GMT", None, None),
            ("soon", None, None),
        ];
        for (text, dropped, moved) in cases {
            assert_eq!((without_zone(text).as_deref(), local(text).as_deref()), (dropped, moved), "{text}");
        }
    }

    #[test]
    fn one_timestamp_is_another_one_and_the_rest_stays() {
        let recording = reads(&[r#"{"created_at":"2026-01-02T10:00:00Z", "n": 1.10}"#]);
        let sites = timezone_shift().sites(&recording);
        let bent: Vec<_> = sites.iter().map(|site| rewritten(&recording, &timezone_shift(), site)).collect();
        let expected = [
            r#"{"created_at":"2026-01-02T10:00:00", "n": 1.10}"#,
            r#"{"created_at":"2026-01-02T02:00:00Z", "n": 1.10}"#,
        ];
        assert_eq!(bent, expected);
        delivered(&recording, timezone_shift);
    }

    #[test]
    fn a_missing_zone_is_evident_where_there_always_was_one() {
        let lie = |texts: &[&str]| timezone_shift().sites(&reads(texts)).remove(0).lie;
        assert!(matches!(lie(&[r#"{"at":"2026-01-02T10:00:00Z"}"#; 10]), Lie::Evident(_)));
        assert!(matches!(lie(&[r#"{"at":"2026-01-02T10:00:00Z"}"#; 9]), Lie::Plausible(_)));
    }

    #[test]
    fn replies_without_times_have_no_site() {
        assert!(timezone_shift().sites(&reads(&[r#"{"name":"a","n":1,"created":1767348000}"#])).is_empty());
    }
}
