//! Texts in words: what finds a value inside a longer text.

use std::ops::Range;

/// A value of more words is only found as a whole.
pub(super) const MOST_WORDS: usize = 12;

/// The words of a text with their places: letters, digits, `-` and `_` in a row.
pub(super) fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes.get(at..)?.iter().position(|byte| is_of_word(*byte))?;
        let length = bytes[start..].iter().position(|byte| !is_of_word(*byte));
        at = length.map_or(bytes.len(), |length| start + length);
        Some(start..at)
    })
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || byte >= 128
}

/// Whether there is more in a text than one word.
pub(super) fn has_words(text: &str) -> bool {
    !text.bytes().all(is_of_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_stands_between_punctuation() {
        let text = "refund ord-2026_1, café (a.b)";
        let found: Vec<_> = words(text).map(|range| &text[range]).collect();
        assert_eq!(found, ["refund", "ord-2026_1", "café", "a", "b"]);
        assert!(!has_words("ord-1") && has_words("a b"));
        assert_eq!(words("").count() + words(" .").count(), 0);
    }
}
