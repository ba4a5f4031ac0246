//! A stream that ends too early, without a word.

use checkagent_cassette::{Ending, Fidelity};

use super::position::{Position, cut};
use super::said::CALLING;
use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A stream that ends in order, but before its end. See [`model_stream_cut`].
#[derive(Clone, Debug)]
pub struct ModelStreamCut;

/// The connection is closed in order while the model speaks: in the text, in the arguments of a call, before it says why it
/// stops, before the last mark (`[DONE]`, `message_stop`), inside a character, inside a line. A retry gets through.
///
/// Without the last mark everything has been said: an agent may go on with it.
#[must_use]
pub fn model_stream_cut() -> ModelStreamCut {
    ModelStreamCut
}

impl Operator for ModelStreamCut {
    fn id(&self) -> &'static str {
        "model_stream_cut"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The stream of a model ends in order, but too early, and nothing says so.",
            seen: "proxies and load balancers with a limit on time; the Python clients of OpenAI, Anthropic and Google end their loops without an error",
            source: "the wire formats; openai-python _streaming.py",
            sites: "every streamed reply: in the text, in the arguments, before the finish, before the terminator, in a character, in a line",
            good: "takes a stream without an end for a failure: runs no half call, and asks again",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let sites = recording.model_exchanges().iter().flat_map(|exchange| {
            let stream = exchange.stream.as_ref();
            let there = |position: &Position| stream.is_some_and(|stream| position.offset(stream).is_some());
            let site = |position: Position| {
                let lie = match position {
                    Position::NoTerminator => Lie::None,
                    _ => Lie::Evident("the stream does not say why the model stops".to_owned()),
                };
                let rank = match position {
                    Position::InArguments => CALLING,
                    Position::InText | Position::BeforeFinish => 75,
                    _ => 55,
                };
                Site::at(exchange.number).variant(position.name()).lie(lie).rank(rank)
            };
            POSITIONS.into_iter().filter(there).map(site).collect::<Vec<_>>()
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let exchange = recording.model_exchange(site.interaction);
        let reply = exchange.and_then(|exchange| {
            let at = Position::named(site.variant)?.offset(exchange.stream.as_ref()?)?;
            Some(cut(exchange.recorded(recording)?, at, Ending::CleanEof))
        });
        reply.map_or(Bend::All(Vec::new()), |reply| Bend::Fault {
            at: site.interaction,
            fault: Fault::Reply(reply),
            times: 1,
        })
    }
}

const POSITIONS: [Position; 6] = [
    Position::InArguments,
    Position::InText,
    Position::BeforeFinish,
    Position::NoTerminator,
    Position::InACharacter,
    Position::InALine,
];

#[cfg(test)]
mod tests {
    use checkagent_cassette::model::{Streaming, Wire};

    use super::super::fixture::{
        FORMS, all_bent, assert_a_retry_gets_through, assert_finds_nothing_without_a_model, session, sites,
    };

    use super::*;

    #[test]
    fn every_stream_may_be_cut_where_its_wire_has_such_a_place() {
        for (wire, form) in FORMS {
            let of =
                |number: usize, names: &[&str]| names.iter().map(|name| format!("{number}:{name}")).collect::<Vec<_>>();
            let ends = &["in_text", "before_finish", "no_terminator", "in_a_character", "in_a_line"][..];
            let without_mark = &["in_text", "before_finish", "in_a_character", "in_a_line"][..];
            let (calls, ends) = match (wire, form) {
                (_, Streaming::Whole) => (false, &[][..]),
                (Wire::Gemini, Streaming::Sse) => (false, without_mark),
                (Wire::Gemini, _) => (false, ends),
                (Wire::OpenAiResponses, _) => (true, without_mark),
                _ => (true, ends),
            };
            let expected = [of(1, if calls { &["in_arguments"] } else { &[] }), of(1, ends), of(3, ends)].concat();
            assert_eq!(sites(&model_stream_cut(), wire, form), expected, "{wire:?} {form:?}");
        }
    }

    #[test]
    fn a_beginning_of_the_stream_comes_and_a_retry_gets_through() {
        for (wire, form, site, reply) in all_bent(model_stream_cut) {
            let recording = session(wire, form);
            let recorded = recording.model_exchange(site.interaction).unwrap().recorded(&recording).unwrap().body();
            let (body, recorded) = (reply.body().to_bytes().into_owned(), recorded.to_bytes().into_owned());
            assert!(recorded.starts_with(&body) && body.len() < recorded.len() && !body.is_empty(), "{wire:?} {site}");
            assert_eq!(reply.ending, Ending::CleanEof);
            assert_eq!(wire.saying(&reply).is_some(), site.lie == Lie::None, "{wire:?} {form:?} {site}");
            assert_eq!(std::str::from_utf8(&body).is_err(), site.variant == Some("in_a_character"), "{wire:?} {site}");
        }
        assert_a_retry_gets_through(model_stream_cut);
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&model_stream_cut());
    }
}
