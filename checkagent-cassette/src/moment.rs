//! Points in time as services write them: read in one form, written in another.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A form in which a service writes a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeForm {
    /// `2026-01-02T10:00:00Z`, RFC 3339.
    Rfc3339,
    /// `2026-01-02 10:00:00`, as SQL databases write it: no zone.
    Sql,
    /// `2026-01-02`.
    Day,
    /// `02/01/2026`, with the clock behind it where there is one.
    DayFirst,
    /// `Fri, 02 Jan 2026 10:00:00 GMT`, RFC 9110.
    HttpDate,
    /// `1767348000`: seconds since 1970.
    EpochSeconds,
    /// `1767348000000`: milliseconds since 1970.
    EpochMillis,
}

/// A point in time that a reply names, and how it was written.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::{Moment, TimeForm};
/// use serde_json::json;
///
/// let moment = Moment::of(&json!("2026-01-02T12:00:00+02:00")).unwrap();
/// assert_eq!(moment.write(TimeForm::EpochSeconds), json!(1_767_348_000));
/// assert_eq!(moment.write(TimeForm::HttpDate), json!("Fri, 02 Jan 2026 10:00:00 GMT"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970, in UTC; by the clock where there is no zone.
    millis: i64,
    form: TimeForm,
    has_zone: bool,
}

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Numbers are read as seconds of the years 1985 to 2128: others are seldom meant as moments.
const SECONDS: std::ops::Range<i64> = 500_000_000..5_000_000_000;

impl Moment {
    /// Reads a point in time. A number is one by its size alone; whether it is meant as one, its name has to tell.
    #[must_use]
    pub fn of(value: &Value) -> Option<Self> {
        if let Some(text) = value.as_str() {
            return Self::of_text(text);
        }
        let number = value.as_i64()?;
        let (millis, form) = if SECONDS.contains(&number) {
            (number * 1000, TimeForm::EpochSeconds)
        } else if SECONDS.contains(&(number / 1000)) {
            (number, TimeForm::EpochMillis)
        } else {
            return None;
        };
        Some(Self { millis, form, has_zone: true })
    }

    /// Reads a text: RFC 3339 and its relatives, a date, or an HTTP date.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        let Some(day) = text.get(..10).filter(|day| is_date(day)) else { return http_date(text) };
        let midnight = date(day)? * DAY;
        let Some(rest) = text.get(10..).filter(|rest| !rest.is_empty()) else {
            return Some(Self { millis: midnight, form: TimeForm::Day, has_zone: false });
        };
        let form = match rest.as_bytes().first()? {
            b'T' | b't' => TimeForm::Rfc3339,
            b' ' => TimeForm::Sql,
            _ => return None,
        };
        let rest = rest.get(1..)?;
        let cut = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ','))).unwrap_or(rest.len());
        let (clock, zone) = rest.split_at(cut);
        let offset = offset(zone.trim_start());
        let millis = midnight + self::clock(clock)? - offset?.unwrap_or_default();
        Some(Self { millis, form, has_zone: offset?.is_some() })
    }

    /// How it was written.
    #[must_use]
    pub fn form(self) -> TimeForm {
        self.form
    }

    /// Whether it says its zone; numbers count in UTC.
    #[must_use]
    pub fn has_zone(self) -> bool {
        self.has_zone
    }

    /// The same point in time, so many hours later.
    #[must_use]
    pub fn later(self, hours: i64) -> Self {
        Self { millis: self.millis.saturating_add(hours.saturating_mul(HOUR)), ..self }
    }

    /// As it stands in a reply of that form; in UTC where the form has a zone.
    #[must_use]
    pub fn write(self, form: TimeForm) -> Value {
        let (days, millis) = (self.millis.div_euclid(DAY), self.millis.rem_euclid(DAY));
        let (year, month, day) = civil(days);
        let (hour, minute, second) = (millis / HOUR, millis / 60_000 % 60, millis / 1000 % 60);
        let clock = format!("{hour:02}:{minute:02}:{second:02}");
        match form {
            TimeForm::Rfc3339 => json!(format!("{year:04}-{month:02}-{day:02}T{clock}Z")),
            TimeForm::Sql => json!(format!("{year:04}-{month:02}-{day:02} {clock}")),
            TimeForm::Day => json!(format!("{year:04}-{month:02}-{day:02}")),
            TimeForm::DayFirst if self.form == TimeForm::Day => json!(format!("{day:02}/{month:02}/{year:04}")),
            TimeForm::DayFirst => json!(format!("{day:02}/{month:02}/{year:04} {clock}")),
            TimeForm::HttpDate => {
                let weekday = usize::try_from(days.rem_euclid(7)).ok().and_then(|day| DAYS.get(day)).unwrap_or(&"Thu");
                let name = usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month)).unwrap_or(&"Jan");
                json!(format!("{weekday}, {day:02} {name} {year:04} {clock} GMT"))
            }
            TimeForm::EpochSeconds => json!(self.millis.div_euclid(1000)),
            TimeForm::EpochMillis => json!(self.millis),
        }
    }
}

/// Whether a text is a day of the calendar as ISO 8601 writes it; that a month has 30 days is not looked at.
pub(crate) fn is_date(text: &str) -> bool {
    date(text).is_some()
}

/// Days since 1970 of `2026-01-02`.
fn date(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(text.get(..4)?)?, digits(text.get(5..7)?)?, digits(text.get(8..)?)?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then(|| days(year, month, day))
}

