//! The conversation is longer than the model can read.

use checkagent_cassette::Fidelity;
use checkagent_cassette::model::{Failure, Part, Stop, Wire};

use super::said::{half, only, replaced, speaking};
use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A conversation that is too long. See [`context_overflow`].
#[derive(Clone, Debug)]
pub struct ContextOverflow;

/// The provider refuses the request because the conversation is longer than the model can read: 400 in the envelope of its
/// wire, and the same for the same request as often as it is sent. Anthropic may also stop in the middle, with the reason
/// `model_context_window_exceeded`.
#[must_use]
pub fn context_overflow() -> ContextOverflow {
    ContextOverflow
}

impl Operator for ContextOverflow {
    fn id(&self) -> &'static str {
        "context_overflow"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The conversation is longer than the model can read: the request is refused, or the reply breaks off.",
            seen: "every provider, in long sessions",
            source: "crewAI-examples#121, docker-agent#569, gemini-cli#4231, anthropic-sdk-python (types/stop_reason.py)",
            sites: "every request to a model that was answered; for the other form, Anthropic's replies",
            good: "makes the conversation shorter or stops, and does not claim what it no longer knows; does not send the same again and again",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let exchanges = recording.model_exchanges().iter();
        let refused = exchanges.filter(|exchange| exchange.wire.fails(Failure::ContextFull).is_some());
        // It is long at the end.
        let refused = refused.map(|exchange| Site::at(exchange.number).variant(REFUSED)).enumerate();
        let refused = refused.map(|(position, site)| site.rank(40 + u32::try_from(position).unwrap_or(40).min(40)));
        let lie = Lie::Evident("the reason of the stop is a full context window".to_owned());
        let stopped = speaking(recording).filter(|(exchange, _)| exchange.wire == Wire::Anthropic);
        let stopped = stopped.map(|(exchange, _)| Site::at(exchange.number).variant(STOPPED).lie(lie.clone()).rank(65));
        refused.chain(stopped).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        if site.variant == Some(STOPPED) {
            return replaced(recording, site, |saying| {
                let text = saying.text();
                let said = half(&text).map(Part::text).into_iter().collect();
                only(saying, said, Stop::Word("model_context_window_exceeded".to_owned()));
            });
        }
        let exchange = recording.model_exchange(site.interaction);
        let reply = exchange.and_then(|exchange| exchange.wire.fails(Failure::ContextFull));
        reply.map_or(Bend::All(Vec::new()), |reply| Bend::Fault {
            at: site.interaction,
            fault: Fault::Reply(reply),
            times: u32::MAX,
        })
    }
}

const REFUSED: &str = "refused";
const STOPPED: &str = "stopped";

#[cfg(test)]
mod tests {
    use super::super::fixture::{FORMS, all_bent, assert_finds_nothing_without_a_model, heals, session, sites};

    use super::*;

    #[test]
    fn every_request_may_be_too_long_and_anthropic_may_stop_in_the_middle() {
        for (wire, form) in FORMS {
            let all: &[&str] = &["1:refused", "3:refused", "1:stopped", "3:stopped"];
            let expected = if wire == Wire::Anthropic { all } else { &all[..2] };
            assert_eq!(sites(&context_overflow(), wire, form), expected, "{wire:?} {form:?}");
        }
    }

    #[test]
    fn the_same_request_is_too_long_as_often_as_it_is_sent() {
        for (wire, form, site, reply) in all_bent(context_overflow) {
            let recording = session(wire, form);
            if site.variant == Some(REFUSED) {
                assert_eq!(reply.status, 400, "{wire:?} {form:?} {site}");
                assert!(!heals(context_overflow(), &recording, &site));
            } else {
                let stop = Stop::Word("model_context_window_exceeded".to_owned());
                assert_eq!(wire.saying(&reply).unwrap().stop, stop);
                assert!(heals(context_overflow(), &recording, &site));
            }
        }
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&context_overflow());
    }
}
