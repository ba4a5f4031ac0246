//! How much the sameness of a value says.

use std::borrow::Cow;

use crate::key::id_tokens;
use crate::redact::PLACEHOLDER;

/// How much it says that the same value stands in two places.
///
/// A request that carries a *telling* value got it from the reply that brought it. The same `1`, `true` or `asc` says
/// nothing.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::analysis::Rarity;
///
/// assert_eq!(Rarity::of("12"), Rarity::Everywhere);
/// assert_eq!(Rarity::of("paid"), Rarity::Common);
/// assert_eq!(Rarity::of("cust-0001"), Rarity::Telling);
/// assert_eq!(Rarity::of("e23dd0a1-efdb-403f-a734-2e7fdaaa0621"), Rarity::Unique);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rarity {
    /// Fewer than four characters, or what was taken out of the recording: never links.
    Everywhere,
    /// A word, a year, a round number: links only where the structure of several requests says so.
    Common,
    /// Its sameness is hardly chance.
    Telling,
    /// An id that was generated.
    Unique,
}

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) rarity: Rarity,
    /// Words and dates are telling only while they are seldom.
    pub(super) may_be_common: bool,
}

/// A whole number of fewer digits than this may be anything.
const DIGITS: usize = 5;
/// A word of fewer letters than this may be anything.
const LETTERS: usize = 8;
/// The shortest value that links.
pub(super) const SHORTEST: usize = 4;

impl Rarity {
    /// The rarity of a value by its form alone. In a recording a word is [`Rarity::Common`] as well if it is repeated
    /// often, or is the name of a member.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Form::of(text).rarity
    }

    /// Whether it links by itself.
    #[must_use]
    pub fn is_telling(self) -> bool {
        self >= Self::Telling
    }
}

impl Form {
    pub(super) fn of(text: &str) -> Self {
        let certain = |rarity| Self { rarity, may_be_common: false };
        if text.len() < SHORTEST || (text.len() < SHORTEST * 4 && text.chars().count() < SHORTEST) {
            return certain(Rarity::Everywhere);
        }
        let (mut digits, mut letters, mut spaces) = (0, 0, false);
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' => digits += 1,
                b'a'..=b'z' | b'A'..=b'Z' | 128.. => letters += 1,
                b' ' | b'\t' | b'\n' | b'\r' => spaces = true,
                _ => {}
            }
        }
        if text.contains(PLACEHOLDER) {
            return certain(Rarity::Everywhere);
        }
        if digits == text.len() {
            // 10000 and 250000 are limits and prices.
            let round = digits < LETTERS && text.ends_with("000");
            let telling = digits >= DIGITS && !round;
            return certain(if telling { Rarity::Telling } else { Rarity::Common });
        }
        let seldom = Self { rarity: Rarity::Telling, may_be_common: true };
        if digits == 0 {
            // `outstanding`, `tool_call` and `REQUESTED_BY_CUSTOMER` are one of a few; names have capitals or spaces.
            let is_enum = |letter: fn(&u8) -> bool| text.bytes().all(|byte| letter(&byte) || byte == b'_');
            let is_enum = is_enum(u8::is_ascii_lowercase) || is_enum(u8::is_ascii_uppercase);
            let common = is_enum || letters + usize::from(spaces) < LETTERS;
            return if common { certain(Rarity::Common) } else { seldom };
        }
        // Dates, versions, prices.
        if letters <= 1 {
            return if digits >= DIGITS { seldom } else { certain(Rarity::Common) };
        }
        if !spaces && (id_tokens(text).any(|id| id.len() == text.len()) || is_opaque(text, digits, letters)) {
            return certain(Rarity::Unique);
        }
        if digits >= 2 {
            return Self { rarity: Rarity::Telling, may_be_common: is_time(text) };
        }
        if text.len() >= LETTERS { seldom } else { certain(Rarity::Common) }
    }
}

fn is_opaque(text: &str, digits: usize, letters: usize) -> bool {
    let is = |kind: fn(&u8) -> bool| text.bytes().any(|byte| kind(&byte));
    let mixed = (digits >= 4 && letters >= 4) || (is(u8::is_ascii_uppercase) && is(u8::is_ascii_lowercase));
    text.len() >= 20 && mixed && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_+/=.".contains(&byte))
}

/// `2026-11-20T09:14:00Z`, `Fri, 20 Nov 2026 09:54:16 GMT`: things that happen together share it.
fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let iso = matches!(bytes, [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'-', ..]);
    (iso && text.len() <= 35) || (text.len() == 29 && text.ends_with(" GMT"))
}

/// An entity tag as it is compared: `W/"x"` and `"x"` are `x`.
pub(super) fn without_quotes(value: &str) -> Option<&str> {
    let value = value.strip_prefix("W/").unwrap_or(value);
    value.strip_prefix('"')?.strip_suffix('"').filter(|tag| !tag.contains('"'))
}

/// A text with the references to characters that HTML and XML put into URLs.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if text.contains("&amp;") { text.replace("&amp;", "&").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_everywhere_does_not_tell() {
        for text in ["1", "100", "eur", "äöü", "[redacted]", "Bearer [redacted]"] {
            assert_eq!(Rarity::of(text), Rarity::Everywhere, "{text}");
        }
        for text in ["2026", "1200", "10000", "true", "outstanding", "tool_call", "19.99", "v1.2", "utf-8"] {
            assert_eq!(Rarity::of(text), Rarity::Common, "{text}");
        }
    }

    #[test]
    fn ids_names_and_amounts_tell() {
        for text in ["48213", "rec-4711", "A-17-b", "Ada Lovelace", "rust-lang", "2026-11-20", "ada@example.org"] {
            assert_eq!(Rarity::of(text), Rarity::Telling, "{text}");
        }
        for text in ["cus_Qm3bT9xK2wLr7TzV", "eyJvZmZzZXQiOjYsImEiOjF9", "d41d8cd98f00b204e9800998ecf8427e"] {
            assert_eq!(Rarity::of(text), Rarity::Unique, "{text}");
        }
    }

    #[test]
    fn an_entity_tag_is_compared_without_its_quotes() {
        assert_eq!(without_quotes("W/\"4711\""), Some("4711"));
        assert_eq!(without_quotes("\"4711\""), Some("4711"));
        assert_eq!(without_quotes("\"a\", \"b\""), None);
        assert_eq!(without_quotes("plain"), None);
    }
}
