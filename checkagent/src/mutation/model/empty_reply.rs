//! The model says nothing.

use checkagent_cassette::Fidelity;
use checkagent_cassette::model::Stop;

use super::said::{only, rank, replaced, speaking};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A model that says nothing and means to be done. See [`empty_reply`].
#[derive(Clone, Debug)]
pub struct EmptyReply;

/// The reply has no text and no call, and the model says that it is done. Asked once more, it does what it did.
#[must_use]
pub fn empty_reply() -> EmptyReply {
    EmptyReply
}

impl Operator for EmptyReply {
    fn id(&self) -> &'static str {
        "empty_reply"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The model says nothing at all, and that it is done.",
            seen: "every provider, typically right after the result of a tool",
            source: "the wire formats; BFCL counts `empty_turn_model_response`",
            sites: "every reply of a model",
            good: "does not take silence for success: asks again or says that no answer came",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let said =
            speaking(recording).filter(|(_, saying)| !saying.text().is_empty() || saying.calls().next().is_some());
        let lie = Lie::Evident("the reply says nothing".to_owned());
        said.map(|(exchange, saying)| Site::at(exchange.number).lie(lie.clone()).rank(rank(saying))).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        replaced(recording, site, |saying| only(saying, Vec::new(), Stop::Done))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{
        FORMS, all_bent, assert_a_retry_gets_through, assert_finds_nothing_without_a_model, sites,
    };

    use super::*;

    #[test]
    fn every_reply_that_says_something_may_be_empty() {
        for (wire, form) in FORMS {
            assert_eq!(sites(&empty_reply(), wire, form), ["1", "3"], "{wire:?} {form:?}");
        }
    }

    #[test]
    fn nothing_is_said_until_the_model_is_asked_again() {
        for (wire, form, site, reply) in all_bent(empty_reply) {
            let said = wire.saying(&reply).unwrap();
            assert!(said.text().is_empty() && said.calls().next().is_none(), "{wire:?} {form:?} {site}");
            assert_eq!((reply.status, said.stop), (200, Stop::Done));
        }
        assert_a_retry_gets_through(empty_reply);
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&empty_reply());
    }
}
