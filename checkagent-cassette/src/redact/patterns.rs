//! Secrets that can be told by their form, wherever they stand.

use std::ops::Range;

/// A token that begins like this and goes on for at least so many more letters, digits, `-` or `_` is a credential.
const PREFIXES: [(&str, usize); 30] = [
    ("sk-", 16),
    ("sk_live_", 10),
    ("sk_test_", 10),
    ("rk_live_", 10),
    ("rk_test_", 10),
    ("whsec_", 16),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxa-", 10),
    ("xoxs-", 10),
    ("xapp-", 10),
    ("AKIA", 12),
    ("ASIA", 12),
    ("AIza", 30),
    ("ya29", 20),
    ("hf_", 20),
    ("gsk_", 20),
    ("xai-", 20),
    ("npm_", 20),
    ("pypi-", 20),
    ("shpat_", 20),
    ("dop_v1_", 20),
    ("SG", 40),
];

/// The shortest credential that is known by its form: `xoxb-` and ten more.
const SHORTEST_KNOWN: usize = 15;

const SCHEMES: [&str; 3] = ["bearer", "basic", "token"];

/// The ranges of `text` that are secrets by their form, in order and without overlap.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    if !may_hold_one(text.as_bytes()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut previous: Range<usize> = 0..0;
    while at < bytes.len() {
        let start = at;
        while at < bytes.len() && is_token_byte(bytes[at]) {
            at += 1;
        }
        let token = start..at;
        if token.is_empty() {
            at += 1;
            continue;
        }
        let scheme = text.get(previous.clone()).unwrap_or_default();
        let after_scheme = previous.end + 1 == token.start
            && bytes[previous.end] == b' '
            && SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known));
        if (after_scheme && is_credential(&text[token.clone()])) || is_known(&text[token.clone()]) {
            found.push(token.clone());
        }
        previous = token;
    }
    // Looking for something longer has its price, and most texts have neither.
    if text.contains("://") {
        found.extend(user_infos(text));
    }
    found.extend(named_values(text));
    if text.contains("-----BEGIN ") {
        found.extend(private_keys(text));
    }
    merge(found)
}

/// Most texts are short words: without a name before a value, without a long token, and without one after a scheme.
fn may_hold_one(text: &[u8]) -> bool {
    text.len() >= SHORTEST_KNOWN || text.iter().any(|byte| matches!(byte, b' ' | b'=' | b':'))
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+' | b'/' | b'=' | b'~')
}

/// After `Bearer ` and the like: long enough, and not a word of a sentence.
fn is_credential(token: &str) -> bool {
    token.len() >= 8 && (token.len() >= 20 || token.bytes().any(|b| !b.is_ascii_lowercase()))
}

fn is_known(token: &str) -> bool {
    // A token may hang on a name or a path: `key=sk-...`, `/AKIA...`.
    token.len() >= SHORTEST_KNOWN
        && token.split(['=', '/', '+']).any(|part| part.len() >= SHORTEST_KNOWN && (is_prefixed(part) || is_jwt(part)))
}

fn is_prefixed(part: &str) -> bool {
    // Nearly every word ends here.
    if !part.starts_with(['s', 'r', 'w', 'g', 'x', 'A', 'y', 'h', 'n', 'p', 'd', 'S']) {
        return false;
    }
    PREFIXES.iter().any(|(prefix, more)| {
        part.strip_prefix(prefix).is_some_and(|rest| {
            let random =
                rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')).count();
            // Words joined by hyphens (`sk-learn-version-something`) are no key.
            random >= *more && rest.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        })
    })
}

fn is_jwt(part: &str) -> bool {
    let mut segments = part.split('.');
    let (Some(head), Some(claims), Some(signature), None) =
        (segments.next(), segments.next(), segments.next(), segments.next())
    else {
        return false;
    };
    head.starts_with("eyJ") && claims.starts_with("eyJ") && signature.len() >= 8
}

