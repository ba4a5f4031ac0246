//! A JSON document as it is hashed: its texts borrowed, its members sorted.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

/// A JSON value.
#[derive(Debug, PartialEq)]
pub(super) enum Document<'t> {
    Null,
    Bool(bool),
    /// A whole number, also one that was written with a point.
    Whole(i128),
    Fraction(f64),
    Text(Cow<'t, str>),
    List(Vec<Self>),
    /// Sorted by name, each name once.
    Members(Vec<(Cow<'t, str>, Self)>),
}

impl<'t> Document<'t> {
    /// Reads a JSON text; `None` where it has a value that cannot be represented, or is too deep.
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn of(value: &'t Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Number(number) => Self::number(number),
            Value::String(text) => Self::Text(text.into()),
            Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Object(members) => {
                Self::members(members.iter().map(|(name, member)| (name.into(), Self::of(member))).collect())
            }
        }
    }

    /// `1.0` and `1` are the same number, whichever library wrote it.
    fn number(number: &Number) -> Self {
        let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
        whole.map_or_else(|| Self::float(number.as_f64().unwrap_or_default()), Self::Whole)
    }

    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and is far within the bounds")]
    fn float(number: f64) -> Self {
        if number.fract() == 0.0 && number.abs() < 9e15 { Self::Whole(number as i128) } else { Self::Fraction(number) }
    }

    fn members(mut members: Vec<(Cow<'t, str>, Self)>) -> Self {
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        // Of members with the same name, the last one counts.
        members.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                std::mem::swap(later, kept);
            }
            same
        });
        Self::Members(members)
    }
}

impl<'de: 't, 't> Deserialize<'de> for Document<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Build)
    }
}

/// Builds a document from what the parser reports.
struct Build;

impl<'de> Visitor<'de> for Build {
    type Value = Document<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Document::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Document::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Document::Whole(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Document::Whole(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Document::float(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Document::Text(text.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Document::Text(text.to_owned().into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Document::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::with_capacity(8);
        while let Some(Document::Text(name)) = members.next_key()? {
            // Where another crate of the build turns on `arbitrary_precision`, a number comes as a map with this name.
            if name == "$serde_json::private::Number" {
                let digits: String = members.next_value()?;
                let whole = digits.parse().map(Document::Whole);
                return Ok(whole.unwrap_or_else(|_| Document::float(digits.parse().unwrap_or_default())));
            }
            list.push((name, members.next_value()?));
        }
        Ok(Document::members(list))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Body;

    /// What is known to be valid JSON, and what `serde_json` makes of it.
    fn both(text: &str) -> (Option<Document<'_>>, Option<Value>) {
        assert!(matches!(Body::from_bytes(text.as_bytes()), Body::Json(_)), "{text}");
        (Document::parse(text), serde_json::from_str(text).ok())
    }

    #[test]
    fn a_text_gives_the_document_of_its_value() {
        for text in [
            r#"{"b":[1,-2,3.0,1e3,-0.0,-0,18446744073709551615,12345678901234567890123],"a":{"":null,"ü":true}}"#,
            r#"{"a":1,"b":2,"a":[false,"\n\"\u00e4\\"],"a\u0062":"x","ab":"y"}"#,
            r#"[[],{},[{}],"",{"a":"{\"b\":1}"}]"#,
            "[9e14,9e15,0.1,1E+2,5e-324]",
        ] {
            let (document, value) = both(text);
            assert_eq!(document.unwrap(), Document::of(&value.unwrap()), "{text}");
        }
    }

    #[test]
    fn what_has_no_value_has_no_document() {
        for text in [r#"["\ud800"]"#, "[1e999]", &"[".repeat(128), &"[".repeat(127)] {
            let text = if text.starts_with("[[") { text.to_owned() + &"]".repeat(text.len()) } else { text.to_owned() };
            let (document, value) = both(&text);
            assert_eq!(document.is_some(), value.is_some(), "{text}");
        }
    }
}
