//! Reads messages into the index, each once.

use std::borrow::Cow;

use serde::de::{DeserializeSeed, IgnoredAny};
use serde_json::Value;

use super::document::Document;
use super::index::{Index, List};
use super::rarity::{Rarity, unescaped, without_quotes};
use super::spots::{Kind, Spot, Spots, hash, mix};
use super::words::{has_words, words};
use crate::analysis::url::{Piece, parameters, pieces, urls};
use crate::format::{Body, CallReply, Content, HttpReply, HttpRequest, Interaction, Reply, Request};
use crate::model::{Wire, sse};
use crate::text::decode_form;

/// JSON in a text in JSON in a text is read, not more.
const NESTED: u8 = 2;
/// Of a text of a reply so many pieces are looked at.
const PIECES: usize = 4_000;
/// A shorter text is no sentence.
const SENTENCE: usize = 8;
/// Headers of HTTP itself: what they say is known without any reply.
const OF_HTTP: [&str; 14] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "host",
    "server",
    "transfer-encoding",
    "user-agent",
    "vary",
];

/// Whether a request or a reply is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Reply,
}

/// The JSON document of a request; asked for where a model is.
pub(super) type Documents<'d, 'i> = &'d dyn Fn(&'i Interaction) -> Option<Cow<'i, Value>>;

/// What reads a recording.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) index: Index,
    pub(super) side: Side,
    /// For numbers.
    pub(super) buffer: String,
    /// Of a request to a model: which conversation it goes on with.
    conversation: Option<u64>,
    nested: u8,
}

/// Every value of a recording, given the documents of requests.
pub(super) fn read<'i>(interactions: &'i [Interaction], documents: Documents<'_, 'i>) -> Index {
    let mut reader = Reader::new(Index::default(), Side::Request);
    for interaction in interactions {
        reader.interaction(interaction, documents);
    }
    reader.index.finish();
    reader.index
}

impl Reader {
    pub(super) fn new(index: Index, side: Side) -> Self {
        Self { index, side, buffer: String::new(), conversation: None, nested: 0 }
    }

