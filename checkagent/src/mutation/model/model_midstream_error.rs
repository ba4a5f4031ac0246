//! A stream that ends in an error.

use checkagent_cassette::model::{Failure, Streaming, Wire};
use checkagent_cassette::{Content, Ending, Fidelity, Frame, HttpReply};

use super::position::{Position, cut};
use super::said::CALLING;
use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::{ModelExchange, Recording};

/// A success by its status, and an error in the middle of the stream. See [`model_midstream_error`].
#[derive(Clone, Debug)]
pub struct ModelMidstreamError;

/// The provider answers 200 and begins to say something; then an error comes in the stream, as each wire writes it, and
/// nothing after it: before the first word, in the text, or in the arguments of a call. A retry gets through.
#[must_use]
pub fn model_midstream_error() -> ModelMidstreamError {
    ModelMidstreamError
}

impl Operator for ModelMidstreamError {
    fn id(&self) -> &'static str {
        "model_midstream_error"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The stream of a model begins with 200 and ends in an error event.",
            seen: "Anthropic (overloaded_error), OpenAI's chat (an error object without [DONE]) and Responses (an `error` event)",
            source: "Helicone#4678, anthropic-sdk-python#1918, vercel/ai#10653, openai-python _streaming.py, openai/codex#88",
            sites: "every streamed reply of these wires: before the first word, in the text, in the arguments of a call",
            good: "runs no half call, takes half a text for no answer, and asks again, not without end",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let exchanges = recording.model_exchanges().iter().filter(|exchange| failure(exchange).is_some());
        let sites = exchanges.flat_map(|exchange| {
            let stream = exchange.stream.as_ref();
            let there = |position: &Position| stream.is_some_and(|stream| position.offset(stream).is_some());
            let site = |position: Position| {
                let rank = if position == Position::InArguments { CALLING } else { 60 };
                Site::at(exchange.number).variant(position.name()).rank(rank)
            };
            POSITIONS.into_iter().filter(there).map(site).collect::<Vec<_>>()
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let reply = broken(site, recording);
        reply.map_or(Bend::All(Vec::new()), |reply| Bend::Fault {
            at: site.interaction,
            fault: Fault::Reply(reply),
            times: 1,
        })
    }
}

const POSITIONS: [Position; 3] = [Position::InArguments, Position::InText, Position::BeforeTheFirst];

/// What the provider fails at, where it is known how it says so in a stream of events.
fn failure(exchange: &ModelExchange) -> Option<Failure> {
    if exchange.streaming != Some(Streaming::Sse) {
        return None;
    }
    match exchange.wire {
        Wire::OpenAiChat => Some(Failure::Internal),
        Wire::OpenAiResponses => Some(Failure::RateLimited),
        Wire::Anthropic => Some(Failure::Overloaded),
        Wire::Gemini | Wire::Bedrock => None,
    }
}

fn broken(site: &Site, recording: &Recording) -> Option<HttpReply> {
    let exchange = recording.model_exchange(site.interaction)?;
    let stream = exchange.stream.as_ref()?;
    let at = Position::named(site.variant)?.offset(stream)?;
    let before = stream.events.iter().filter(|event| event.range.end <= at).count();
    let last = exchange.wire.fails_midstream(failure(exchange)?, before as u64)?;
    let mut reply = cut(exchange.recorded(recording)?, at, Ending::Complete);
    if let Content::Frames(frames) = &mut reply.content {
        frames.push(Frame { after: None, data: last.data });
    }
    Some(reply)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{
        FORMS, all_bent, assert_a_retry_gets_through, assert_finds_nothing_without_a_model, session, sites,
    };

    use super::*;

    #[test]
    fn streams_of_events_may_fail_where_it_is_known_how() {
        for (wire, form) in FORMS {
            let all: &[&str] =
                &["1:in_arguments", "1:in_text", "1:before_the_first", "3:in_text", "3:before_the_first"];
            let expected = if form == Streaming::Sse && wire != Wire::Gemini { all } else { &[] };
            assert_eq!(sites(&model_midstream_error(), wire, form), expected, "{wire:?} {form:?}");
        }
    }

    #[test]
    fn the_stream_begins_as_recorded_and_ends_in_an_error() {
        for (wire, form, site, reply) in all_bent(model_midstream_error) {
            let recording = session(wire, form);
            let recorded = recording.model_exchange(site.interaction).unwrap().recorded(&recording).unwrap().body();
            let body = reply.body();
            let (body, recorded) = (body.text().unwrap(), recorded.text().unwrap());
            let (begin, error) = body.rsplit_once("data: ").unwrap();
            let begin = begin.strip_suffix("event: error\n").unwrap_or(begin);
            assert!(recorded.starts_with(begin) && begin.len() < recorded.len(), "{wire:?} {site}");
            assert!(error.contains("error") && reply.status == 200 && wire.saying(&reply).is_none(), "{wire:?} {site}");
            if wire == Wire::OpenAiResponses {
                let number = begin.matches("data: ").count();
                assert!(error.contains(&format!("\"sequence_number\":{number}")), "{error}");
            }
        }
        assert_a_retry_gets_through(model_midstream_error);
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&model_midstream_error());
    }
}
