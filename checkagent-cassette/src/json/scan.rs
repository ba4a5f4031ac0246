//! Where things are in a JSON text, without building a value.
//!
//! Replies are bent in place: everything that a mutation does not touch keeps its bytes (order of members, number
//! formats, escapes), so an agent never sees a difference that the case did not declare.

use std::ops::Range;

/// One token of a JSON text with its byte range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub kind: TokenKind,
    pub range: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    OpenObject,
    CloseObject,
    OpenArray,
    CloseArray,
    /// A member's name, quotes included.
    Key,
    /// A string value, quotes included.
    String,
    /// A number, `true`, `false` or `null`.
    Literal,
    Comma,
    Colon,
}

/// Splits a text that is known to be valid JSON (it went through `serde_json`) into tokens.
pub(crate) struct Tokens<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl<'t> Tokens<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { bytes: text.as_bytes(), at: 0 }
    }

    fn is_key(&self, after: usize) -> bool {
        self.bytes[after.min(self.bytes.len())..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        let start = self.at;
        let (kind, end) = match self.bytes.get(start)? {
            b'{' => (TokenKind::OpenObject, start + 1),
            b'}' => (TokenKind::CloseObject, start + 1),
            b'[' => (TokenKind::OpenArray, start + 1),
            b']' => (TokenKind::CloseArray, start + 1),
            b',' => (TokenKind::Comma, start + 1),
            b':' => (TokenKind::Colon, start + 1),
            b'"' => {
                let end = string_end(self.bytes, start);
                (if self.is_key(end) { TokenKind::Key } else { TokenKind::String }, end)
            }
            _ => {
                let length = self.bytes[start..]
                    .iter()
                    .position(|byte| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace());
                (TokenKind::Literal, length.map_or(self.bytes.len(), |length| start + length))
            }
        };
        self.at = end;
        Some(Token { kind, range: start..end })
    }
}

/// Where the string that begins at `start` ends, quotes included.
pub(super) fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// A member of an object or an element of an array: the range of its name (if any) and of its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub key: Option<Range<usize>>,
    pub value: Range<usize>,
}

/// The direct children of the container that `range` holds; empty for scalars.
pub(crate) fn children(text: &str, range: &Range<usize>) -> Vec<Entry> {
    let base = range.start;
    let mut entries = Vec::new();
    let mut depth = 0usize;
    let mut key = None;
    let mut start = None;
    for token in Tokens::new(&text[range.clone()]) {
        let range = token.range.start + base..token.range.end + base;
        match token.kind {
            TokenKind::OpenObject | TokenKind::OpenArray => {
                if depth == 1 {
                    start = Some(range.start);
                }
                depth += 1;
            }
            TokenKind::CloseObject | TokenKind::CloseArray => {
                depth = depth.saturating_sub(1);
                if depth == 1
                    && let Some(start) = start.take()
                {
                    entries.push(Entry { key: key.take(), value: start..range.end });
                }
            }
            TokenKind::Key if depth == 1 => key = Some(range),
            TokenKind::String | TokenKind::Literal if depth == 1 => {
                entries.push(Entry { key: key.take(), value: range });
            }
            _ => {}
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_of_nested_containers_keep_their_ranges() {
        let text = r#" {"a": [1, {"b": "}"}], "c\"": "x", "d": {} }"#;
        let entries = children(text, &(1..text.len()));
        let values: Vec<_> = entries.iter().map(|entry| &text[entry.value.clone()]).collect();
        assert_eq!(values, [r#"[1, {"b": "}"}]"#, r#""x""#, "{}"]);
        assert_eq!(&text[entries[1].key.clone().unwrap()], r#""c\"""#);
    }

    #[test]
    fn a_scalar_has_no_children() {
        assert!(children("12", &(0..2)).is_empty());
    }
}
