//! A call that leaks into the text.

use checkagent_cassette::Fidelity;
use checkagent_cassette::model::{Part, Stop, Wire};
use serde_json::json;

use super::said::{CALLING, calling, only, replaced};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A call that is written as text. See [`call_as_text`].
#[derive(Clone, Debug)]
pub struct CallAsText;

/// The model means to call a tool, and the call stands in the text, in the marks of its training, with a stop as if it were
/// an answer. Asked once more, it calls.
#[must_use]
pub fn call_as_text() -> CallAsText {
    CallAsText
}

impl Operator for CallAsText {
    fn id(&self) -> &'static str {
        "call_as_text"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A call of a tool comes as text, and the model says that it is done.",
            seen: "models behind interfaces of OpenAI's kind whose server does not recognise the call",
            source: "MoonshotAI/K2-Vendor-Verifier: calls missed by the finish reason; jundot/omlx#3153",
            sites: "every reply that calls a tool, but Gemini's",
            good: "does not report the text as an answer, and does not count the call as done",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let able = calling(recording).filter(|(exchange, _)| exchange.wire != Wire::Gemini);
        let lie = Lie::Evident("the text is the call of a tool".to_owned());
        able.map(|(exchange, _)| Site::at(exchange.number).lie(lie.clone()).rank(CALLING)).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        replaced(recording, site, |saying| {
            let calls = saying.calls().map(|call| {
                let arguments = call.value().unwrap_or_else(|| call.arguments.as_str().into());
                format!("<tool_call>{}</tool_call>", json!({"name": call.name, "arguments": arguments}))
            });
            let text = std::iter::once(saying.text()).chain(calls).filter(|text| !text.is_empty()).collect::<Vec<_>>();
            only(saying, vec![Part::text(&text.join("\n"))], Stop::Done);
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
    fn every_reply_that_calls_may_leak_but_geminis() {
        for (wire, form) in FORMS {
            let expected: &[&str] = if wire == Wire::Gemini { &[] } else { &["1"] };
            assert_eq!(sites(&call_as_text(), wire, form), expected, "{wire:?} {form:?}");
        }
    }

    #[test]
    fn the_call_stands_in_the_text_until_the_model_is_asked_again() {
        for (wire, form, site, reply) in all_bent(call_as_text) {
            let said = wire.saying(&reply).unwrap();
            assert!(said.calls().next().is_none(), "{wire:?} {form:?} {site}");
            assert!(said.text().contains("\n<tool_call>{\"arguments\":{\"at\":\"19:00\""), "{}", said.text());
            assert_eq!(said.stop, Stop::Done);
        }
        assert_a_retry_gets_through(call_as_text);
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&call_as_text());
    }
}
