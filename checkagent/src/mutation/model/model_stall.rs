//! A stream that stops and stays open.

use checkagent_cassette::{Ending, Fidelity};

use super::position::{Position, cut};
use super::said::CALLING;
use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// A stream that stops, on a connection that stays open. See [`model_stall`].
#[derive(Clone, Debug)]
pub struct ModelStall;

/// The model begins to speak, and then nothing comes any more; the connection stays open: before the first word, in the
/// text, in the arguments of a call. A retry gets through.
///
/// A time limit on the whole request finds it, a time limit on the head of the reply does not.
#[must_use]
pub fn model_stall() -> ModelStall {
    ModelStall
}

impl Operator for ModelStall {
    fn id(&self) -> &'static str {
        "model_stall"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The stream of a model stops in the middle, and the connection stays open.",
            seen: "providers that hang, connections that are half open; clients without a limit on silence wait for ever",
            source: "anthropics/claude-code#82297, anomalyco/opencode#16366",
            sites: "every streamed reply: before the first word, in the text, in the arguments of a call",
            good: "gives up on a silent stream after a while, runs no half call, and asks again",
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
                let rank = if position == Position::InArguments { CALLING } else { 60 };
                Site::at(exchange.number).variant(position.name()).rank(rank)
            };
            POSITIONS.into_iter().filter(there).map(site).collect::<Vec<_>>()
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let exchange = recording.model_exchange(site.interaction);
        let reply = exchange.and_then(|exchange| {
            let at = Position::named(site.variant)?.offset(exchange.stream.as_ref()?)?;
            Some(cut(exchange.recorded(recording)?, at, Ending::Stall))
        });
        reply.map_or(Bend::All(Vec::new()), |reply| Bend::Fault {
            at: site.interaction,
            fault: Fault::Reply(reply),
            times: 1,
        })
    }
}

const POSITIONS: [Position; 3] = [Position::InArguments, Position::InText, Position::BeforeTheFirst];

#[cfg(test)]
mod tests {
    use checkagent_cassette::model::{Streaming, Wire};

    use super::super::fixture::{
        FORMS, all_bent, assert_a_retry_gets_through, assert_finds_nothing_without_a_model, sites,
    };

    use super::*;

    #[test]
    fn every_stream_may_stop() {
        for (wire, form) in FORMS {
            let all: &[&str] =
                &["1:in_arguments", "1:in_text", "1:before_the_first", "3:in_text", "3:before_the_first"];
            let expected = match (wire, form) {
                (_, Streaming::Whole) => &[],
                // Nothing comes before the first word.
                (Wire::Gemini, _) => &["1:in_text", "3:in_text"][..],
                _ => all,
            };
            assert_eq!(sites(&model_stall(), wire, form), expected, "{wire:?} {form:?}");
        }
    }

    #[test]
    fn the_connection_stays_open_and_a_retry_gets_through() {
        for (wire, form, site, reply) in all_bent(model_stall) {
            assert_eq!((reply.status, reply.ending), (200, Ending::Stall), "{wire:?} {form:?} {site}");
            assert!(!reply.body().to_bytes().is_empty() && wire.saying(&reply).is_none());
        }
        assert_a_retry_gets_through(model_stall);
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&model_stall());
    }
}
