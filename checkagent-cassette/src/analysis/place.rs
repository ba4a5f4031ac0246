//! Places in messages, and the values that stand there.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::url::{Piece, parameters, pieces, urls};
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
    /// A header, or a part of what it says.
    Header(String, Option<Part>),
    /// A member of the JSON body, or a part of what it says. A body of another kind is one member, the root.
    Body(Pointer, Option<Part>),
    /// A member of the JSON document in an event of a stream, or a part of what it says; events are counted from 0.
    Event(usize, Pointer, Option<Part>),
    /// An argument of a tool call that a model made in a stream; calls are counted from 0.
    Argument(usize, Pointer, Option<Part>),
}

/// A part of a text that stands in a header or a member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Path and query of a URL together.
    Target,
    /// A path segment of a URL, counted from 0.
    Segment(usize),
    /// A query parameter of a URL.
    Parameter(String),
    /// Some words of a longer text.
    Word,
    /// A member of the JSON document that the text is.
    Json(Pointer),
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
                if pointer.steps().is_empty() {
                    f.write_str("body")?;
                }
                write!(f, "{pointer}")?;
                part
            }
            Self::Event(event, pointer, part) => {
                write!(f, "event {}{}{pointer}", event + 1, if pointer.steps().is_empty() { "" } else { " " })?;
                part
            }
            Self::Argument(call, pointer, part) => {
                write!(f, "tool call {} {pointer}", call + 1)?;
                part
            }
        };
        match part {
            Some(Part::Parameter(name)) => write!(f, " (`{name}` in its URL)"),
            Some(Part::Word) => f.write_str(" (in its text)"),
            Some(Part::Json(inner)) => write!(f, " ({inner} in its JSON)"),
            Some(Part::Segment(_) | Part::Target) | None => Ok(()),
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

/// Every value that a request carries as a whole.
#[must_use]
pub fn request_atoms(request: &Request) -> Vec<Atom> {
    let mut atoms = Vec::new();
    if let Request::Http(request) = request {
        for (index, segment) in request.path().split('/').enumerate() {
            push(&mut atoms, Place::Path(index), decode_form(segment).into_owned());
        }
        for (name, value) in parameters(request.query()) {
            push(&mut atoms, Place::Query(name.into_owned()), value.into_owned());
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

/// Every value that a reply carries as a whole or as a part of a URL.
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

fn url_atoms(text: &str, place: &dyn Fn(Option<Part>) -> Place, atoms: &mut Vec<Atom>) {
    for url in urls(text) {
        pieces(url, &mut |piece, text| {
            let part = match piece {
                Piece::Segment(index) => Part::Segment(index),
                Piece::Parameter(name) => Part::Parameter(name.into_owned()),
                Piece::Target => Part::Target,
                Piece::Location => return,
            };
            push(atoms, place(Some(part)), text.into_owned());
        });
    }
}

/// A string or a number as text.
pub(super) fn atom_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn push(atoms: &mut Vec<Atom>, place: Place, text: String) {
    if !text.is_empty() {
        atoms.push(Atom { place, text });
    }
}
