//! White space of JSON texts: taken away for the wire, added for review.

use super::scan::{TokenKind, Tokens, string_end};

/// How the bytes of a JSON body were spaced, so that they can be given back exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// No white space: `{"a":1,"b":2}`.
    #[default]
    Compact,
    /// A space after comma and colon, as Python writes it: `{"a": 1, "b": 2}`.
    Spaced,
    /// A line for each member and element, indented by so many spaces a level, as `JSON.stringify(value, null, 2)` and
    /// `json.dumps(value, indent=4)` write it.
    Indented(u8),
}

impl Layout {
    /// Writes `text` (valid JSON) in this layout. Order, escapes and number formats stay as they are.
    #[must_use]
    pub fn apply(self, text: &str) -> String {
        if let Self::Indented(width) = self {
            return indented(text, width.into());
        }
        let bytes = text.as_bytes();
        let mut out = String::with_capacity(text.len());
        // What stands between white space is copied in one piece.
        let mut copied = 0;
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => at = string_end(bytes, at),
                b',' | b':' if self == Self::Spaced => {
                    at += 1;
                    out.push_str(&text[copied..at]);
                    out.push(' ');
                    copied = at;
                }
                space if space.is_ascii_whitespace() => {
                    out.push_str(&text[copied..at]);
                    let spaces = bytes[at..].iter().position(|byte| !byte.is_ascii_whitespace());
                    at = spaces.map_or(bytes.len(), |spaces| at + spaces);
                    copied = at;
                }
                _ => at += 1,
            }
        }
        out.push_str(&text[copied..]);
        out
    }

    /// The layout that gives back exactly these bytes, if there is one.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let width = text.split_once('\n').map(|(_, rest)| rest.bytes().take_while(|byte| *byte == b' ').count());
        let indented = width.and_then(|width| u8::try_from(width).ok()).map(Self::Indented);
        [Some(Self::Compact), Some(Self::Spaced), indented]
            .into_iter()
            .flatten()
            .find(|layout| layout.apply(text) == text)
    }
}

fn indented(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut level = 0usize;
    let mut opened = false;
    for token in Tokens::new(text) {
        let piece = &text[token.range];
        match token.kind {
            TokenKind::CloseObject | TokenKind::CloseArray => {
                level = level.saturating_sub(1);
                // An empty container stays on its line.
                if !opened {
                    break_line(&mut out, level * width);
                }
                out.push_str(piece);
            }
            kind => {
                if opened {
                    break_line(&mut out, level * width);
                }
                out.push_str(piece);
                match kind {
                    TokenKind::OpenObject | TokenKind::OpenArray => level += 1,
                    TokenKind::Comma => break_line(&mut out, level * width),
                    TokenKind::Colon => out.push(' '),
                    _ => {}
                }
            }
        }
        opened = matches!(token.kind, TokenKind::OpenObject | TokenKind::OpenArray);
    }
    out
}

/// A container that fits into this many columns stays on one line.
const LINE: usize = 100;

/// Writes `text` (valid JSON) for reading: two spaces an indentation level, small containers on one line.
#[must_use]
pub fn pretty(text: &str, indent: usize) -> String {
    let tokens: Vec<_> = Tokens::new(text).collect();
    let mut out = String::with_capacity(text.len() * 3 / 2);
    let mut level = indent;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let piece = &text[token.range.clone()];
        match token.kind {
            TokenKind::OpenObject | TokenKind::OpenArray => {
                if let Some((line, next)) = on_one_line(text, &tokens, at, LINE.saturating_sub(level * 2)) {
                    out.push_str(&line);
                    at = next;
                    continue;
                }
                level += 1;
                out.push_str(piece);
                break_line(&mut out, level * 2);
            }
            TokenKind::CloseObject | TokenKind::CloseArray => {
                level = level.saturating_sub(1);
                break_line(&mut out, level * 2);
                out.push_str(piece);
            }
            TokenKind::Comma => {
                out.push(',');
                break_line(&mut out, level * 2);
            }
            TokenKind::Colon => out.push_str(": "),
            TokenKind::Key | TokenKind::String | TokenKind::Literal => out.push_str(piece),
        }
        at += 1;
    }
    out
}

fn break_line(out: &mut String, spaces: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', spaces));
}

/// The container that opens at token `at`, spaced on one line, and the index of the token after it.
fn on_one_line(text: &str, tokens: &[super::scan::Token], at: usize, room: usize) -> Option<(String, usize)> {
    let mut line = String::new();
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        line.push_str(&text[token.range.clone()]);
        match token.kind {
            TokenKind::Comma | TokenKind::Colon => line.push(' '),
            TokenKind::OpenObject | TokenKind::OpenArray => depth += 1,
            TokenKind::CloseObject | TokenKind::CloseArray => {
                depth -= 1;
                if depth == 0 {
                    return (line.len() <= room).then_some((line, index + 1));
                }
            }
            TokenKind::Key | TokenKind::String | TokenKind::Literal => {}
        }
        if line.len() > room {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_come_back_from_their_layout() {
        for text in [r#"{"b":1.10,"a":[],"c":"\u00e4 , :"}"#, r#"{"b": 1.10, "a": []}"#, "[]", "1e5", r#""x""#] {
            let layout = Layout::of(text).unwrap();
            assert_eq!(layout.apply(&pretty(text, 3)), text);
        }
    }

    #[test]
    fn an_unusual_spacing_has_no_layout() {
        assert_eq!(Layout::of("{ \"a\":1}"), None);
        assert_eq!(Layout::of("{\"a\":1}\n"), None);
    }

    #[test]
    fn large_containers_are_broken_into_lines() {
        let text = format!("[{}]", [r#"{"name":"a name of some length"}"#; 5].join(","));
        let pretty = pretty(&text, 0);
        assert_eq!(pretty.lines().count(), 7);
        assert_eq!(Layout::Compact.apply(&pretty), text);
    }
}
