//! The same call again and again.

use checkagent_cassette::Fidelity;
use checkagent_cassette::model::{Part, Saying, Stop};

use super::said::{CALLING, anew, only, replaced_at, speaking};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::{ModelExchange, Recording};

/// A model in a loop. See [`repeated_call`].
#[derive(Clone, Debug)]
pub struct RepeatedCall;

/// The model has called a tool and got its result; instead of going on it makes the same call again, three times, with new
/// ids. Then it goes on as recorded.
#[must_use]
pub fn repeated_call() -> RepeatedCall {
    RepeatedCall
}

impl Operator for RepeatedCall {
    fn id(&self) -> &'static str {
        "repeated_call"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The model makes the same call again although it has the result: three times.",
            seen: "every model; the most frequent failure of systems of agents in one study",
            source: "MAST FM-1.3, step repetition: 15.7 % of failures",
            sites: "every reply after one that called a tool",
            good: "notices the loop: does not do twice what changes the world, and ends",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let lie = Lie::Evident("the same call was made before, and answered".to_owned());
        let pairs = pairs(recording).map(|(_, later)| later.number);
        pairs.map(|number| Site::at(number).lie(lie.clone()).rank(CALLING)).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let pair = pairs(recording).find(|(_, later)| later.number == site.interaction);
        let Some((earlier, later)) = pair else { return Bend::All(Vec::new()) };
        let calls: Vec<_> = earlier.saying.iter().flat_map(Saying::calls).cloned().map(anew).map(Part::Call).collect();
        let following =
            speaking(recording).map(|(exchange, _)| exchange).filter(|exchange| exchange.number >= later.number);
        let alike = following.filter(|exchange| exchange.wire == later.wire).take(REPETITIONS);
        let again = |exchange: &ModelExchange| {
            replaced_at(recording, exchange.number, |saying| only(saying, calls.clone(), Stop::Done))
        };
        Bend::All(alike.filter_map(again).collect())
    }
}

const REPETITIONS: usize = 3;

/// A reply that calls, and the next one in the same conversation.
fn pairs(recording: &Recording) -> impl Iterator<Item = (&ModelExchange, &ModelExchange)> {
    let channel = |exchange: &ModelExchange| &recording.interaction(exchange.number).channel;
    let together = move |earlier: &ModelExchange, later: &ModelExchange| {
        earlier.wire == later.wire && channel(earlier) == channel(later)
    };
    let next = speaking(recording).map(|(exchange, _)| exchange).skip(1);
    let all = speaking(recording).zip(next);
    all.filter(move |((earlier, saying), later)| saying.calls().next().is_some() && together(earlier, later))
        .map(|((earlier, _), later)| (earlier, later))
}

#[cfg(test)]
mod tests {
    use checkagent_cassette::model::{Streaming, Wire};

    use super::super::fixture::{
        FORMS, all_bent, asked, assert_a_retry_gets_through, assert_finds_nothing_without_a_model, sites,
    };
    use crate::fixture::recording_of;

    use super::*;

    #[test]
    fn the_reply_after_a_call_may_call_again() {
        for (wire, form) in FORMS {
            assert_eq!(sites(&repeated_call(), wire, form), ["3"], "{wire:?} {form:?}");
        }
    }

    #[test]
    fn the_call_comes_again_with_another_id_until_the_model_is_asked_again() {
        for (wire, form, site, reply) in all_bent(repeated_call) {
            let said = wire.saying(&reply).unwrap();
            let call = said.calls().next().unwrap();
            assert_eq!(
                (call.name.as_str(), said.text()),
                ("mcp__tables__book", String::new()),
                "{wire:?} {form:?} {site}"
            );
            assert_ne!(call.id.as_deref(), Some("c1"));
        }
        assert_a_retry_gets_through(repeated_call);
    }

    #[test]
    fn three_replies_are_the_same_call_and_the_fourth_is_as_recorded() {
        let call = || vec![Part::call("c1", "find", "{}")];
        let text = |text: &str| vec![Part::text(text)];
        let form = Streaming::Whole;
        let parts = [call(), text("a"), text("b"), text("c"), text("d")];
        let taped = ["1", "2", "3", "4", "5"].iter().zip(parts);
        let taped = taped.map(|(user, parts)| asked(Wire::OpenAiChat, form, user, parts)).collect();
        let Bend::All(bends) = repeated_call().bend(&Site::at(2), &recording_of(taped)) else {
            panic!("several bends")
        };
        let at: Vec<_> = bends.iter().map(Bend::interaction).collect();
        assert_eq!(at, [2, 3, 4]);
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&repeated_call());
    }
}
