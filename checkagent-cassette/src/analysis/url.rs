//! URLs in texts, and what they consist of.

use std::borrow::Cow;

use crate::text::decode_form;

/// A piece of a URL.
#[derive(Debug)]
pub(super) enum Piece<'u> {
    /// A path segment, counted from 0.
    Segment(usize),
    /// A query parameter of that name.
    Parameter(Cow<'u, str>),
    /// Path and query, where there is a query.
    Target,
    /// The path, where there is no query.
    Location,
}

/// The URLs that a text consists of: `http://h/p?a=b`, `/p?a=b`, and what a `Link` header has between `<` and `>`.
pub(super) fn urls(text: &str) -> impl Iterator<Item = &str> {
    // Documents of XML and HTML begin with a name.
    let header = text.strip_prefix('<').is_some_and(|rest| rest.starts_with('/') || is_absolute(rest));
    let links = text.split('<').filter_map(|link| link.split_once('>')).map(|(url, _)| url).filter(move |_| header);
    links.chain(Some(text).filter(|_| !header)).filter(|url| is_url(url))
}

fn is_absolute(url: &str) -> bool {
    url.starts_with("{{origin") || (url.contains("://") && url.starts_with(|first: char| first.is_ascii_alphabetic()))
}

fn is_url(url: &str) -> bool {
    (url.starts_with('/') || is_absolute(url)) && !url.contains(char::is_whitespace)
}

/// Path and query of a URL, as a request would have them.
pub(super) fn target(url: &str) -> &str {
    let (location, _) = url.split_once('?').unwrap_or((url, ""));
    if is_absolute(url) { &url[location.len() - after_origin(location).len()..] } else { url }
}

/// The pieces of a URL, decoded.
pub(super) fn pieces<'u>(url: &'u str, visit: &mut dyn FnMut(Piece<'u>, Cow<'u, str>)) {
    let target = target(url);
    let target = target.split_once('#').map_or(target, |(target, _)| target);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    for (index, segment) in path.split('/').enumerate() {
        visit(Piece::Segment(index), decode_form(segment));
    }
    for (name, value) in parameters(query) {
        visit(Piece::Parameter(name), value);
    }
    match (query.is_empty(), path.is_empty()) {
        (false, _) => visit(Piece::Target, decode_form(target)),
        (true, false) => visit(Piece::Location, decode_form(path)),
        (true, true) => {}
    }
}

fn after_origin(location: &str) -> &str {
    let rest = location.split_once("}}").or_else(|| location.split_once("://")).map_or(location, |(_, rest)| rest);
    rest.find('/').map_or("", |at| &rest[at..])
}

/// The parameters of a query, decoded.
pub(super) fn parameters(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decode_form(name), decode_form(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_and_query_are_those_a_request_would_have() {
        assert_eq!(target("https://h.example/a/b?c=d"), "/a/b?c=d");
        assert_eq!(target("{{origin:api}}/a?c=http://x/y"), "/a?c=http://x/y");
        assert_eq!(target("/a?u=http://x/y"), "/a?u=http://x/y");
        assert_eq!(target("https://h.example?c=d"), "?c=d");
    }

    #[test]
    fn the_urls_of_a_link_header_are_found_and_prose_is_none() {
        let header = "<https://h/x?page=2>; rel=\"next\", </x?page=9>; rel=\"last\"";
        assert_eq!(urls(header).collect::<Vec<_>>(), ["https://h/x?page=2", "/x?page=9"]);
        assert_eq!(urls("see https://h/x").count(), 0);
        assert_eq!(urls("plain").count(), 0);
        assert_eq!(urls("<a><b>/x</b></a>").count(), 0);
    }
}
