//! A JSON document as it is hashed: its texts borrowed, its members sorted.

use std::borrow::Cow;

use serde_json::{Number, Value};

/// A JSON value.
#[derive(Debug, PartialEq)]
pub(super) enum Document<'t> {
    Null,
    Bool(bool),
    /// In the one form of equal numbers.
    Number(Cow<'t, str>),
    Text(Cow<'t, str>),
    List(Vec<Self>),
    /// Sorted by name, each name once.
    Members(Vec<(Cow<'t, str>, Self)>),
}

/// As deep as `serde_json` reads.
const DEEPEST: usize = 127;

impl<'t> Document<'t> {
    /// Reads a text that is known to be valid JSON; `None` where it has a value that cannot be represented (half a
    /// surrogate pair, a number beyond all bounds) or is too deep.
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        Parser { text, at: 0 }.value(DEEPEST)
    }

    pub(super) fn of(value: &'t Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Number(number) => Self::Number(canonical(number).into()),
            Value::String(text) => Self::Text(text.into()),
            Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Object(members) => {
                Self::members(members.iter().map(|(name, member)| (name.into(), Self::of(member))).collect())
            }
        }
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

/// `1.0` and `1` are the same number, whichever library wrote it.
fn canonical(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 9e15 => format!("{float:.0}"),
        _ => number.to_string(),
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Parser<'t> {
    /// The next value; `room` is how many containers it may be deep.
    fn value(&mut self, room: usize) -> Option<Document<'t>> {
        match self.next()? {
            b'{' => {
                let room = room.checked_sub(1)?;
                let mut members = Vec::with_capacity(8);
                loop {
                    self.at += 1;
                    if self.next()? == b'"' {
                        let name = self.string()?;
                        self.skip(b':')?;
                        members.push((name, self.value(room)?));
                    }
                    if self.next()? == b'}' {
                        self.at += 1;
                        return Some(Document::members(members));
                    }
                }
            }
            b'[' => {
                let room = room.checked_sub(1)?;
                let mut items = Vec::new();
                loop {
                    self.at += 1;
                    if self.next()? != b']' {
                        items.push(self.value(room)?);
                    }
                    if self.next()? == b']' {
                        self.at += 1;
                        return Some(Document::List(items));
                    }
                }
            }
            b'"' => self.string().map(Document::Text),
            _ => self.literal(),
        }
    }

    /// The next byte that is no white space.
    fn next(&mut self) -> Option<u8> {
        while self.byte()?.is_ascii_whitespace() {
            self.at += 1;
        }
        self.byte()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, expected: u8) -> Option<()> {
        let found = self.next()? == expected;
        self.at += 1;
        found.then_some(())
    }

    fn string(&mut self) -> Option<Cow<'t, str>> {
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += 1;
            match self.byte()? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.at += 1;
                }
                _ => {}
            }
        }
        self.at += 1;
        if escaped {
            return serde_json::from_str(self.text.get(start..self.at)?).ok().map(Cow::Owned);
        }
        self.text.get(start + 1..self.at - 1).map(Cow::Borrowed)
    }

    fn literal(&mut self) -> Option<Document<'t>> {
        /// So many digits are a whole number that is written in this way only.
        const DIGITS: usize = 18;
        let rest = self.text.get(self.at..)?;
        let ends = |byte: u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
        let text = &rest[..rest.bytes().position(ends).unwrap_or(rest.len())];
        self.at += text.len();
        match text {
            "null" => Some(Document::Null),
            "true" => Some(Document::Bool(true)),
            "false" => Some(Document::Bool(false)),
            digits if digits.len() <= DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(Document::Number(digits.into()))
            }
            number => serde_json::from_str(number).ok().map(|number| Document::Number(canonical(&number).into())),
        }
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
