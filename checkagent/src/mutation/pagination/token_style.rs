//! How a service writes the token of a next page, and where it takes it back.

use checkagent_cassette::analysis::{Part, Place};
use checkagent_cassette::json::Pointer;
use checkagent_cassette::origin::{origin_of, template};
use checkagent_cassette::{HttpRequest, Reply, Request};

use super::pages::is_whole;
use super::place::put;
use crate::mutation::bend::Rewrite;
use crate::recording::Recording;

/// A style of pages that a service has elsewhere, or the one of AIP-158.
pub(super) struct TokenStyle {
    /// Where the token stands in a reply.
    source: Place,
    /// The parameter or member that takes it.
    parameter: String,
    /// What stands in front of the path in the service's links; nothing for relative ones.
    origin: String,
}

impl TokenStyle {
    /// The style of the lists on a channel that have pages; without any, `next_page_token` and `page_token`.
    pub(super) fn on(recording: &Recording, channel: &str) -> Self {
        let pages = recording.pages().iter();
        let mut known = pages.filter(|page| recording.interaction(page.from).channel == *channel);
        let styled = known.find_map(|page| {
            let source = page.source.as_ref().filter(|source| is_whole(source))?;
            let reply = &recording.interaction(page.from).reply;
            let parameter = parameter(source, &page.sink)?;
            Some(Self { parameter, origin: origin(source, reply), source: source.clone() })
        });
        styled.unwrap_or_else(|| Self {
            source: Place::Body(Pointer::root().key("next_page_token"), None),
            parameter: "page_token".to_owned(),
            origin: String::new(),
        })
    }

    /// What brings the token in a reply to that request. A reply that is no object gets it in a `Link` header.
    pub(super) fn rewrite(&self, channel: &str, request: &HttpRequest, reply: &Reply, token: &str) -> Option<Rewrite> {
        let next = |origin: &str| format!("{origin}{}", with_parameter(&request.target, &self.parameter, token));
        let link = |origin: &str| format!("<{}>; rel=\"next\"", next(origin));
        let document = reply.json()?;
        match &self.source {
            Place::Body(at, part) if document.is_object() => {
                let value = if part.is_some() { next(&self.origin) } else { token.to_owned() };
                put(&document, at, value.into()).map(Rewrite::edit)
            }
            Place::Header(name, _) if name == "link" => {
                Some(Rewrite::default().header(name, Some(&link(&self.origin))))
            }
            Place::Header(name, Some(_)) => Some(Rewrite::default().header(name, Some(&next(&self.origin)))),
            Place::Header(name, None) => Some(Rewrite::default().header(name, Some(token))),
            _ => Some(Rewrite::default().header("link", Some(&link(&template(channel))))),
        }
    }
}

/// Whether a request asks for what the token leads to: the same path, with the token in its query or its body.
pub(super) fn asks_with(request: &Request, like: &Request, token: &str) -> bool {
    let (Request::Http(asked), Request::Http(known)) = (request, like) else { return false };
    let carried = || {
        let atoms = checkagent_cassette::analysis::request_atoms(request);
        atoms.iter().any(|atom| matches!(atom.place, Place::Query(_) | Place::Body(..)) && atom.text == token)
    };
    asked.method == known.method && asked.path() == known.path() && carried()
}

fn parameter(source: &Place, sink: &Place) -> Option<String> {
    let in_url = match source {
        Place::Header(_, Some(Part::Parameter(name))) | Place::Body(_, Some(Part::Parameter(name))) => Some(name),
        _ => None,
    };
    match sink {
        Place::Query(name) => Some(name.clone()),
        // The member of a body counts where it stands at its top; the client knows it from the other lists.
        Place::Body(at, _) => Some(at.field()?.to_owned()),
        Place::Target => Some(in_url.cloned().unwrap_or_else(|| "page_token".to_owned())),
        _ => None,
    }
}

/// What stands in front of the path in the link of a reply.
fn origin(source: &Place, reply: &Reply) -> String {
    let text = match source {
        Place::Header(name, _) => {
            let known = reply.headers().iter().find(|(known, _)| *known == **name);
            known.map(|(_, value)| value.to_string())
        }
        Place::Body(at, _) => reply.json().and_then(|document| {
            at.resolve(&document).first().and_then(|(_, value)| value.as_str().map(str::to_owned))
        }),
        _ => None,
    };
    let text = text.unwrap_or_default();
    let url = text.trim_start_matches('<');
    match url.split_once("}}") {
        Some((template, _)) if url.starts_with("{{origin") => format!("{template}}}}}"),
        _ => origin_of(url).unwrap_or_default(),
    }
}

fn with_parameter(target: &str, name: &str, value: &str) -> String {
    let separator = if target.contains('?') { '&' } else { '?' };
    format!("{target}{separator}{name}={value}")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::request;

    #[test]
    fn what_the_token_leads_to_is_asked_for_in_a_query_or_a_body_of_the_same_path() {
        let like = request("GET", "/a?limit=5", &Value::Null);
        let asks = |target: &str, body: Value| asks_with(&request("GET", target, &body), &like, "tok-1");
        assert!(asks("/a?limit=5&page_token=tok-1", Value::Null));
        assert!(asks("/a", json!({"paging": {"cursor": "tok-1"}})));
        assert!(!asks("/a?page_token=tok-2", Value::Null));
        assert!(!asks("/b?page_token=tok-1", Value::Null));
        assert!(!asks("/a/tok-1", Value::Null));
    }

    #[test]
    fn a_link_has_the_origin_of_the_services_other_links() {
        let reply = |link: &str| {
            Reply::Http(checkagent_cassette::HttpReply {
                headers: vec![("link".into(), link.into())],
                ..Default::default()
            })
        };
        let source = Place::Header("link".to_owned(), None);
        for (link, expected) in [
            ("<{{origin:api}}/a?p=2>; rel=\"next\"", "{{origin:api}}"),
            ("<https://api.example/a?p=2>; rel=\"next\"", "https://api.example"),
            ("</a?p=2>; rel=\"next\"", ""),
        ] {
            assert_eq!(origin(&source, &reply(link)), expected);
        }
    }
}