    fn interaction<'i>(&mut self, interaction: &'i Interaction, documents: Documents<'_, 'i>) {
        let spoken = match &interaction.request {
            Request::Http(request) if Wire::of_path(&request.target).is_some() => documents(interaction)
                .and_then(|document| Some((Wire::of_document(&request.target, &document)?, document))),
            _ => None,
        };
        let is_call_of_model = matches!(interaction.request, Request::Call(_)) && interaction.asks_a_model();
        let asks_a_model = spoken.is_some() || is_call_of_model;
        self.index.begin(interaction.number, asks_a_model, interaction.reply.is_success());
        self.conversation = asks_a_model.then(|| {
            let said = spoken.as_ref().and_then(|(wire, body)| wire.first_user(body));
            mix(hash(&interaction.channel), said.map_or(0, |said| hash(&said.to_string())))
        });
        self.side = Side::Request;
        match &interaction.request {
            Request::Http(request) => self.http_request(request, spoken.as_ref().map(|(_, body)| &**body)),
            Request::Call(call) => {
                let body = self.index.spots.at(Spots::START, Kind::Body, 0);
                self.document(body, &call.args);
            }
        }
        self.side = Side::Reply;
        match &interaction.reply {
            Reply::Http(reply) => self.http_reply(reply, spoken.map(|(wire, _)| wire)),
            Reply::Call(reply) => {
                let body = self.index.spots.at(Spots::START, Kind::Body, 0);
                match reply {
                    CallReply::Returned(value) => self.document(body, value),
                    CallReply::Failed(message) => self.text(body, message),
                }
            }
        }
    }

    fn http_request(&mut self, request: &HttpRequest, parsed: Option<&Value>) {
        for (index, segment) in request.path().split('/').enumerate() {
            let spot = self.index.spots.at(Spots::START, Kind::Segment, index);
            self.text(spot, &decode_form(segment));
        }
        for (name, value) in parameters(request.query()) {
            let spot = self.index.spots.named(Spots::START, Kind::Query, &name);
            self.text(spot, &value);
        }
        let kind = if request.query().is_empty() { Kind::Location } else { Kind::Target };
        let spot = self.index.spots.at(Spots::START, kind, 0);
        self.value(spot, &decode_form(&request.target));
        for (name, value) in request.headers.iter().filter(|(name, _)| !OF_HTTP.contains(&name.as_str())) {
            let spot = self.index.spots.named(Spots::START, Kind::Header, name);
            self.text(spot, without_quotes(value).unwrap_or(value));
        }
        let body = self.index.spots.at(Spots::START, Kind::Body, 0);
        match (parsed, request.body.text()) {
            (Some(parsed), _) => self.document(body, parsed),
            (None, Some(text)) if is_form(request) => {
                for (name, value) in parameters(text) {
                    let spot = self.index.spots.named(body, Kind::Key, &name);
                    self.text(spot, &value);
                }
            }
            (None, Some(text)) => self.body(body, &request.body, text),
            (None, None) => {}
        }
    }

    fn http_reply(&mut self, reply: &HttpReply, model: Option<Wire>) {
        for (name, value) in reply.headers.iter().filter(|(name, _)| !OF_HTTP.contains(&name.as_str())) {
            let spot = self.index.spots.named(Spots::START, Kind::Header, name);
            self.text(spot, without_quotes(value).unwrap_or(value));
        }
        let framed;
        let content = match &reply.content {
            Content::Whole(body) => body,
            Content::Frames(_) => {
                framed = reply.body();
                &framed
            }
        };
        let spot = self.index.spots.at(Spots::START, Kind::Body, 0);
        if content.json_text().is_some_and(|text| self.json(spot, content, text)) {
            return;
        }
        if let Some(wire) = model {
            for (index, call) in wire.calls(&content.to_bytes()).into_iter().enumerate() {
                let spot = self.index.spots.at(Spots::START, Kind::Argument, index);
                self.document(spot, &call.arguments);
            }
            return;
        }
        let Some(text) = content.text() else { return };
        let is_stream = reply.header("content-type").is_some_and(|kind| kind.starts_with("text/event-stream"));
        if is_stream || text.starts_with("data:") || text.starts_with("event:") {
            for (index, event) in sse::events(text.as_bytes()).enumerate() {
                let spot = self.index.spots.at(Spots::START, Kind::Event, index);
                self.text(spot, &event.data);
            }
            return;
        }
        self.text_body(spot, text);
    }

    fn body(&mut self, spot: Spot, body: &Body, text: &str) {
        if body.json_text().is_none() || !self.json(spot, body, text) {
            self.text_body(spot, text);
        }
    }

    fn text_body(&mut self, spot: Spot, text: &str) {
        if self.side == Side::Reply
            && let Some(items) = repeated_elements(text)
        {
            self.index.bring_list(List { spot, items, of_objects: true, hash: hash(text) });
        }
        self.text(spot, text);
    }

    /// Reads a JSON document, if the text is one.
    fn json(&mut self, spot: Spot, body: &Body, text: &str) -> bool {
        // What looks like JSON has been read, except in a body of text.
        if !matches!(body, Body::Json(_)) && serde_json::from_str::<IgnoredAny>(text).is_err() {
            return false;
        }
        let mut source = serde_json::Deserializer::from_str(text);
        Document { reader: self, spot }.deserialize(&mut source).is_ok()
    }

    fn document(&mut self, spot: Spot, value: &Value) {
        // A value is always a JSON value.
        let _ = Document { reader: self, spot }.deserialize(value);
    }

    /// A value as it stands.
    pub(super) fn value(&mut self, spot: Spot, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.side {
            Side::Reply => self.index.bring(spot, text),
            Side::Request => {
                self.index.carry(spot, text, self.conversation);
            }
        }
    }

    pub(super) fn object(&mut self, spot: Spot, hash: u64) {
        match self.side {
            Side::Reply => self.index.bring_object(spot, hash),
            Side::Request => self.index.carry_object(spot, hash),
        }
    }

    /// A text, and what is in it.
    pub(super) fn text(&mut self, spot: Spot, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.side {
            Side::Reply => {
                // A text of many lines is never given back as a whole, but a document may be.
                self.index.bring(spot, text);
                self.inside(spot, text);
            }
            Side::Request => {
                let known = self.index.carry(spot, text, self.conversation);
                if known || text.len() < SENTENCE || !has_words(text) || self.nested(spot, text) {
                    return;
                }
                let mut found = Vec::new();
                self.index.in_text(text, &mut found);
                if !found.is_empty() {
                    let word = self.index.spots.at(spot, Kind::Word, 0);
                    for (value, range) in found {
                        self.index.carry_words(word, value, &text[range], self.conversation);
                    }
                }
            }
        }
    }

    /// What is in a text of a reply: URLs, JSON, or ids in a sentence.
    fn inside(&mut self, spot: Spot, text: &str) {
        if text.len() < SENTENCE || !has_words(text) {
            return;
        }
        let mut is_url = false;
        for url in urls(text) {
            is_url = true;
            self.url(spot, url);
        }
        if is_url || self.nested(spot, text) || !text.bytes().any(|byte| byte.is_ascii_whitespace() || byte == b'<') {
            return;
        }
        let ends = |letter: char| letter.is_whitespace() || "<>\"'`()[]{},;|=".contains(letter);
        let mut word = None;
        for piece in text.split(ends).take(PIECES) {
            // Padding of base64 is cut off here as it is where the value is looked for.
            let piece = piece.trim_matches(|letter| ".:!?*".contains(letter));
            if piece.len() < 6 || !piece.bytes().any(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let word = *word.get_or_insert_with(|| self.index.spots.at(spot, Kind::Word, 0));
            if piece.contains("://") || piece.starts_with('/') {
                urls(&unescaped(piece)).for_each(|url| self.url(word, url));
                continue;
            }
            if Rarity::of(piece).is_telling() {
                self.index.bring(word, piece);
            }
        }
    }

    fn url(&mut self, spot: Spot, url: &str) {
        pieces(url, &mut |piece, text| {
            let spots = &mut self.index.spots;
            let spot = match piece {
                Piece::Segment(index) => spots.at(spot, Kind::UrlSegment, index),
                Piece::Parameter(name) => spots.named(spot, Kind::UrlParameter, &name),
                Piece::Target => spots.at(spot, Kind::UrlTarget, 0),
                Piece::Location => spots.at(spot, Kind::UrlLocation, 0),
            };
            self.value(spot, &text);
        });
    }

    /// Reads the JSON document that a text is, if it is one.
    fn nested(&mut self, spot: Spot, text: &str) -> bool {
        let text = text.trim();
        let framed = (text.starts_with('{') && text.ends_with('}')) || (text.starts_with('[') && text.ends_with(']'));
        if !framed || self.nested >= NESTED || serde_json::from_str::<IgnoredAny>(text).is_err() {
            return false;
        }
        self.nested += 1;
        let is_event = self.index.spots.step(spot).kind == Kind::Event;
        let spot = if is_event { spot } else { self.index.spots.at(spot, Kind::Json, 0) };
        let mut source = serde_json::Deserializer::from_str(text);
        let _ = Document { reader: self, spot }.deserialize(&mut source);
        self.nested -= 1;
        true
    }
}

fn is_form(request: &HttpRequest) -> bool {
    request.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

/// How many elements of the commonest name a document of XML or HTML has.
fn repeated_elements(text: &str) -> Option<u32> {
    if !text.trim_start().starts_with('<') {
        return None;
    }
    let mut names: super::spots::Hashed<u32> = super::spots::Hashed::default();
    for opened in text.split('<').skip(1).filter(|tag| tag.starts_with(|first: char| first.is_ascii_alphabetic())) {
        if let Some(name) = words(opened).next() {
            *names.entry(hash(&opened[name])).or_default() += 1;
        }
    }
    names.into_values().max().filter(|times| *times > 1)
}
