//! Text that looks like a generated id.

use std::ops::Range;

/// The places in `text` that look like generated ids: UUIDs, ULIDs, 32 or more hexadecimal digits, and prefixed ids
/// such as `call_8hKx0Q2wLr7TzV` or `chatcmpl-Bx81...`.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::key::id_tokens;
///
/// let text = "/records/e23dd0a1-efdb-403f-a734-2e7fdaaa0621?limit=5";
/// let ids: Vec<_> = id_tokens(text).map(|range| &text[range]).collect();
/// assert_eq!(ids, ["e23dd0a1-efdb-403f-a734-2e7fdaaa0621"]);
/// ```
pub fn id_tokens(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = text.as_bytes();
    // The byte before this place, if there is one, belongs to no id.
    let mut start = 0;
    std::iter::from_fn(move || {
        while let Some(shortest) = bytes.get(start..start + SHORTEST) {
            // Looked at from its end, most text is skipped: no id can begin before the last byte that is in none.
            if let Some(gap) = shortest.iter().rposition(|byte| !is_id_byte(*byte)) {
                start += gap + 1;
                continue;
            }
            let rest = &bytes[start + SHORTEST..];
            let more = rest.iter().position(|byte| !is_id_byte(*byte)).unwrap_or(rest.len());
            let token = start..start + SHORTEST + more;
            start = token.end;
            if looks_generated(&bytes[token.clone()]) {
                return Some(token);
            }
        }
        None
    })
}

const SHORTEST: usize = 18;

fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

fn looks_generated(token: &[u8]) -> bool {
    is_uuid(token) || is_hex(token) || is_ulid(token) || is_prefixed(token)
}

fn is_uuid(token: &[u8]) -> bool {
    token.len() == 36
        && token.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn is_hex(token: &[u8]) -> bool {
    token.len() >= 32 && token.iter().all(u8::is_ascii_hexdigit) && token.iter().any(u8::is_ascii_digit)
}

fn is_ulid(token: &[u8]) -> bool {
    token.len() == 26
        && (b'0'..=b'7').contains(&token[0])
        && token.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && token.iter().any(u8::is_ascii_uppercase)
}

/// A short word, `_` or `-`, and at least 14 letters and digits of both kinds.
fn is_prefixed(token: &[u8]) -> bool {
    let Some(cut) = token.iter().position(|byte| matches!(byte, b'_' | b'-')) else { return false };
    let (prefix, random) = (&token[..cut], &token[cut + 1..]);
    (2..=10).contains(&prefix.len())
        && prefix.iter().all(u8::is_ascii_alphabetic)
        && random.len() >= 14
        && random.iter().all(u8::is_ascii_alphanumeric)
        && random.iter().any(u8::is_ascii_digit)
        && random.iter().any(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<&str> {
        id_tokens(text).map(|range| &text[range]).collect()
    }

    #[test]
    fn ordinary_words_and_numbers_are_no_ids() {
        assert!(ids("/v1/buckets/customer-records_of_the_year/1795166040108 2026-11-20T09:14:00Z").is_empty());
    }

    #[test]
    fn the_usual_generated_forms_are_found() {
        let text = "call_8hKx0Q2wLr7TzVab,01ARZ3NDEKTSV4RRFFQ69G5FAV;d41d8cd98f00b204e9800998ecf8427e";
        assert_eq!(ids(text).len(), 3);
    }
}
