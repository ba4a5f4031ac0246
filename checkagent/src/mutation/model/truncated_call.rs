//! A call that breaks off because the model may say no more.

use checkagent_cassette::Fidelity;
use checkagent_cassette::model::Stop;

use super::said::{CALLING, calling, half, replaced, says_arguments_as_text};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A call that breaks off. See [`truncated_call`].
#[derive(Clone, Debug)]
pub struct TruncatedCall;

/// The model reaches its limit of tokens in the arguments of a call: half of them come, and the reason of the stop says so
/// (`length`, `max_tokens`, `incomplete`). Asked once more, it says all of it.
///
/// A reply in one piece of Anthropic's and every one of Gemini's have no half arguments.
#[must_use]
pub fn truncated_call() -> TruncatedCall {
    TruncatedCall
}

impl Operator for TruncatedCall {
    fn id(&self) -> &'static str {
        "truncated_call"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The limit of tokens is reached inside the arguments of a call.",
            seen: "OpenAI's wires; Anthropic's streams",
            source: "openai-python (`length`, response.py), anthropic-sdk-python (incomplete_partial_json_response.txt)",
            sites: "every reply that calls a tool with arguments, of OpenAI's wires and of Anthropic's streams",
            good: "does not run the call; asks again with more room, or says so",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let able = calling(recording).filter(|(exchange, saying)| {
            says_arguments_as_text(exchange)
                && saying.calls().last().is_some_and(|call| half(&call.arguments).is_some())
        });
        let lie = Lie::Evident("the reply says that it was cut off, and the arguments are no JSON".to_owned());
        able.map(|(exchange, _)| Site::at(exchange.number).lie(lie.clone()).rank(CALLING)).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        replaced(recording, site, |saying| {
            if let Some(call) = saying.calls_mut().last() {
                call.arguments = half(&call.arguments).unwrap_or_default().to_owned();
            }
            saying.stop = Stop::Length;
        })
    }
}

#[cfg(test)]
mod tests {
    use checkagent_cassette::model::{Streaming, Wire};

    use super::super::fixture::{
        ARGUMENTS, FORMS, all_bent, assert_a_retry_gets_through, assert_finds_nothing_without_a_model, sites,
    };

    use super::*;

    #[test]
    fn calls_whose_arguments_are_text_may_break_off() {
        for (wire, form) in FORMS {
            let whole_objects = wire == Wire::Gemini || (wire, form) == (Wire::Anthropic, Streaming::Whole);
            let expected: &[&str] = if whole_objects { &[] } else { &["1"] };
            assert_eq!(sites(&truncated_call(), wire, form), expected, "{wire:?} {form:?}");
        }
    }

    #[test]
    fn half_of_the_arguments_come_and_the_stop_says_so() {
        for (wire, form, site, reply) in all_bent(truncated_call) {
            let said = wire.saying(&reply).unwrap();
            let call = said.calls().next().unwrap();
            assert!(call.value().is_none() && ARGUMENTS.starts_with(&call.arguments), "{wire:?} {form:?} {site}");
            assert_eq!(said.stop, Stop::Length);
        }
        assert_a_retry_gets_through(truncated_call);
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&truncated_call());
    }
}
