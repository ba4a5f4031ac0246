//! A text that is looked for in any form: encoded, split, reversed, with other letters.

use std::borrow::Cow;

use super::fold::{fold, fold_into};

/// How a text is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As it is.
    Plain,
    /// In other case, with other separators, invisible or decorated letters.
    Altered,
    /// From its end.
    Reversed,
    /// Percent-encoded, up to three times.
    Percent,
    /// In hexadecimal digits.
    Hexadecimal,
    /// In base64 of either alphabet, at any alignment.
    Base64,
    /// In pieces, over several texts.
    Split,
}

impl Form {
    /// As people say it: `in base64`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "as it is",
            Self::Altered => "with other letters or separators",
            Self::Reversed => "reversed",
            Self::Percent => "percent-encoded",
            Self::Hexadecimal => "in hexadecimal",
            Self::Base64 => "in base64",
            Self::Split => "in pieces",
        }
    }
}

/// A text that is looked for.
#[derive(Clone, Debug)]
pub(crate) struct Needle {
    plain: String,
    folded: String,
    reversed: String,
}

/// Where it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The text, by position.
    pub text: usize,
    /// How it is carried.
    pub form: Form,
}

/// Shorter ones turn up by chance in what is decoded or put together.
const SHORTEST: usize = 6;
/// Encodings in one another.
const DEPTH: usize = 3;

impl Needle {
    /// Looks for that text. One of fewer than six letters and digits is only found as it is.
    pub(crate) fn new(text: &str) -> Self {
        let folded = fold(text);
        let reversed = folded.chars().rev().collect();
        Self { plain: text.to_owned(), folded, reversed }
    }

    /// The text as it was given.
    pub(crate) fn plain(&self) -> &str {
        &self.plain
    }

    /// The texts that carry it, each one once, in order.
    pub(crate) fn find(&self, texts: &Folded<'_>) -> Vec<Found> {
        let mut within = vec![None; texts.texts.len()];
        if self.is_short() {
            let has = |text: &&str| !self.plain.is_empty() && text.contains(&*self.plain);
            let plain = texts.texts.iter().enumerate().filter(|(_, text)| has(text));
            return plain.map(|(text, _)| Found { text, form: Form::Plain }).collect();
        }
        for (needle, form) in [(&self.folded, Form::Altered), (&self.reversed, Form::Reversed)] {
            for (first, last) in texts.places(needle) {
                if first == last
                    && let (Some(found), Some(text)) = (within.get_mut(first), texts.texts.get(first))
                {
                    let plain = form == Form::Altered && text.contains(&*self.plain);
                    *found = found.or(Some(if plain { Form::Plain } else { form }));
                }
            }
        }
        for (found, text) in within.iter_mut().zip(&texts.texts) {
            *found = found.or_else(|| self.encoded(text, DEPTH));
        }
        let within = within.into_iter().enumerate();
        within.filter_map(|(text, form)| Some(Found { text, form: form? })).collect()
    }

    /// The text that it begins in, where it is in pieces over several texts in this order.
    pub(crate) fn in_pieces(&self, texts: &Folded<'_>) -> Option<usize> {
        if self.is_short() {
            return None;
        }
        [&self.folded, &self.reversed]
            .into_iter()
            .find_map(|needle| texts.places(needle).find(|(first, last)| first != last).map(|(first, _)| first))
    }

    fn is_short(&self) -> bool {
        self.folded.chars().count() < SHORTEST
    }

    /// How one text carries it.
    pub(crate) fn find_in(&self, text: &str) -> Option<Form> {
        self.find(&Folded::of(vec![text])).first().map(|found| found.form)
    }

    /// Letters and digits of a text without it; `None` where it does not stand there in plain letters.
    pub(crate) fn without(&self, text: &str) -> Option<String> {
        let folded = fold(text);
        (!self.is_short() && folded.contains(&self.folded)).then(|| folded.replace(&self.folded, ""))
    }

    /// Whether a folded text has it.
    pub(super) fn is_in_folded(&self, folded: &str) -> bool {
        folded.contains(&self.folded) || folded.contains(&self.reversed)
    }