fn digits(text: &str) -> Option<i64> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// Milliseconds of `10:00`, `10:00:59` and `10:00:59.123`.
fn clock(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let mut parts = whole.split(':').map(digits);
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let known = parts.next().is_none() && hour < 24 && minute < 60 && second <= 60;
    let millis = digits(&format!("{:0<3}", fraction.get(..fraction.len().min(3))?))?;
    known.then(|| hour * HOUR + minute * 60_000 + second * 1000 + millis)
}

/// The outer `None` for what is no zone, the inner one for no zone at all.
#[expect(clippy::option_option, reason = "two questions: is this a zone, and does it say one")]
fn offset(zone: &str) -> Option<Option<i64>> {
    let sign = match zone.as_bytes().first() {
        None => return Some(None),
        Some(b'Z' | b'z') if zone.len() == 1 => return Some(Some(0)),
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return (zone == "UTC").then_some(Some(0)),
    };
    let figures = zone.get(1..)?.replace(':', "");
    let (hours, minutes) = figures.split_at_checked(2).filter(|(_, minutes)| matches!(minutes.len(), 0 | 2))?;
    let (hours, minutes) = (digits(hours)?, if minutes.is_empty() { 0 } else { digits(minutes)? });
    Some(Some(sign * (hours * HOUR + minutes * 60_000)))
}

/// `Fri, 02 Jan 2026 10:00:00 GMT`.
fn http_date(text: &str) -> Option<Moment> {
    let mut parts = text.strip_suffix(" GMT")?.split(' ');
    let (_, day, month, year) = (parts.next()?.strip_suffix(',')?, parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|name| *name == month)?;
    let days = days(digits(year)?.min(9999), i64::try_from(month).ok()? + 1, digits(day)?.min(31));
    let millis = days * DAY + clock(parts.next()?)?;
    parts.next().is_none().then_some(Moment { millis, form: TimeForm::HttpDate, has_zone: true })
}

/// Days since 1970 in the calendar of today. A year begins in March here, so that the leap day is its last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468
}

/// Year, month and day of a number of days since 1970.
fn civil(days_since: i64) -> (i64, i64, i64) {
    // A year has 365.2425 days; the estimate is right or one too high.
    let mut year = (days_since + 719_468) * 10_000 / 3_652_425;
    while days(year, 3, 1) > days_since {
        year -= 1;
    }
    while days(year + 1, 3, 1) <= days_since {
        year += 1;
    }
    let of_year = days_since - days(year, 3, 1);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_every_form_in_which_it_is_written() {
        let moment = Moment::of_text("2024-02-29T23:59:58Z").unwrap();
        for form in
            [TimeForm::Rfc3339, TimeForm::Sql, TimeForm::HttpDate, TimeForm::EpochSeconds, TimeForm::EpochMillis]
        {
            let written = moment.write(form);
            let read = Moment::of(&written).unwrap();
            assert_eq!((read.millis, read.form), (moment.millis, form), "{written}");
        }
        assert_eq!(moment.write(TimeForm::Day), json!("2024-02-29"));
        assert_eq!(moment.write(TimeForm::DayFirst), json!("29/02/2024 23:59:58"));
        assert_eq!(Moment::of_text("2024-02-29").unwrap().write(TimeForm::DayFirst), json!("29/02/2024"));
    }

    #[test]
    fn every_day_of_eight_centuries_comes_back() {
        for day in (-140_000..160_000).step_by(13) {
            let (year, month, of_month) = civil(day);
            assert_eq!(days(year, month, of_month), day);
            assert!((1..=12).contains(&month) && (1..=31).contains(&of_month), "{year}-{month}-{of_month}");
        }
        assert_eq!((days(1970, 1, 1), days(2026, 11, 20), days(1900, 3, 1)), (0, 20_777, -25_508));
    }

    #[test]
    fn zones_count_and_a_moment_without_one_says_so() {
        let same =
            ["2026-01-02T12:00:00+02:00", "2026-01-02T12:00+0200", "2026-01-02 10:00:00Z", "2026-01-02T05:00:00.0-05"];
        for text in same {
            let moment = Moment::of_text(text).unwrap();
            assert_eq!(
                (moment.write(TimeForm::EpochSeconds), moment.has_zone()),
                (json!(1_767_348_000), true),
                "{text}"
            );
        }
        assert!(!Moment::of_text("2026-01-02T10:00:00").unwrap().has_zone());
        assert_eq!(Moment::of_text("2026-01-02T23:30:00Z").unwrap().later(2).write(TimeForm::Day), json!("2026-01-03"));
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "soon",
            "2026-01-02Q",
            "2026-01-02T",
            "2026-01-02T25:00:00Z",
            "2026-01-02T9223372036854775807:00",
            "2026-01-02T10:00:9223372036854775807",
            "2026-01-02T10:00:00+019223372036854775807",
            "2026-01-02T10:00:00+1",
            "2026-01-02T10:00:00 CEST",
            "ä",
            "Fri, 02 Foo 2026 10:00:00 GMT",
            "Fri, 99999999999999999999 Jan 2026 10:00:00 GMT",
        ] {
            assert_eq!(Moment::of_text(text), None, "{text}");
        }
        assert_eq!(Moment::of(&json!(42)), None);
        assert_eq!(Moment::of(&json!(i64::MAX)), None);
        assert_eq!(Moment::of(&json!(null)), None);
    }
}
