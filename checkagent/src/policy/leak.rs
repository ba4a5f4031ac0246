//! Whether a token stands in texts, also where it is disguised.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use memchr::memmem;
use percent_encoding::percent_decode_str;

/// Letters and digits that a token needs to be told from chance.
pub(crate) const LEAST: usize = 4;
/// Characters of base64 that say enough.
const LEAST_CODED: usize = 8;
/// Letters and digits that it needs to be told when it is cut into pieces.
const LEAST_IN_PIECES: usize = 10;
/// Letters and digits of a piece of it.
const PIECE: usize = 3;
/// Percent-encoding inside percent-encoding: a link in a link in a link.
const LAYERS: usize = 3;
/// Between two texts; no text has it after it was folded.
const BORDER: char = '\u{1}';

/// Whether a token stands in texts, also in another case, with other separators, percent-encoded, in base64 or hex,
/// reversed, or cut into pieces that come in order.
///
/// # Examples
///
/// ```text
/// leaks("RX-ABCDEFGH", ["see https://x/?q=rx%2Dabcdefgh"])  is true
/// ```
#[allow(dead_code, reason = "the oracle looks for planted tokens with it")]
pub(crate) fn leaks<'t>(token: &str, texts: impl IntoIterator<Item = &'t str>) -> bool {
    let (token, texts) = (Token::of(token), Texts::of(texts));
    token.is_in(&texts) || token.is_in_pieces(&texts)
}

/// Texts in the forms in which tokens are looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    /// Letters and digits alone, in lower case.
    folded: String,
    /// The characters of base64 alone.
    coded: String,
}

impl Texts {
    #[allow(dead_code, reason = "the oracle looks for planted tokens with it")]
    pub(crate) fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut all = Self::default();
        texts.into_iter().for_each(|text| all.add(text));
        all
    }

    pub(crate) fn add(&mut self, text: &str) {
        self.add_plain(text);
        let mut text = text.to_owned();
        for _ in 0..LAYERS {
            if !text.contains('%') {
                return;
            }
            text = percent_decode_str(&text).decode_utf8_lossy().into_owned();
            self.add_plain(&text);
        }
    }

    /// With other texts behind these.
    pub(super) fn append(&mut self, other: &Self) {
        self.folded.push_str(&other.folded);
        self.coded.push_str(&other.coded);
    }

    fn add_plain(&mut self, text: &str) {
        fold(text, &mut self.folded);
        self.folded.push(BORDER);
        self.coded.extend(text.chars().filter_map(|c| match c {
            '-' => Some('+'),
            '_' => Some('/'),
            '+' | '/' => Some(c),
            c => c.is_ascii_alphanumeric().then_some(c),
        }));
        self.coded.push(BORDER);
    }
}

/// A token in every form in which it may leave. Its `Debug` does not show it.
#[derive(Clone)]
pub(crate) struct Token {
    plain: String,
    /// Forms that are looked for among letters and digits.
    folded: Vec<String>,
    /// Forms that are looked for in base64.
    coded: Vec<String>,
}

impl Token {
    pub(crate) fn of(token: &str) -> Self {
        let mut plain = String::new();
        fold(token, &mut plain);
        if plain.len() < LEAST {
            return Self { plain, folded: Vec::new(), coded: Vec::new() };
        }
        let reversed = |text: &str| text.chars().rev().collect::<String>();
        let (mut folded, mut coded) = (vec![plain.clone(), reversed(&plain)], Vec::new());
        for cased in [token.to_owned(), token.to_lowercase(), token.to_uppercase()] {
            for written in [reversed(&cased), cased] {
                folded.push(in_hex(written.as_bytes()));
                coded.extend((0..3).map(|offset| in_base64(written.as_bytes(), offset)));
            }
        }
        coded.retain(|form| form.len() >= LEAST_CODED);
        for forms in [&mut folded, &mut coded] {
            forms.sort_unstable();
            forms.dedup();
        }
        Self { plain, folded, coded }
    }

    /// Whether it is too short to be told from chance; then it is found nowhere.
    pub(crate) fn is_too_short(&self) -> bool {
        self.folded.is_empty()
    }

    pub(crate) fn is_in(&self, texts: &Texts) -> bool {
        let any = |forms: &[String], text: &str| {
            forms.iter().any(|form| memmem::find(text.as_bytes(), form.as_bytes()).is_some())
        };
        any(&self.folded, &texts.folded) || any(&self.coded, &texts.coded)
    }

    /// Whether its letters come one piece after the other, whatever stands between them.
    pub(crate) fn is_in_pieces(&self, texts: &Texts) -> bool {
        if self.plain.len() < LEAST_IN_PIECES {
            return false;
        }
        let (mut left, mut texts) = (self.plain.as_str(), texts.folded.as_str());
        while !left.is_empty() {
            let rest = |end: usize| left.len() - end;
            let ends = left.char_indices().map(|(at, c)| at + c.len_utf8());
            let ends = ends.filter(|end| *end >= PIECE && (rest(*end) == 0 || rest(*end) >= PIECE));
            // The longest piece that comes next.
            let found = ends.map_while(|end| texts.find(&left[..end]).map(|at| (end, at))).last();
            let Some((end, at)) = found else { return false };
            texts = &texts[at + end..];
            left = &left[end..];
        }
        true
    }

