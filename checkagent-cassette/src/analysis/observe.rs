//! What was observed of each field, and what would break it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::json::{Pointer, Step};

/// So many observations make a habit of a field something that a careful client may rely on.
pub const OBSERVATIONS: usize = 10;

/// So few different strings, each seen again and again, are an enumeration.
const ENUMERATION: usize = 6;
const REMEMBERED: usize = 64;

/// The fields of one endpoint's replies; list items count one by one, under `*`.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    fields: BTreeMap<Pointer, Field>,
    containers: BTreeMap<Pointer, usize>,
}

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
}

/// Formats of strings that a client can check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Format {
    Uuid,
    Timestamp,
    Date,
    Email,
    Url,
}

impl Format {
    /// Whether a text has this format.
    #[must_use]
    pub fn fits(self, text: &str) -> bool {
        match self {
            Self::Uuid => text.len() == 36 && crate::key::id_tokens(text).any(|range| range == (0..36)),
            Self::Date => is_date(text),
            Self::Timestamp => {
                text.len() >= 16
                    && text.is_char_boundary(10)
                    && is_date(&text[..10])
                    && matches!(text.as_bytes()[10], b'T' | b' ')
            }
            Self::Email => {
                text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
                    && !text.contains(char::is_whitespace)
            }
            Self::Url => text.split_once("://").is_some_and(|(scheme, rest)| {
                !rest.is_empty() && !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
            }),
        }
    }

    const ALL: [Self; 5] = [Self::Uuid, Self::Timestamp, Self::Date, Self::Email, Self::Url];
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<u32>().ok());
    bytes.len() == 10
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && number(0..4).is_some()
        && number(5..7).is_some_and(|month| (1..=12).contains(&month))
        && number(8..10).is_some_and(|day| (1..=31).contains(&day))
}

/// What was seen of one field.
#[derive(Clone, Debug, Default)]
pub struct Field {
    seen: usize,
    kinds: Vec<Kind>,
    lowest: Option<f64>,
    highest: Option<f64>,
    empty_strings: usize,
    strings: BTreeMap<String, usize>,
    more_strings: bool,
    formats: Option<Vec<Format>>,
}

impl Observed {
    /// Adds a reply's document.
    pub fn add(&mut self, document: &Value) {
        self.walk(&Pointer::root(), document);
    }

    fn walk(&mut self, at: &Pointer, value: &Value) {
        if !at.steps().is_empty() {
            self.fields.entry(at.clone()).or_default().see(value);
        }
        match value {
            Value::Object(members) => {
                *self.containers.entry(at.clone()).or_default() += 1;
                for (key, member) in members {
                    self.walk(&at.key(key), member);
                }
            }
            Value::Array(items) => {
                let each = at.then(Step::Each);
                for item in items {
                    self.walk(&each, item);
                }
            }
            _ => {}
        }
    }

    /// The fields by their places.
    pub fn fields(&self) -> impl Iterator<Item = (&Pointer, &Field)> {
        self.fields.iter()
    }

    /// What was seen at a place, concrete or general.
    #[must_use]
    pub fn field(&self, at: &Pointer) -> Option<&Field> {
        self.fields.get(&at.generalised())
    }

    /// Why a careful client could know that the field at `at` may not be missing.
    #[must_use]
    pub fn against_missing(&self, at: &Pointer) -> Option<String> {
        let at = at.generalised();
        let field = self.fields.get(&at)?;
        let (container, _) = at.split_last()?;
        let containers = self.containers.get(&container).copied().unwrap_or_default();
        (field.seen >= OBSERVATIONS && field.seen == containers)
            .then(|| format!("`{}` was there in all {containers} observations", at.field().unwrap_or_default()))
    }

    /// Why a careful client could know that `value` at `at` is wrong; `None` if it could be true.
    #[must_use]
    pub fn against(&self, at: &Pointer, value: &Value) -> Option<String> {
        let field = self.field(at)?;
        let reason = (field.seen >= OBSERVATIONS).then(|| field.against(value)).flatten()?;
        Some(format!("`{}` {reason}", at.field().unwrap_or_default()))
    }
}

