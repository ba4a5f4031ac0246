//! The same call twice in one reply.

use checkagent_cassette::Fidelity;
use checkagent_cassette::model::Part;

use super::said::{CALLING, anew, calling, replaced};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A call that stands twice in one reply. See [`duplicate_call`].
#[derive(Clone, Debug)]
pub struct DuplicateCall;

/// One reply makes the same call twice, with the same arguments and ids of their own. An agent that runs both does twice
/// what was asked for once. Asked once more, the model calls once.
#[must_use]
pub fn duplicate_call() -> DuplicateCall {
    DuplicateCall
}

impl Operator for DuplicateCall {
    fn id(&self) -> &'static str {
        "duplicate_call"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "One reply makes the same call twice, with ids of their own.",
            seen: "Gemma at LM Studio, Claude Opus, models with parallel calls",
            source: "lmstudio-bug-tracker#1756, microsoft/vscode#296449; BFCL counts `wrong_count`",
            sites: "every reply that calls a tool",
            good: "does what changes the world once: asks, or gives both calls one idempotency key",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let lie = Lie::Evident("the same call stands twice in one reply".to_owned());
        calling(recording).map(|(exchange, _)| Site::at(exchange.number).lie(lie.clone()).rank(CALLING)).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        replaced(recording, site, |saying| {
            let first = saying.calls().next().cloned();
            saying.parts.extend(first.map(|call| Part::Call(anew(call))));
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{
        FORMS, all_bent, assert_a_retry_gets_through, assert_finds_nothing_without_a_model, sites,
    };

    use super::*;

    #[test]
    fn every_reply_that_calls_may_call_twice() {
        for (wire, form) in FORMS {
            assert_eq!(sites(&duplicate_call(), wire, form), ["1"], "{wire:?} {form:?}");
        }
    }

    #[test]
    fn the_call_stands_twice_with_other_ids_until_the_model_is_asked_again() {
        for (wire, form, site, reply) in all_bent(duplicate_call) {
            let said = wire.saying(&reply).unwrap();
            let [first, second] = said.calls().collect::<Vec<_>>()[..] else { panic!("{wire:?} {form:?} {site}") };
            assert_eq!((&first.name, first.value()), (&second.name, second.value()));
            assert_ne!(first.id, second.id);
        }
        assert_a_retry_gets_through(duplicate_call);
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&duplicate_call());
    }
}
