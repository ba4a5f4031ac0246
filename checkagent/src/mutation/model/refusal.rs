//! The model refuses.

use checkagent_cassette::Fidelity;
use checkagent_cassette::model::{Part, Stop, Wire};

use super::said::{only, rank, replaced, speaking};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A model that does not want to. See [`refusal`].
#[derive(Clone, Debug)]
pub struct Refused;

/// The model refuses, in the way of its wire: a `refusal` instead of content (OpenAI), no content and the stop reason
/// `refusal` (Anthropic). Asked once more, it does what it did.
#[must_use]
pub fn refusal() -> Refused {
    Refused
}

impl Operator for Refused {
    fn id(&self) -> &'static str {
        "refusal"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The model refuses instead of answering or calling.",
            seen: "OpenAI and Anthropic, also for harmless requests",
            source: "openai-python (`refusal` of a message, response_output_refusal.py), anthropic-sdk-python (stop reason `refusal`)",
            sites: "every reply of OpenAI's and Anthropic's wires",
            good: "does not report the task as done; asks again or says that the model refused",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let able = speaking(recording).filter(|(exchange, _)| exchange.wire != Wire::Gemini);
        let lie = Lie::Evident("the model refused".to_owned());
        able.map(|(exchange, saying)| Site::at(exchange.number).lie(lie.clone()).rank(rank(saying))).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let anthropic =
            recording.model_exchange(site.interaction).is_some_and(|exchange| exchange.wire == Wire::Anthropic);
        let parts = if anthropic { Vec::new() } else { vec![Part::Refusal(REFUSAL.to_owned())] };
        replaced(recording, site, |saying| only(saying, parts, Stop::Refused))
    }
}

const REFUSAL: &str = "I'm sorry, but I can't help with that.";

#[cfg(test)]
mod tests {
    use super::super::fixture::{
        FORMS, all_bent, assert_a_retry_gets_through, assert_finds_nothing_without_a_model, sites,
    };

    use super::*;

    #[test]
    fn every_reply_of_the_wires_that_know_refusals_may_be_one() {
        for (wire, form) in FORMS {
            let expected: &[&str] = if wire == Wire::Gemini { &[] } else { &["1", "3"] };
            assert_eq!(sites(&refusal(), wire, form), expected, "{wire:?} {form:?}");
        }
    }

    #[test]
    fn the_model_refuses_in_the_words_of_its_wire_and_does_it_when_asked_again() {
        for (wire, form, site, reply) in all_bent(refusal) {
            let said = wire.saying(&reply).unwrap();
            assert!(said.text().is_empty() && said.calls().next().is_none());
            assert_eq!(said.stop, Stop::Refused, "{wire:?} {form:?} {site}");
        }
        assert_a_retry_gets_through(refusal);
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&refusal());
    }
}