    /// Whether what was decoded has it; most of what is decoded is noise, and quickly told.
    fn is_in_bytes(&self, bytes: &[u8]) -> bool {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return self.is_in_folded(&fold(text));
        }
        let letters = bytes.iter().filter(|byte| byte.is_ascii_alphanumeric());
        self.is_in_folded(&letters.map(|byte| char::from(byte.to_ascii_lowercase())).collect::<String>())
    }

    fn encoded(&self, text: &str, depth: usize) -> Option<Form> {
        if depth == 0 || text.len() < self.folded.len() {
            return None;
        }
        let has = |decoded: &[u8], deeper: bool| {
            self.is_in_bytes(decoded)
                || (deeper && self.encoded(&String::from_utf8_lossy(decoded), depth - 1).is_some())
        };
        if percent_decoded(text).is_some_and(|decoded| has(&decoded, true)) {
            return Some(Form::Percent);
        }
        let least = self.folded.len();
        if runs(text, least * 2, HEXADECIMAL).iter().any(|digits| {
            [0, 1].iter().any(|skip| {
                let bytes = digits[*skip..].chunks_exact(2).map(|pair| nibble(pair[0]) << 4 | nibble(pair[1]));
                let bytes: Vec<u8> = bytes.collect();
                has(&bytes, is_text(&bytes))
            })
        }) {
            return Some(Form::Hexadecimal);
        }
        let found = runs(text, least * 4 / 3, BASE64).iter().any(|letters| {
            (0..4).any(|skip| {
                let bytes = from_base64(&letters[skip..]);
                has(&bytes, is_text(&bytes))
            })
        });
        found.then_some(Form::Base64)
    }
}

/// Texts one after the other, folded once for all that is looked for in them.
#[derive(Clone, Debug)]
pub(crate) struct Folded<'t> {
    texts: Vec<&'t str>,
    joined: String,
    /// Where each one ends.
    ends: Vec<usize>,
}

impl<'t> Folded<'t> {
    /// The texts in the order in which they were sent.
    pub(crate) fn of(texts: Vec<&'t str>) -> Self {
        let mut joined = String::with_capacity(texts.iter().map(|text| text.len()).sum());
        let ends = texts.iter().map(|text| {
            fold_into(text, &mut joined);
            joined.len()
        });
        let ends = ends.collect();
        Self { texts, joined, ends }
    }

    /// Some of the texts in another order.
    pub(crate) fn reordered(&self, order: &[usize]) -> Self {
        let mut other = Self { texts: Vec::new(), joined: String::new(), ends: Vec::new() };
        for index in order.iter().copied() {
            let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
            let folded = self.ends.get(index).and_then(|end| self.joined.get(start..*end));
            other.joined.push_str(folded.unwrap_or_default());
            other.ends.push(other.joined.len());
            other.texts.push(self.texts.get(index).copied().unwrap_or_default());
        }
        other
    }

    /// The first and the last text of each place that has a folded text.
    fn places<'f>(&'f self, needle: &'f str) -> impl Iterator<Item = (usize, usize)> + 'f {
        self.joined.match_indices(needle).map(|(at, _)| {
            let first = self.ends.partition_point(|end| *end <= at);
            (first, self.ends.partition_point(|end| *end < at + needle.len()))
        })
    }
}

const HEXADECIMAL: u8 = 1;
const BASE64: u8 = 2;
/// Stands between the digits or letters of an encoding, and does not end them; shifted by two.
const BETWEEN: u8 = 2;

/// What each byte can be a part of: line ends stand in both encodings, the usual marks between hexadecimal digits.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    loop {
        if byte.is_ascii_hexdigit() {
            classes[byte as usize] |= HEXADECIMAL;
        }
        if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_') {
            classes[byte as usize] |= BASE64;
        }
        if matches!(byte, b' ' | b':' | b'-' | b',' | b'x' | b'X') {
            classes[byte as usize] |= HEXADECIMAL << BETWEEN;
        }
        if matches!(byte, b'\n' | b'\r') {
            classes[byte as usize] |= (HEXADECIMAL | BASE64) << BETWEEN;
        }
        if byte == u8::MAX {
            break classes;
        }
        byte += 1;
    }
};

/// The stretches of what an encoding is made of that are long enough, without what stands between.
fn runs(text: &str, least: usize, encoding: u8) -> Vec<Vec<u8>> {
    let bytes = text.as_bytes();
    let (mut runs, mut start, mut count) = (Vec::new(), 0, 0);
    let class = |byte: u8| CLASSES[usize::from(byte)];
    let mut end = |start: usize, end: usize, count: usize| {
        if count >= least {
            let run = without_prefixes(&bytes[start..end], encoding);
            runs.push(run.into_iter().filter(|byte| class(*byte) & encoding != 0).collect());
        }
    };
    for (at, byte) in bytes.iter().enumerate() {
        let class = class(*byte);
        if class & encoding != 0 {
            count += 1;
        } else if class & (encoding << BETWEEN) == 0 {
            end(start, at, count);
            (start, count) = (at + 1, 0);
        }
    }
    end(start, bytes.len(), count);
    runs
}

/// Hexadecimal digits without the `0x` in front of each pair.
fn without_prefixes(run: &[u8], encoding: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(run.len());
    let mut at = 0;
    while let Some(byte) = run.get(at).copied() {
        let prefix = encoding == HEXADECIMAL && byte == b'0' && matches!(run.get(at + 1), Some(b'x' | b'X'));
        if !prefix {
            out.push(byte);
        }
        at += if prefix { 2 } else { 1 };
    }
    out
}

