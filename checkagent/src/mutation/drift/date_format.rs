//! Points in time are written in another form.

use checkagent_cassette::TimeForm;
use checkagent_cassette::analysis::Meaning;
use checkagent_cassette::json::{Conversion, Edit};

use super::fields;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::{FieldPlace, Recording};

/// Points in time in another form, from the k-th reply on. See [`date_format`].
#[derive(Clone, Debug)]
pub struct DateFormat {
    form: Option<TimeForm>,
}

/// From the second reply of an endpoint on, a point in time is written in another form: RFC 3339 becomes seconds since
/// 1970, milliseconds, an HTTP date, a day without clock, or a day that begins with the day. Each field gets one form.
///
/// # Examples
///
/// ```
/// use checkagent::cassette::TimeForm;
/// use checkagent::mutation::date_format;
///
/// let seconds = date_format().form(TimeForm::EpochSeconds);
/// ```
#[must_use]
pub fn date_format() -> DateFormat {
    DateFormat { form: None }
}

const FORMS: [TimeForm; 7] = [
    TimeForm::EpochSeconds,
    TimeForm::DayFirst,
    TimeForm::EpochMillis,
    TimeForm::Day,
    TimeForm::HttpDate,
    TimeForm::Rfc3339,
    TimeForm::Sql,
];

impl DateFormat {
    /// One form for all fields; those that are written in it already are left out.
    #[must_use]
    pub fn form(mut self, form: TimeForm) -> Self {
        self.form = Some(form);
        self
    }

    fn of(&self, field: &FieldPlace) -> Option<TimeForm> {
        if field.meaning != Meaning::Time {
            return None;
        }
        let wanted = |form: &TimeForm| self.form.is_none_or(|wanted| wanted == *form);
        let changes = |form: &TimeForm| Conversion::Time(*form).value(&field.example.1).is_some();
        let forms: Vec<_> = FORMS.into_iter().filter(|form| wanted(form) && changes(form)).collect();
        fields::rotated(field.pointer.field()?, &forms)
    }
}

fn name(form: TimeForm) -> &'static str {
    match form {
        TimeForm::Rfc3339 => "rfc3339",
        TimeForm::Sql => "sql",
        TimeForm::Day => "day",
        TimeForm::DayFirst => "day_first",
        TimeForm::HttpDate => "http_date",
        TimeForm::EpochSeconds => "epoch_seconds",
        TimeForm::EpochMillis => "epoch_millis",
    }
}

impl Operator for DateFormat {
    fn id(&self) -> &'static str {
        "date_format"
    }

    fn family(&self) -> Family {
        Family::Drift
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "From the second reply of an endpoint on, a point in time is written in another form.",
            seen: "one vendor writes RFC 3339, another seconds since 1970, a third an HTTP date; Jira leaves out the seconds",
            source: "the documentation of the vendors: nine encodings of one and the same wait",
            sites: "fields that hold a point in time",
            good: "reads the form that it gets, or stops; it does not take seconds for milliseconds, nor the day for the month",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let sites = fields::observed_fields(recording).filter_map(|(field, observed)| {
            let form = self.of(field)?;
            let changed = Conversion::Time(form).value(&field.example.1)?;
            let reason = observed.against(&field.pointer, &changed);
            let reason = reason.or_else(|| observed.against_scale(&field.pointer, &changed));
            Some(fields::drift_site(field, reason).variant(name(form)))
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let form = fields::field(site, recording).and_then(|field| self.of(field)).unwrap_or(TimeForm::EpochSeconds);
        fields::drift(site, recording, |at| Edit::Convert { at, to: Conversion::Time(form) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{delivered, reads, rewritten};
    use crate::mutation::site::Lie;

    #[test]
    fn every_item_is_written_in_the_other_form_and_the_rest_stays() {
        let text = r#"[{"created_at":"2026-01-02T10:00:00Z","n": 1.10},{"created_at":"2026-01-03T10:00:00Z","n":2}]"#;
        let recording = reads(&[text, text]);
        let seconds = || date_format().form(TimeForm::EpochSeconds);
        let site = seconds().sites(&recording).remove(0);
        assert_eq!(site.to_string(), "2:created_at:epoch_seconds");
        let bent = r#"[{"created_at":1767348000,"n": 1.10},{"created_at":1767434400,"n":2}]"#;
        assert_eq!(rewritten(&recording, &seconds(), &site), bent);
        assert_eq!(delivered(&recording, seconds).bent_calls().count(), 1);
        assert_eq!(date_format().sites(&recording).len(), 1);
    }

    #[test]
    fn milliseconds_in_the_place_of_seconds_are_evident_by_their_size() {
        let texts: Vec<_> = (0..10).map(|n| format!(r#"{{"created":{}}}"#, 1_767_348_000 + n)).collect();
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        let lie = |texts: &[&str]| date_format().form(TimeForm::EpochMillis).sites(&reads(texts)).remove(0).lie;
        assert!(matches!(lie(&texts), Lie::Evident(_)));
        assert!(matches!(lie(&texts[1..]), Lie::Plausible(_)));
    }

    #[test]
    fn numbers_and_texts_that_are_no_times_stay() {
        for text in [r#"{"name":"Ada"}"#, r#"{"n":1767348000}"#, r#"{"created":"soon"}"#, r#"{"created":null}"#] {
            assert!(date_format().sites(&reads(&[text])).is_empty(), "{text}");
        }
        let day = reads(&[r#"{"on":"2026-01-02"}"#]);
        assert!(date_format().form(TimeForm::Day).sites(&day).is_empty());
    }
}
