//! Texts without what does not change their sense to a reader: case, separators, invisible and decorated letters.

/// Letters and digits alone, in lower case and in their plain form. Escapes of JSON are resolved, so a text is found in
/// a document that was put into a string.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// As [`fold`], at the end of another text.
pub(super) fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() && !text.contains('\\') {
        let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
        out.extend(letters.map(|letter| char::from(letter.to_ascii_lowercase())));
        return;
    }
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            push(c, out);
            continue;
        }
        match rest.clone().next() {
            Some('n' | 't' | 'r' | 'b' | 'f') => {
                rest.next();
            }
            Some(kind @ ('u' | 'x')) => {
                let digits: String = rest.clone().skip(1).take(if kind == 'u' { 4 } else { 2 }).collect();
                if let Some(c) = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32) {
                    push(c, out);
                    rest.nth(digits.len());
                }
            }
            _ => {}
        }
    }
}

fn push(c: char, out: &mut String) {
    if c.is_ascii() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        }
        return;
    }
    match plain(c) {
        Some(c) => push(c, out),
        None if c.is_alphanumeric() => out.extend(c.to_lowercase()),
        None => {}
    }
}

/// The ASCII letter or digit of which a character is a form: of full width, of mathematics, in a circle, an invisible
/// tag. What NFKC says of these blocks, and the tags, which it leaves alone.
fn plain(c: char) -> Option<char> {
    let code = u32::from(c);
    let letter = |offset: u32| char::from_u32(u32::from('a') + offset % 26);
    let digit = |offset: u32| char::from_u32(u32::from('0') + offset % 10);
    match code {
        0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0),
        0xE_0020..=0xE_007E => char::from_u32(code - 0xE_0000),
        0x1_D400..=0x1_D6A3 => letter(code - 0x1_D400),
        0x1_D7CE..=0x1_D7FF => digit(code - 0x1_D7CE),
        0x24B6..=0x24E9 => letter(code - 0x24B6),
        0x249C..=0x24B5 => letter(code - 0x249C),
        0x1_F110..=0x1_F129 => letter(code - 0x1_F110),
        0x1_F130..=0x1_F149 => letter(code - 0x1_F130),
        0x1_F150..=0x1_F169 => letter(code - 0x1_F150),
        0x1_F170..=0x1_F189 => letter(code - 0x1_F170),
        0x1_F1E6..=0x1_F1FF => letter(code - 0x1_F1E6),
        0x2080..=0x2089 => digit(code - 0x2080),
        0x2074..=0x2079 => digit(code - 0x2070),
        0x2070 => Some('0'),
        0xB9 => Some('1'),
        0xB2 => Some('2'),
        0xB3 => Some('3'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_separators_and_invisible_characters_are_left_out() {
        for text in ["RX-A7", "rx a7", "R\u{200b}X\u{ad}-A\u{2060}7", "r.x_a/7", "\\nRX\\t-A7\\r", "R\\u0058-\\x417"] {
            assert_eq!(fold(text), "rxa7", "{text}");
        }
        assert_eq!(fold("Größe É"), "größeé");
        assert_eq!(fold("C:\\dir"), "cdir");
    }

    #[test]
    fn decorated_letters_are_the_plain_ones() {
        let texts = ["ＲＸ-Ａ７", "𝐑𝐗-𝐀𝟕", "𝓇𝓍𝒶𝟟", "ⓇⓍⒶ₇", "🅁🅇🄰⁷", "🆁🆇🅰7", "🅡🅧🅐7", "🇷🇽🇦7", "⒭⒳⒜7", "🄡🄧🄐7"];
        for text in texts {
            let plain: String = fold(text);
            assert!(plain == "rxa7", "{text}: {plain}");
        }
        let tags: String = "rxa7".chars().filter_map(|c| char::from_u32(u32::from(c) + 0xE_0000)).collect();
        assert_eq!(fold(&tags), "rxa7");
        assert_eq!(fold("⁰¹²³⁴₀₉𝟎𝟿"), "012340909");
    }
}