fn nibble(digit: u8) -> u8 {
    (digit as char).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or_default()
}

fn sextet(letter: u8) -> Option<u8> {
    match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

fn from_base64(letters: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(letters.len() * 3 / 4);
    let (mut held, mut bits) = (0_u32, 0);
    for sextet in letters.iter().filter_map(|letter| sextet(*letter)) {
        held = held << 6 | u32::from(sextet);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xFF) as u8);
        }
    }
    bytes
}

/// A text without its percent-encoding.
pub(crate) fn unescaped(text: &str) -> Cow<'_, str> {
    percent_decoded(text).map_or(text.into(), |bytes| String::from_utf8_lossy(&bytes).into_owned().into())
}

/// `None` where nothing is encoded.
fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    let (mut out, mut at, mut decoded) = (Vec::with_capacity(bytes.len()), 0, false);
    if !bytes.contains(&b'%') {
        return None;
    }
    while let Some(byte) = bytes.get(at).copied() {
        match (byte, bytes.get(at + 1), bytes.get(at + 2)) {
            (b'%', Some(high), Some(low)) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push(nibble(*high) << 4 | nibble(*low));
                decoded = true;
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    decoded.then_some(out)
}

/// What was decoded at the wrong alignment, or was never encoded, is noise; nothing is hidden in it once more.
fn is_text(bytes: &[u8]) -> bool {
    let readable = bytes.iter().filter(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t' | b'\r')).count();
    readable * 10 >= bytes.len() * 9
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "RX-K7QPZ2MD";

    fn form(text: &str) -> Option<Form> {
        Needle::new(TOKEN).find_in(text)
    }

    /// RFC 4648, without padding.
    fn base64(bytes: &[u8], alphabet: &[u8]) -> String {
        let mut out = String::new();
        for three in bytes.chunks(3) {
            let of = |at: usize| u32::from(three.get(at).copied().unwrap_or_default());
            let held = of(0) << 16 | of(1) << 8 | of(2);
            let letters = (0..=three.len()).map(|at| char::from(alphabet[(held >> (18 - 6 * at) & 63) as usize]));
            out.extend(letters);
        }
        out
    }

    const STANDARD: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const URL_SAFE: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    fn hexadecimal(text: &str, between: &str) -> String {
        text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(between)
    }

    fn percent(text: &str) -> String {
        text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
    }

    #[test]
    fn it_is_found_as_it_is_and_with_other_letters() {
        assert_eq!(form("see RX-K7QPZ2MD."), Some(Form::Plain));
        for text in [
            "rx-k7qpz2md",
            "R X - K 7 Q P Z 2 M D",
            "RX\u{200b}-K7Q\u{ad}PZ2MD",
            "ＲＸ－Ｋ７ＱＰＺ２ＭＤ",
            "rx_k7.qpz/2md",
        ] {
            assert_eq!(form(text), Some(Form::Altered), "{text}");
        }
        assert_eq!(form("DM2ZPQ7K-XR"), Some(Form::Reversed));
        assert_eq!(form("RX-K7QPZ2ME and k7qpz2md"), None);
        assert_eq!(form(""), None);
    }

    #[test]
    fn it_is_found_percent_encoded_up_to_three_times() {
        let once = percent(TOKEN);
        assert_eq!(form(&once), Some(Form::Percent));
        assert_eq!(form(&format!("a={}", once.replace('%', "%25"))), Some(Form::Percent));
        assert_eq!(form(&once.replace('%', "%2525")), Some(Form::Percent));
        assert_eq!(form(&once.replace('%', "%252525")), None);
        assert_eq!(form("100 % of %zz, and 5%"), None);
    }

    #[test]
    fn it_is_found_in_hexadecimal_with_and_without_marks() {
        for text in [
            hexadecimal(TOKEN, ""),
            hexadecimal(&TOKEN.to_lowercase(), "").to_uppercase(),
            format!("id 7{}", hexadecimal(TOKEN, "")),
            hexadecimal(TOKEN, " "),
            hexadecimal(TOKEN, ":"),
            format!("0x{}", hexadecimal(TOKEN, ", 0x")),
        ] {
            assert_eq!(form(&text), Some(Form::Hexadecimal), "{text}");
        }
        assert_eq!(form(&format!("\\x{}", hexadecimal(TOKEN, "\\x"))), Some(Form::Altered));
        assert_eq!(form(&hexadecimal("RX-K7QPZ2MX", "")), None);
    }

    #[test]
    fn it_is_found_in_base64_at_any_alignment_and_in_either_alphabet() {
        for before in ["", "a", "ab", "abc", "a???>>>"] {
            for after in ["", "x", "~~~ and more"] {
                for alphabet in [STANDARD, URL_SAFE] {
                    let text = base64(format!("{before}{}{after}", TOKEN.to_lowercase()).as_bytes(), alphabet);
                    assert_eq!(form(&text), Some(Form::Base64), "{before}, {after}: {text}");
                    assert_eq!(form(&format!("key/{text}==")), Some(Form::Base64), "{text}");
                }
            }
        }
        let long = base64("A line that is long enough to be wrapped, with RX-K7QPZ2MD in it.".as_bytes(), STANDARD);
        assert_eq!(form(&format!("{}\r\n{}", &long[..62], &long[62..])), Some(Form::Base64));
        assert_eq!(form(&base64("nothing of that kind is in here".as_bytes(), STANDARD)), None);
    }

    #[test]
    fn it_is_found_in_encodings_of_encodings() {
        let reversed: String = TOKEN.chars().rev().collect();
        assert_eq!(form(&base64(reversed.as_bytes(), STANDARD)), Some(Form::Base64));
        assert_eq!(form(&base64(percent(TOKEN).as_bytes(), STANDARD)), Some(Form::Base64));
        assert_eq!(form(&hexadecimal(&base64(TOKEN.as_bytes(), STANDARD), "")), Some(Form::Hexadecimal));
        assert_eq!(form(&percent(&base64(TOKEN.as_bytes(), STANDARD))), Some(Form::Percent));
    }

    #[test]
    fn pieces_are_put_together_in_the_order_in_which_they_were_sent() {
        let pieces = |texts: &[&'static str]| Needle::new(TOKEN).in_pieces(&Folded::of(texts.to_vec()));
        assert_eq!(pieces(&["RX-K7", "QPZ2MD"]), Some(0));
        assert_eq!(pieces(&["a", "RX", "-K7QP", "Z2MD b"]), Some(1));
        assert_eq!(pieces(&["DM2ZPQ", "7K-XR"]), Some(0));
        assert_eq!(pieces(&["QPZ2MD", "RX-K7"]), None);
        assert_eq!(pieces(&["a", TOKEN, "b"]), None);
        assert_eq!(pieces(&[TOKEN, "RX-", "K7QPZ2MD"]), Some(1));
        assert_eq!(Needle::new("AB").in_pieces(&Folded::of(vec!["A", "B"])), None);
        let order = Folded::of(vec!["QPZ2MD", "a", "RX-K7"]);
        assert_eq!(Needle::new(TOKEN).in_pieces(&order.reordered(&[1, 2, 0])), Some(1));
        assert_eq!(Needle::new(TOKEN).in_pieces(&order.reordered(&[2, 1, 0])), None);
        let find = |texts: &[&'static str]| Needle::new(TOKEN).find(&Folded::of(texts.to_vec()));
        assert_eq!(find(&["RX-K7", "QPZ2MD"]), []);
        let plain = |text| Found { text, form: Form::Plain };
        assert_eq!(find(&["x", TOKEN, "y", TOKEN, ""]), [plain(1), plain(3)]);
        assert_eq!(find(&["", TOKEN]), [plain(1)]);
    }

    #[test]
    fn a_short_text_is_only_found_as_it_is_and_nothing_is_found_of_nothing() {
        assert_eq!(Needle::new("A-7").find_in("see A-7"), Some(Form::Plain));
        assert_eq!(Needle::new("A-7").find_in("see a7"), None);
        assert_eq!(Needle::new("ABCDE").find_in("abcde"), None);
        assert_eq!(Needle::new("ABCDEF").find_in("abcdef"), Some(Form::Altered));
        assert_eq!(Needle::new("").find_in("text"), None);
        assert_eq!(Needle::new("пароль").find_in("ПАРОЛЬ"), Some(Form::Altered));
        assert_eq!(Needle::new("x").plain(), "x");
    }

    #[test]
    fn it_can_be_taken_out() {
        let needle = Needle::new(TOKEN);
        assert_eq!(needle.without("Total 5. RX-K7QPZ2MD!").as_deref(), Some("total5"));
        assert_eq!(needle.without("Total 5."), None);
        assert_eq!(Needle::new("AB").without("ABC"), None);
        assert_eq!(unescaped("a%20b"), "a b");
        assert_eq!(unescaped("100%"), "100%");
    }

    #[test]
    fn every_form_has_a_name_of_its_own() {
        use Form::{Altered, Base64, Hexadecimal, Percent, Plain, Reversed, Split};
        let names: std::collections::BTreeSet<_> =
            [Altered, Base64, Hexadecimal, Percent, Plain, Reversed, Split].map(Form::name).into();
        assert!(names.len() == 7 && !names.contains(""));
    }
}