/// `scheme://user:password@host`: the user info.
fn user_infos(text: &str) -> Vec<Range<usize>> {
    let separators = text.match_indices("://").map(|(at, separator)| at + separator.len());
    separators
        .filter_map(|start| {
            let rest = &text[start..];
            let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'<>\\".contains(c)).unwrap_or(rest.len());
            let at = rest[..end].rfind('@')?;
            (at > 0).then_some(start..start + at)
        })
        .collect()
}

/// `api_key=...` in URLs and forms; `x-api-key: ...` in dumped headers when the value looks random.
fn named_values(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for (at, separator) in text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'=' | b':')) {
        let name_start =
            bytes[..at].iter().rposition(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')));
        let name = &text[name_start.map_or(0, |before| before + 1)..at];
        if name.is_empty() || !super::names::is_secret(name) {
            continue;
        }
        let mut start = at + 1;
        if separator == b':' {
            start += bytes[start..].iter().take_while(|b| **b == b' ').count();
        }
        let end = text[start..]
            .find(|c: char| c.is_whitespace() || "&\"'<>#,;)}]\\".contains(c))
            .map_or(text.len(), |length| start + length);
        let value = &text[start..end];
        let random = separator == b'=' || (value.len() >= 12 && value.bytes().any(|b| b.is_ascii_digit()));
        if random && !value.is_empty() && value != super::PLACEHOLDER.trim_end_matches(']') {
            found.push(start..end);
        }
    }
    found
}

fn private_keys(text: &str) -> Vec<Range<usize>> {
    text.match_indices("-----BEGIN ")
        .filter(|(start, _)| text[*start..].lines().next().is_some_and(|line| line.contains("PRIVATE KEY-----")))
        .map(|(start, _)| {
            let end = text[start..].find("-----END ").map_or(text.len(), |end| {
                let line = &text[start + end + 9..];
                start + end + 9 + line.find("-----").map_or(line.len(), |close| close + 5)
            });
            start..end
        })
        .collect()
}

fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn known_forms_are_found_in_running_text() {
        assert_eq!(secrets("Incorrect API key provided: sk-proj-Ab12Cd34Ef56Gh78. See"), ["sk-proj-Ab12Cd34Ef56Gh78."]);
        assert_eq!(secrets("Authorization: Bearer abc123DEF456"), ["abc123DEF456"]);
        assert_eq!(secrets("basic dXNlcjpwYXNzd29yZA== was refused"), ["dXNlcjpwYXNzd29yZA=="]);
        assert_eq!(secrets("go to https://bob:hunter2@db.internal/x"), ["bob:hunter2"]);
        assert_eq!(secrets("/v1?api_key=abc&limit=5"), ["abc"]);
        let jwt = "eyJhbGciOi.eyJzdWIiOi.SflKxwRJSMeKKF2QT4";
        assert_eq!(secrets(jwt), [jwt]);
        let pem = "x -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- y";
        assert_eq!(secrets(pem), [&pem[2..pem.len() - 2]]);
    }

    #[test]
    fn no_known_form_is_shorter_than_the_shortest() {
        let shortest = PREFIXES.iter().map(|(prefix, more)| prefix.len() + more).min();
        assert!(shortest >= Some(SHORTEST_KNOWN) && "eyJ.eyJ.12345678".len() >= SHORTEST_KNOWN);
    }

    #[test]
    fn ordinary_text_is_left_alone() {
        let text = "The bearer of this letter, sk-learn, uses basic arithmetic: token: yes. mail a@b.io \
                    http://host/p@th eyJsYXN0X29iamVjdCI6 limit=5 key=blue";
        assert!(secrets(text).is_empty(), "{:?}", secrets(text));
    }
}

#[cfg(test)]
mod prefixes {
    #[test]
    fn every_prefix_gets_past_the_first_letter() {
        for (prefix, more) in super::PREFIXES {
            let token = format!("{prefix}{}", "A1".repeat(more));
            assert!(super::is_known(&token), "{prefix}");
        }
    }
}
