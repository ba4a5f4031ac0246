//! Places in messages, and the values that stand there.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::format::{Reply, Request};
use crate::json::{Pointer, leaves};
use crate::text::decode_form;

/// Where a value stands in a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A segment of the request's path, counted from 0.
    Path(usize),
    /// A query parameter of the request.
    Query(String),
    /// Path and query of the request together: where a link led.
    Target,
    /// A header, or a part of the URL in it.
    Header(String, Option<UrlPart>),
    /// A member of the JSON body, or a part of the URL in it.
    Body(Pointer, Option<UrlPart>),
}

/// A part of a URL that stands in a header or a member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UrlPart {
    /// Path and query together.
    Target,
    /// A path segment, counted from 0.
    Segment(usize),
    /// A query parameter.
    Parameter(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self {
            Self::Path(segment) => return write!(f, "path segment {}", segment + 1),
            Self::Query(name) => return write!(f, "query `{name}`"),
            Self::Target => return f.write_str("path and query"),
            Self::Header(name, part) => {
                write!(f, "header `{name}`")?;
                part
            }
            Self::Body(pointer, part) => {
                write!(f, "{pointer}")?;
                part
            }
        };
        match part {
            Some(UrlPart::Parameter(name)) => write!(f, " (`{name}` in its URL)"),
            Some(UrlPart::Segment(_) | UrlPart::Target) | None => Ok(()),
        }
    }
}

/// A value at a place, as text: a string without quotes, or a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom {
    /// Where it stands.
    pub place: Place,
    /// The value.
    pub text: String,
}

/// Every value that a request carries.
#[must_use]
pub fn request_atoms(request: &Request) -> Vec<Atom> {
    let mut atoms = Vec::new();
    if let Request::Http(request) = request {
        for (index, segment) in request.path().split('/').enumerate() {
            push(&mut atoms, Place::Path(index), decode_form(segment).into_owned());
        }
        for (name, value) in parameters(request.query()) {
            push(&mut atoms, Place::Query(name), value);
        }
        for (name, value) in &request.headers {
            push(&mut atoms, Place::Header(name.to_string(), None), value.to_string());
        }
        // A path alone is no link that was followed: clients know paths by themselves.
        if !request.query().is_empty() {
            push(&mut atoms, Place::Target, decode_form(&request.target).into_owned());
        }
    }
    if let Some(body) = request.json() {
        json_atoms(&body, &mut atoms);
    }
    atoms
}

/// Every value that a reply carries.
#[must_use]
pub fn reply_atoms(reply: &Reply) -> Vec<Atom> {
    let mut atoms = Vec::new();
    for (name, value) in reply.headers() {
        let place = |part| Place::Header(name.to_string(), part);
        url_atoms(value, &place, &mut atoms);
        push(&mut atoms, place(None), value.to_string());
    }
    if let Some(body) = reply.json() {
        json_atoms(&body, &mut atoms);
    }
    atoms
}

fn json_atoms(body: &Value, atoms: &mut Vec<Atom>) {
    leaves(body, &mut |pointer, value| {
        let place = |part| Place::Body(pointer.clone(), part);
        match value {
            Value::String(text) => {
                url_atoms(text, &place, atoms);
                push(atoms, place(None), text.clone());
            }
            Value::Number(number) => push(atoms, place(None), number.to_string()),
            _ => {}
        }
    });
}

/// The parts of the URLs in a text: `http://h/p?a=b`, `/p?a=b`, and what a `Link` header has between `<` and `>`.
fn url_atoms(text: &str, place: &dyn Fn(Option<UrlPart>) -> Place, atoms: &mut Vec<Atom>) {
    if text.starts_with('<') {
        let links = text.split('<').filter_map(|link| link.split_once('>'));
        links.for_each(|(url, _)| url_atoms(url, place, atoms));
        return;
    }
    let url = text;
    let absolute = url.contains("://") || url.starts_with("{{origin");
    if !(absolute || url.starts_with('/')) || url.contains(char::is_whitespace) {
        return;
    }
    let (location, query) = url.split_once('?').unwrap_or((url, ""));
    let path = if absolute { after_origin(location) } else { location };
    for (index, segment) in path.split('/').enumerate() {
        push(atoms, place(Some(UrlPart::Segment(index))), decode_form(segment).into_owned());
    }
    for (name, value) in parameters(query) {
        push(atoms, place(Some(UrlPart::Parameter(name))), value);
    }
    if !query.is_empty() {
        push(atoms, place(Some(UrlPart::Target)), decode_form(&format!("{path}?{query}")).into_owned());
    }
}

fn after_origin(location: &str) -> &str {
    let rest = location.split_once("}}").or_else(|| location.split_once("://")).map_or(location, |(_, rest)| rest);
    rest.find('/').map_or("", |at| &rest[at..])
}

fn parameters(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decode_form(name).into_owned(), decode_form(value).into_owned()))
}

fn push(atoms: &mut Vec<Atom>, place: Place, text: String) {
    if !text.is_empty() {
        atoms.push(Atom { place, text });
    }
}