impl Field {
    fn see(&mut self, value: &Value) {
        self.seen += 1;
        let kind = Kind::of(value);
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
        match value {
            Value::Number(number) => {
                let number = number.as_f64().unwrap_or_default();
                self.lowest = Some(self.lowest.map_or(number, |lowest| lowest.min(number)));
                self.highest = Some(self.highest.map_or(number, |highest| highest.max(number)));
            }
            Value::String(text) => {
                self.empty_strings += usize::from(text.is_empty());
                let formats = self.formats.get_or_insert_with(|| Format::ALL.to_vec());
                formats.retain(|format| format.fits(text));
                if let Some(count) = self.strings.get_mut(text) {
                    *count += 1;
                } else if self.strings.len() < REMEMBERED {
                    self.strings.insert(text.clone(), 1);
                } else {
                    self.more_strings = true;
                }
            }
            _ => {}
        }
    }

    /// How often it was seen.
    #[must_use]
    pub fn seen(&self) -> usize {
        self.seen
    }

    /// The kinds of values that were seen.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The lowest and highest number.
    #[must_use]
    pub fn range(&self) -> Option<(f64, f64)> {
        self.lowest.zip(self.highest)
    }

    /// The format that every string had.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        self.formats.as_ref()?.first().copied()
    }

    /// The values, if the strings are an enumeration: few, and seen again and again.
    #[must_use]
    pub fn enumeration(&self) -> Option<Vec<&str>> {
        let few = !self.more_strings && (1..=ENUMERATION).contains(&self.strings.len());
        let repeated =
            self.strings.values().sum::<usize>() >= OBSERVATIONS && self.strings.values().all(|count| *count >= 2);
        (few && repeated && self.format().is_none()).then(|| self.strings.keys().map(String::as_str).collect())
    }

    fn against(&self, value: &Value) -> Option<String> {
        let kind = Kind::of(value);
        let number = matches!(kind, Kind::Integer | Kind::Float) && self.kinds.contains(&Kind::Float);
        if !self.kinds.contains(&kind) && !number {
            let seen: Vec<_> = self.kinds.iter().map(|kind| kind.name()).collect();
            return Some(format!("was always {} in {} observations", seen.join(" or "), self.seen));
        }
        match value {
            Value::Number(number) => {
                let (number, (lowest, _)) = (number.as_f64()?, self.range()?);
                if lowest > 0.0 && number <= 0.0 {
                    return Some(format!("was always positive in {} observations", self.seen));
                }
                (lowest >= 0.0 && number < 0.0).then(|| format!("was never negative in {} observations", self.seen))
            }
            Value::String(text) => {
                if text.is_empty() && self.empty_strings == 0 {
                    return Some(format!("was never empty in {} observations", self.seen));
                }
                if let Some(format) = self.format().filter(|format| !format.fits(text)) {
                    return Some(format!("always had the format {format:?} in {} observations", self.seen));
                }
                let known = self.enumeration()?;
                (!known.contains(&text.as_str()))
                    .then(|| format!("was always one of {} in {} observations", known.join(", "), self.seen))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn observed(count: usize) -> Observed {
        let items: Vec<_> = (1..=count)
            .map(|n| {
                let plan = if n % 2 == 0 { "free" } else { "pro" };
                json!({"n": n, "plan": plan, "day": "2026-01-02", "note": null})
            })
            .collect();
        let mut observed = Observed::default();
        observed.add(&json!({"data": items}));
        observed
    }

    #[test]
    fn ten_observations_make_a_lie_evident_and_nine_do_not() {
        let against = |count, at: &str, value| observed(count).against(&Pointer::parse(at), &value);
        for (at, value) in [
            ("/data/3/n", json!(-1)),
            ("/data/3/n", json!(1.5)),
            ("/data/3/n", json!("1")),
            ("/data/3/plan", json!("gold")),
            ("/data/3/day", json!("soon")),
            ("/data/3/plan", json!(null)),
        ] {
            assert!(against(10, at, value.clone()).is_some(), "{at} {value}");
            assert!(against(9, at, value.clone()).is_none(), "{at} {value}");
        }
        assert_eq!(against(10, "/data/3/n", json!(43)), None);
        assert_eq!(against(10, "/data/3/day", json!("2026-02-03")), None);
    }

    #[test]
    fn a_field_that_was_always_there_may_not_be_missing() {
        assert!(observed(10).against_missing(&Pointer::parse("/data/0/n")).is_some());
        let mut some = observed(10);
        some.add(&json!({"data": [{}]}));
        assert_eq!(some.against_missing(&Pointer::parse("/data/0/n")), None);
    }
}
