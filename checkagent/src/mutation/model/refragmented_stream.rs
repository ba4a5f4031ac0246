//! The same stream in other pieces.

use std::time::Duration;

use checkagent_cassette::{Body, Content, Fidelity, Frame, HttpReply, Reply};

use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::{ModelExchange, ModelStream, Recording};

/// A stream in other pieces. See [`refragmented_stream`].
#[derive(Clone, Debug)]
pub struct RefragmentedStream;

/// The bytes of a stream come in other pieces than recorded, at the times at which they came: byte by byte, all in one,
/// cut inside characters, cut inside lines. They are the same bytes: a right client sees no difference.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::{Operator, refragmented_stream};
///
/// assert!(refragmented_stream().about().what.contains("pieces"));
/// ```
#[must_use]
pub fn refragmented_stream() -> RefragmentedStream {
    RefragmentedStream
}

const BYTES: &str = "byte_by_byte";
const ONE: &str = "one_piece";
const CHARACTERS: &str = "in_characters";
const LINES: &str = "in_lines";
const VARIANTS: [&str; 4] = [CHARACTERS, LINES, BYTES, ONE];

/// A longer stream comes in longer pieces.
const PIECES: usize = 1 << 16;

fn frames(reply: &HttpReply) -> Vec<Frame> {
    match &reply.content {
        Content::Frames(frames) => frames.clone(),
        Content::Whole(body) => vec![Frame { after: None, data: body.clone() }],
    }
}

fn applies(variant: &str, exchange: &ModelExchange, reply: &HttpReply) -> bool {
    let pieces = if let Content::Frames(frames) = &reply.content { frames.len() } else { 1 };
    match (variant, &exchange.stream) {
        (CHARACTERS, stream) => stream.as_ref().is_some_and(|stream| stream.inside_a_character.is_some()),
        (LINES, stream) => stream.is_some(),
        // What is streamed without being a format of ours is bytes all the same.
        (BYTES, stream) => stream.is_some() || pieces > 1,
        _ => pieces > 1,
    }
}

/// Where the pieces end, but for the last.
fn cuts(variant: Option<&str>, stream: Option<&ModelStream>, body: &[u8]) -> Vec<usize> {
    let lead = |(at, byte): (usize, &u8)| (*byte >= 0xc0).then_some(at + 1);
    let inside = |bytes: &std::ops::Range<usize>| usize::midpoint(bytes.start, bytes.end);
    match variant {
        Some(BYTES) => (1..body.len()).step_by(body.len() / PIECES + 1).collect(),
        Some(CHARACTERS) => body.iter().enumerate().filter_map(lead).take(PIECES).collect(),
        Some(LINES) => stream.iter().flat_map(|stream| &stream.events).map(|event| inside(&event.range)).collect(),
        _ => Vec::new(),
    }
}

/// The same bytes, cut there; a piece comes when its last byte came.
fn recut(reply: &HttpReply, cuts: &[usize]) -> HttpReply {
    let body = reply.body();
    let body = body.to_bytes();
    let mut arrivals = Vec::new();
    let (mut now, mut end) = (Duration::ZERO, 0);
    for frame in frames(reply) {
        now += frame.after.unwrap_or_default();
        end += frame.data.to_bytes().len();
        arrivals.push((end, now));
    }
    let mut arrivals = arrivals.into_iter().peekable();
    let (mut start, mut before) = (0, Duration::ZERO);
    let mut pieces = Vec::with_capacity(cuts.len() + 1);
    for end in cuts.iter().copied().chain([body.len()]) {
        let Some(piece) = body.get(start..end).filter(|piece| !piece.is_empty()) else { continue };
        while arrivals.next_if(|(frame, _)| *frame < end).is_some() {}
        let arrived = arrivals.peek().map_or(now, |(_, arrived)| *arrived);
        pieces.push(Frame { after: Some(arrived.saturating_sub(before)), data: Body::from_bytes(piece) });
        (start, before) = (end, arrived);
    }
    HttpReply { content: Content::Frames(pieces), ..reply.clone() }
}

