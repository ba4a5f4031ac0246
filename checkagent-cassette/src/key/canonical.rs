//! A request in the one form that is hashed.

use std::fmt::Display;
use std::io::Write;

use percent_encoding::percent_decode_str;
use serde_json::Number;

use super::document::Document;
use super::matching::Matching;
use crate::format::{Body, HttpRequest, Request};
use crate::json::Pointer;
use crate::text::decode_form;

/// Writes down a request as it is hashed. `rename` may replace ids that the client generated.
pub(super) struct Canonical<'m, R> {
    pub out: &'m mut Vec<u8>,
    pub matching: &'m Matching,
    pub rename: R,
}

impl<R: FnMut(&str, &mut Vec<u8>)> Canonical<'_, R> {
    pub(super) fn request(&mut self, channel: &str, request: &Request) {
        self.part(b'c', channel);
        match request {
            Request::Http(request) => self.http(request),
            Request::Call(call) => {
                self.part(b'n', &call.name);
                self.document(&Pointer::root(), &Document::of(&call.args));
            }
        }
    }

    fn http(&mut self, request: &HttpRequest) {
        self.part(b'm', &request.method);
        for segment in request.path().split('/') {
            self.text(b'/', &percent_decode_str(segment).decode_utf8_lossy());
        }
        self.pairs(b'?', request.query());
        let media = request.header("content-type").unwrap_or_default();
        if let Some(document) = request.body.json_text().and_then(Document::parse) {
            self.document(&Pointer::root(), &document);
            return;
        }
        match &request.body {
            Body::Empty => {}
            Body::Json(json) => self.text(b't', json.text()),
            Body::Text(text) if media.starts_with("application/x-www-form-urlencoded") => self.pairs(b'f', text),
            Body::Text(text) => match multipart_boundary(media) {
                Some(boundary) => self.text(b't', &text.replace(boundary, "boundary")),
                None => self.text(b't', text),
            },
            Body::Bytes(bytes) => {
                self.tag(b'b', bytes.len());
                self.out.extend_from_slice(bytes);
            }
        }
    }

    fn pairs(&mut self, tag: u8, text: &str) {
        let mut pairs: Vec<_> = text
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decode_form(name), decode_form(value)))
            .filter(|(name, _)| !self.matching.ignores_query(name))
            .collect();
        pairs.sort();
        for (name, value) in pairs {
            self.part(tag, &name);
            self.text(b'=', &value);
        }
    }

    fn document(&mut self, place: &Pointer, document: &Document<'_>) {
        match document {
            Document::Null => self.tag(b'0', 0),
            Document::Bool(flag) => self.tag(b'!', usize::from(*flag)),
            Document::Whole(number) => self.number(number),
            Document::Fraction(number) => self.number(&Number::from_f64(*number).unwrap_or(0.into())),
            Document::Text(text) => self.text(b'"', text),
            Document::List(items) => {
                self.tag(b'[', items.len());
                for (index, item) in items.iter().enumerate() {
                    let place = self.step(place, |place| place.index(index));
                    self.document(&place, item);
                }
            }
            Document::Members(members) => {
                self.tag(b'{', 0);
                for (name, member) in members {
                    let place = self.step(place, |place| place.key(name));
                    if self.matching.ignores_member(&place, name) {
                        continue;
                    }
                    self.part(b':', name);
                    self.document(&place, member);
                }
                self.tag(b'}', 0);
            }
        }
    }

    /// Places are only needed where the matching names some.
    fn step(&self, place: &Pointer, next: impl FnOnce(&Pointer) -> Pointer) -> Pointer {
        if self.matching.has_fields() { next(place) } else { Pointer::root() }
    }

    /// As [`Self::part`], written in place.
    fn number(&mut self, number: &dyn Display) {
        let start = self.out.len();
        self.tag(b'#', 0);
        let digits = self.out.len();
        // Writing to a vector cannot fail.
        let _ = write!(self.out, "{number}");
        let length = self.out.len() - digits;
        self.out[start + 1..digits].copy_from_slice(&(length as u64).to_le_bytes());
    }

    fn tag(&mut self, tag: u8, length: usize) {
        self.out.push(tag);
        // The same on every machine, whatever its word is.
        self.out.extend_from_slice(&(length as u64).to_le_bytes());
    }

    fn part(&mut self, tag: u8, text: &str) {
        self.tag(tag, text.len());
        self.out.extend_from_slice(text.as_bytes());
    }

    fn text(&mut self, tag: u8, text: &str) {
        self.out.push(tag);
        (self.rename)(text, self.out);
        self.out.push(0);
    }
}

fn multipart_boundary(media: &str) -> Option<&str> {
    let (_, boundary) = media.strip_prefix("multipart/")?.split_once("boundary=")?;
    let boundary = boundary.split(';').next()?.trim_matches('"');
    (!boundary.is_empty()).then_some(boundary)
}