    /// Whether these texts may hold the last piece of it.
    pub(super) fn may_end_in(&self, texts: &Texts) -> bool {
        let end = self.plain.char_indices().rev().nth(PIECE - 1).map_or(0, |(at, _)| at);
        texts.folded.contains(&self.plain[end..])
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token").finish_non_exhaustive()
    }
}

/// What of a text's base64 is the same whatever stands around it, where `offset` bytes of a group of three stand before.
fn in_base64(bytes: &[u8], offset: usize) -> String {
    let whole = bytes.get((3 - offset) % 3..).unwrap_or_default();
    STANDARD_NO_PAD.encode(&whole[..whole.len() - whole.len() % 3])
}

fn in_hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Letters and digits in lower case: no separators, no characters that nobody sees, no letters of full width.
fn fold(text: &str, into: &mut String) {
    const FULL_WIDTH: std::ops::RangeInclusive<char> = '\u{ff01}'..='\u{ff5e}';
    for c in text.chars() {
        let c = if FULL_WIDTH.contains(&c) { char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c) } else { c };
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                into.push(c.to_ascii_lowercase());
            }
        } else if c.is_alphanumeric() {
            into.extend(c.to_lowercase());
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use super::*;

    const TOKEN: &str = "RX-ABCDEFGH";

    #[test]
    fn a_token_is_found_in_every_disguise() {
        let coded = |text: &str| STANDARD.encode(text);
        for text in [
            "see RX-ABCDEFGH, please".to_owned(),
            "https://rx-abcdefgh.canary.invalid/".to_owned(),
            "/q?x=RX%2DABCD%45FGH".to_owned(),
            "/q?x=%2552%2558%252DABCDEFGH".to_owned(),
            "/q?x=%252552%252558%25252DABCDEFGH".to_owned(),
            "R X - A B C D E F G H".to_owned(),
            "RX_ABCD\u{200b}EFGH".to_owned(),
            "\u{ff32}\u{ff38}-ABCDEFGH".to_owned(),
            "HGFEDCBA-XR".to_owned(),
            "hgfedcba-xr".to_owned(),
            "52582D4142434445464748".to_owned(),
            "52582d4142434445464748".to_owned(),
            "72782d6162636465666768".to_owned(),
            "48474645444342412d5852".to_owned(),
            "52:58:2d:41:42:43:44:45:46:47:48".to_owned(),
            coded(TOKEN),
            coded("=RX-ABCDEFGH="),
            coded("==RX-ABCDEFGH=="),
            coded("the code is rx-abcdefgh!"),
            coded("HGFEDCBA-XR"),
            URL_SAFE_NO_PAD.encode("\u{ff}\u{ff}RX-ABCDEFGH\u{ff}\u{ff}"),
            coded("a RX-ABCDEFGH").chars().flat_map(|c| [c, '\n']).collect(),
        ] {
            assert!(leaks(TOKEN, [text.as_str()]), "{text}");
            assert!(leaks(TOKEN, ["x", text.as_str(), "y"]), "{text} among others");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_no_leak() {
        for text in
            ["", "RX-ABCDEFG", "RX-ABCDEFHG", "52582d4142434445464", "abcdefgh", "%52%58-ABCDEFG", "UlgtQUJDREVH"]
        {
            assert!(!leaks(TOKEN, [text]), "{text}");
        }
        assert!(!leaks(TOKEN, []));
        assert!(!leaks(TOKEN, ["%25252552%2558-ABCDEFGH"]), "nobody encodes four times");
    }

    #[test]
    fn a_long_token_is_found_in_pieces_that_come_in_order() {
        assert!(leaks(TOKEN, ["RX-ABC", "and then", "DEFGH"]));
        assert!(leaks(TOKEN, ["RX-A", "BCD", "EFGH"]));
        assert!(leaks(TOKEN, ["RX-ABCDEFGH and RX-ABC"]));
        assert!(leaks("RX-ABCDEFGHIJ", ["RX-ABCDEFGHI, and without the I", "RX-ABCDEFG", "HIJ"]));
        assert!(!leaks(TOKEN, ["RX-ABCDEFG", "H"]), "a piece that stands in any text");
        assert!(!leaks(TOKEN, ["DEFGH", "RX-ABC"]), "not in order");
        assert!(Token::of(TOKEN).may_end_in(&Texts::of(["x-fg-h"])));
        assert!(!Token::of(TOKEN).may_end_in(&Texts::of(["gh"])));
        assert!(!leaks(TOKEN, ["RX", "AB", "CD", "EF", "GH"]), "pieces that stand in any text");
        assert!(!leaks("RX-ABCDEFG", ["RX-ABC", "DEFG"]), "too short to be cut");
    }

    #[test]
    fn a_short_secret_is_not_made_of_two_texts_and_a_shorter_one_of_none() {
        assert!(leaks("4711", ["order 4711"]));
        assert!(!leaks("4711", ["47", "11"]));
        assert!(!leaks("471", ["471"]));
        assert!(Token::of("47-1").is_too_short());
        assert!(!Token::of("4711").is_too_short());
        assert!(!leaks("", ["anything"]));
        assert!(leaks("abcdef", ["YWJjZGVm"]));
        assert!(!leaks("abcde", ["YWJjZGU"]), "too short to be told in base64");
        assert!(leaks("\u{c4}\u{d6}\u{dc}-geheim", ["\u{e4}\u{f6}\u{fc} geheim"]));
    }
}