impl Operator for RefragmentedStream {
    fn id(&self) -> &'static str {
        "refragmented_stream"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The bytes of a stream come in other pieces than recorded; they are the same bytes.",
            seen: "every network: pieces follow packets, proxies and buffers, not events",
            source: "RFC 9112, section 7.1: chunks mean nothing; WHATWG HTML, server-sent events: lines end where they end",
            sites: "every streamed reply of a model: byte by byte, in one piece, cut inside characters, cut inside lines",
            good: "does what it does undisturbed",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let sites = recording.model_exchanges().iter().flat_map(|exchange| {
            let reply = exchange.recorded(recording);
            let there = move |variant: &&str| reply.is_some_and(|reply| applies(variant, exchange, reply));
            VARIANTS.into_iter().filter(there).map(|variant| Site::at(exchange.number).variant(variant).rank(60))
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let exchange = recording.model_exchange(site.interaction);
        let Some((exchange, reply)) = exchange.and_then(|exchange| Some((exchange, exchange.recorded(recording)?)))
        else {
            return Bend::All(Vec::new());
        };
        let cuts = cuts(site.variant, exchange.stream.as_ref(), &reply.body().to_bytes());
        Bend::Replace { at: site.interaction, reply: Reply::Http(recut(reply, &cuts)), times: None }
    }
}

#[cfg(test)]
mod tests {
    use checkagent_cassette::model::Streaming;

    use super::super::fixture::{FORMS, all_bent, assert_finds_nothing_without_a_model, session, sites};

    use super::*;

    #[test]
    fn every_stream_may_come_in_other_pieces() {
        for (wire, form) in FORMS {
            let all: Vec<_> =
                ["1", "3"].iter().flat_map(|number| VARIANTS.map(|name| format!("{number}:{name}"))).collect();
            let expected = if form == Streaming::Whole { Vec::new() } else { all };
            assert_eq!(sites(&refragmented_stream(), wire, form), expected, "{wire:?} {form:?}");
        }
    }

    #[test]
    fn the_bytes_stay_and_so_does_the_time() {
        for (wire, form, site, reply) in all_bent(refragmented_stream) {
            let recording = session(wire, form);
            let recorded = recording.model_exchange(site.interaction).unwrap().recorded(&recording).unwrap();
            assert_eq!(reply.body(), recorded.body(), "{wire:?} {form:?} {site}");
            let time = |reply: &HttpReply| frames(reply).iter().filter_map(|frame| frame.after).sum::<Duration>();
            assert_eq!(time(&reply), time(recorded), "{wire:?} {form:?} {site}");
            let pieces = frames(&reply);
            let broken = |frame: &Frame| matches!(frame.data, Body::Bytes(_));
            match site.variant.unwrap_or_default() {
                BYTES => assert_eq!(pieces.len(), reply.body().to_bytes().len()),
                ONE => assert_eq!(pieces.len(), 1),
                CHARACTERS => assert!(pieces.iter().any(broken)),
                _ => assert!(pieces.len() > 2 && !pieces[0].data.to_bytes().ends_with(b"\n")),
            }
        }
    }

    #[test]
    fn every_byte_comes_when_its_frame_came() {
        let frame =
            |millis, text: &str| Frame { after: Some(Duration::from_millis(millis)), data: Body::Text(text.into()) };
        let content = Content::Frames(vec![frame(5, "ab"), frame(7, "c")]);
        let recut = recut(&HttpReply { content, ..HttpReply::default() }, &[1, 2]);
        let after: Vec<_> = frames(&recut).iter().map(|frame| frame.after.unwrap().as_millis()).collect();
        assert_eq!(after, [5, 0, 7]);
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&refragmented_stream());
    }
}
