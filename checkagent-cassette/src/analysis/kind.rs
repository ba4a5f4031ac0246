//! Types of JSON values, and formats of texts that a client can check.

use serde_json::Value;

use crate::moment::{Moment, is_date};

/// The JSON types, with whole numbers apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    Null,
    Bool,
    Integer,
    Float,
    String,
    Array,
    Object,
}

impl Kind {
    /// The kind of a value.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Bool,
            Value::Number(number) if number.is_f64() => Self::Float,
            Value::Number(_) => Self::Integer,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }

    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Integer => "a whole number",
            Self::Float => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }

    /// Whether it is a number.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Float)
    }
}

/// Formats of strings that a client can check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A UUID.
    Uuid,
    /// A timestamp that says its zone: `2026-01-02T10:00:00Z`.
    Instant,
    /// A timestamp, perhaps without a zone.
    Timestamp,
    /// A date as HTTP has it: `Tue, 23 May 2023 14:42:01 GMT`.
    HttpDate,
    /// A day: `2026-01-02`.
    Date,
    /// An address of electronic mail.
    Email,
    /// A URL with a scheme.
    Url,
    /// A number in quotes: `19.90`.
    Number,
}

impl Format {
    /// Every format, the narrower ones first.
    pub const ALL: [Self; 8] =
        [Self::Uuid, Self::Instant, Self::Timestamp, Self::HttpDate, Self::Date, Self::Email, Self::Url, Self::Number];

    /// Whether a text has this format.
    #[must_use]
    pub fn fits(self, text: &str) -> bool {
        match self {
            Self::Uuid => text.len() == 36 && crate::key::id_tokens(text).any(|range| range == (0..36)),
            Self::Date => is_date(text),
            Self::Instant => Self::Timestamp.fits(text) && Moment::of_text(text).is_some_and(Moment::has_zone),
            Self::Timestamp => {
                text.len() >= 16
                    && text.is_char_boundary(10)
                    && is_date(&text[..10])
                    && matches!(text.as_bytes()[10], b'T' | b' ')
            }
            Self::HttpDate => text.ends_with(" GMT") && Moment::of_text(text).is_some(),
            Self::Email => {
                text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
                    && !text.contains(char::is_whitespace)
            }
            Self::Url => text.split_once("://").is_some_and(|(scheme, rest)| {
                !rest.is_empty() && !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
            }),
            Self::Number => {
                text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
                    && serde_json::from_str::<serde_json::Number>(text).is_ok()
            }
        }
    }

    /// The narrowest format that a text has.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.fits(text))
    }

    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Uuid => "a UUID",
            Self::Instant => "a timestamp with its zone",
            Self::Timestamp => "a timestamp",
            Self::HttpDate => "an HTTP date",
            Self::Date => "a date",
            Self::Email => "an address of mail",
            Self::Url => "a URL",
            Self::Number => "a number in quotes",
        }
    }

    /// Whether it says when something was.
    #[must_use]
    pub fn is_time(self) -> bool {
        matches!(self, Self::Instant | Self::Timestamp | Self::HttpDate | Self::Date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_the_narrowest_format_that_fits() {
        let cases = [
            ("e23dd0a1-efdb-403f-a734-2e7fdaaa0621", Some(Format::Uuid)),
            ("2026-01-02T10:00:00Z", Some(Format::Instant)),
            ("2026-01-02 10:00:00.5+02:00", Some(Format::Instant)),
            ("2026-01-02T10:00", Some(Format::Timestamp)),
            ("Tue, 23 May 2023 14:42:01 GMT", Some(Format::HttpDate)),
            ("2026-01-02", Some(Format::Date)),
            ("a@b.example", Some(Format::Email)),
            ("https://b.example/x", Some(Format::Url)),
            ("19.90", Some(Format::Number)),
            ("-3", Some(Format::Number)),
            ("1.2.3", None),
            ("007", None),
            ("2026-13-02", None),
            ("ä026-01-0", None),
            ("", None),
        ];
        for (text, format) in cases {
            assert_eq!(Format::of(text), format, "{text}");
        }
    }
}
