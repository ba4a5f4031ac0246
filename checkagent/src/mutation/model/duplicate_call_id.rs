//! Two calls with the same id.

use checkagent_cassette::Fidelity;
use checkagent_cassette::model::Part;

use super::said::{CALLING, calling, replaced};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// Two calls in one reply that have the same id. See [`duplicate_call_id`].
#[derive(Clone, Debug)]
pub struct DuplicateCallId;

/// Two calls of one reply have the same id, so that their results cannot be told apart: the second gets the id of the first,
/// or the only one comes twice. Asked once more, the model numbers them well.
#[must_use]
pub fn duplicate_call_id() -> DuplicateCallId {
    DuplicateCallId
}

impl Operator for DuplicateCallId {
    fn id(&self) -> &'static str {
        "duplicate_call_id"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "Two calls of one reply have the same id.",
            seen: "MiMo and Kimi behind proxies; clients that make ids out of name and index",
            source: "can1357/oh-my-pi#2055, openclaw#47136",
            sites: "every reply that calls a tool by an id",
            good: "runs no call twice, and keeps the results apart or says that it cannot",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let named =
            calling(recording).filter(|(_, saying)| saying.calls().next().is_some_and(|call| call.id.is_some()));
        let lie = Lie::Evident("two calls have the same id".to_owned());
        named.map(|(exchange, _)| Site::at(exchange.number).lie(lie.clone()).rank(CALLING)).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        replaced(recording, site, |saying| {
            let Some(first) = saying.calls().next().cloned() else { return };
            if saying.calls().nth(1).is_none() {
                saying.parts.push(Part::Call(first));
            } else if let Some(second) = saying.calls_mut().nth(1) {
                second.id = first.id;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use checkagent_cassette::model::{Streaming, Wire};

    use super::super::fixture::{
        FORMS, all_bent, asked, assert_a_retry_gets_through, assert_finds_nothing_without_a_model, bent, sites,
    };
    use crate::fixture::recording_of;

    use super::*;

    #[test]
    fn every_reply_that_calls_by_id_may_have_an_id_twice() {
        for (wire, form) in FORMS {
            assert_eq!(sites(&duplicate_call_id(), wire, form), ["1"], "{wire:?} {form:?}");
        }
    }

    #[test]
    fn two_calls_have_one_id_until_the_model_is_asked_again() {
        for (wire, form, site, reply) in all_bent(duplicate_call_id) {
            let body = reply.body();
            let ids: Vec<_> = wire.saying(&reply).unwrap().calls().map(|call| call.id.clone()).collect();
            assert_eq!(ids, [Some("c1".to_owned()), Some("c1".to_owned())], "{wire:?} {form:?} {site} {body:?}");
        }
        assert_a_retry_gets_through(duplicate_call_id);
    }

    #[test]
    fn of_two_calls_the_second_keeps_its_arguments() {
        let calls = vec![Part::call("a", "find", r#"{"q":1}"#), Part::call("b", "find", r#"{"q":2}"#)];
        let recording = recording_of(vec![asked(Wire::OpenAiChat, Streaming::Sse, "Find.", calls)]);
        let reply = bent(duplicate_call_id, &recording, &Site::at(1));
        let said = Wire::OpenAiChat.saying(&reply).unwrap();
        let arguments: Vec<_> = said.calls().map(|call| (call.id.as_deref(), call.arguments.as_str())).collect();
        assert_eq!(arguments, [(Some("a"), r#"{"q":1}"#), (Some("a"), r#"{"q":2}"#)]);
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&duplicate_call_id());
    }
}
