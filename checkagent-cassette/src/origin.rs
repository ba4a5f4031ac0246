//! Origins as templates, so that absolute links stay inside.
//!
//! A service answers with absolute URLs: `Next-Page`, `Link`, `Location`, links in bodies. In a cassette the origin of
//! each declared channel is `{{origin:name}}`; a replay puts its own origin there. Three spellings are known: plain,
//! with JSON-escaped slashes (`http:\/\/`), and percent-encoded (inside another URL).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The scheme, host and port of a URL, without user info: `https://api.example.com:8080`.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::origin::origin_of;
///
/// assert_eq!(origin_of("http://user:pass@host:8888/v1?x=1").as_deref(), Some("http://host:8888"));
/// assert_eq!(origin_of("/v1/records"), None);
/// ```
#[must_use]
pub fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    (!scheme.is_empty() && !host.is_empty()).then(|| format!("{scheme}://{host}"))
}

/// The user info of a URL, as it stands there: `user:password`.
#[must_use]
pub fn user_info(url: &str) -> Option<&str> {
    let authority = url.split_once("://")?.1.split(['/', '?', '#']).next()?;
    authority.rsplit_once('@').map(|(user, _)| user)
}

/// The path of a URL without a slash at its end: `/v1`, or nothing.
#[must_use]
pub fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/')
}

/// Replaces each `origin` by the template of its channel; `None` if none occurs.
#[must_use]
pub fn to_template(text: &str, origins: &[(String, String)]) -> Option<String> {
    if !origins.iter().any(|(_, origin)| may_hold(text, origin)) {
        return None;
    }
    replace(text, origins, |name, origin, spelling| (spelling.write(origin), spelling.template(name)))
}

/// Whether a text may hold an origin in any spelling: all of them write its longest plain piece, the host, alike.
fn may_hold(text: &str, origin: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '~');
    let host = origin.split(|c| !is_plain(c)).max_by_key(|piece| piece.len()).unwrap_or_default();
    text.len() >= origin.len() && text.contains(host)
}

/// Replaces each channel's template by its `origin`; `None` if none occurs.
#[must_use]
pub fn from_template(text: &str, origins: &[(String, String)]) -> Option<String> {
    if !text.contains("{{origin") {
        return None;
    }
    replace(text, origins, |name, origin, spelling| (spelling.template(name), spelling.write(origin)))
}

/// The template of a channel's origin in its plain spelling.
#[must_use]
pub fn template(name: &str) -> String {
    Spelling::Plain.template(name)
}

fn replace(
    text: &str,
    origins: &[(String, String)],
    pair: impl Fn(&str, &str, Spelling) -> (String, String),
) -> Option<String> {
    let mut changed: Option<String> = None;
    for (name, origin) in origins {
        for spelling in [Spelling::Plain, Spelling::Escaped, Spelling::Encoded] {
            let (from, to) = pair(name, origin, spelling);
            let current = changed.as_deref().unwrap_or(text);
            if let Some(next) = replace_whole(current, &from, &to) {
                changed = Some(next);
            }
        }
    }
    changed
}

/// Replaces `from` where it does not go on: the origin `http://a:80` is not in `http://a:8080` or `http://a.b`.
fn replace_whole(text: &str, from: &str, to: &str) -> Option<String> {
    let mut out = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices(from) {
        let after = &text[at + from.len()..];
        let goes_on = after.starts_with(|next: char| next.is_ascii_alphanumeric() || matches!(next, '-' | '.'))
            && !from.ends_with("}}");
        if !goes_on {
            out.push_str(&text[done..at]);
            out.push_str(to);
            done = at + from.len();
        }
    }
    (done > 0).then(|| out + &text[done..])
}

/// What `encodeURIComponent` and its like leave as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_').remove(b'~');

#[derive(Clone, Copy)]
enum Spelling {
    Plain,
    Escaped,
    Encoded,
}

impl Spelling {
    fn write(self, origin: &str) -> String {
        match self {
            Self::Plain => origin.to_owned(),
            Self::Escaped => origin.replace('/', "\\/"),
            Self::Encoded => utf8_percent_encode(origin, ENCODED).to_string(),
        }
    }

    fn template(self, name: &str) -> String {
        match self {
            Self::Plain => format!("{{{{origin:{name}}}}}"),
            Self::Escaped => format!("{{{{origin-escaped:{name}}}}}"),
            Self::Encoded => format!("{{{{origin-encoded:{name}}}}}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_survive_a_move_to_another_origin() {
        let recorded = [("api".to_owned(), "http://127.0.0.1:8888".to_owned())];
        let replayed = [("api".to_owned(), "http://127.0.0.1:41234".to_owned())];
        let text = r#"<http://127.0.0.1:8888/v1?a=1>; rel="next" {"u":"http:\/\/127.0.0.1:8888\/x"} r=http%3A%2F%2F127.0.0.1%3A8888%2F"#;
        let template = to_template(text, &recorded).unwrap();
        assert!(!template.contains("8888"));
        assert_eq!(from_template(&template, &replayed).unwrap(), text.replace("8888", "41234"));
        assert_eq!(from_template(&template, &recorded).unwrap(), text);
    }

    #[test]
    fn an_origin_that_only_begins_alike_is_left_alone() {
        let origins = [("api".to_owned(), "http://a.io:80".to_owned())];
        assert_eq!(to_template("http://a.io:8080/x http://a.io:80.example", &origins), None);
    }
}
