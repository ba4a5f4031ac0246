//! Arguments that are no JSON.

use checkagent_cassette::Fidelity;
use checkagent_cassette::model::{Called, Stop, Wire};
use serde_json::Value;

use super::said::{CALLING, calling, only, replaced, says_arguments_as_text};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A call whose arguments cannot be read. See [`malformed_arguments`].
#[derive(Clone, Debug)]
pub struct MalformedArguments;

/// The arguments of a call are no JSON object: single quotes and a comma too many, nothing, a text in a text, a fence of
/// Markdown around them, two objects. Gemini finds this itself, and says `MALFORMED_FUNCTION_CALL` instead of the call.
/// Asked once more, the model writes them well.
#[must_use]
pub fn malformed_arguments() -> MalformedArguments {
    MalformedArguments
}

impl Operator for MalformedArguments {
    fn id(&self) -> &'static str {
        "malformed_arguments"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The arguments of a call are no JSON object.",
            seen: "every model, 0 to 28 % of the calls by provider",
            source: "openai-python: `the model does not always generate valid JSON`; K2-Vendor-Verifier; vercel/ai#5039",
            sites: "every reply that calls a tool with arguments, but Anthropic's in one piece",
            good: "does not run the call; tells the model what is wrong, not without end",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let sites = calling(recording).flat_map(|(exchange, saying)| {
            let call = saying.calls().next().filter(|call| !call.custom);
            let argued = call
                .and_then(Called::value)
                .is_some_and(|arguments| arguments.as_object().is_some_and(|all| !all.is_empty()));
            let forms = FORMS.iter().filter(|(name, _, _)| match exchange.wire {
                Wire::Gemini => *name == GEMINI,
                // Anthropic's streams have no arguments at all for a tool without any.
                Wire::Anthropic => *name != GEMINI && *name != EMPTY,
                _ => *name != GEMINI,
            });
            let able = argued && (exchange.wire == Wire::Gemini || says_arguments_as_text(exchange));
            let forms = forms.filter(move |_| able);
            forms.map(|(name, reason, _)| {
                Site::at(exchange.number).variant(name).lie(Lie::Evident((*reason).to_owned())).rank(CALLING)
            })
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let form = FORMS.iter().find(|(name, _, _)| Some(*name) == site.variant);
        replaced(recording, site, |saying| match form {
            Some((GEMINI, _, _)) | None => only(saying, Vec::new(), Stop::Word("MALFORMED_FUNCTION_CALL".to_owned())),
            Some((_, _, write)) => {
                if let Some(call) = saying.calls_mut().next() {
                    call.arguments = write(&call.arguments);
                }
            }
        })
    }
}

const EMPTY: &str = "empty";
const GEMINI: &str = "malformed_function_call";

type Form = (&'static str, &'static str, fn(&str) -> String);

const FORMS: [Form; 6] = [
    ("quotes_and_comma", "the arguments are no JSON", |text| {
        let quoted = text.replace('"', "'");
        quoted.strip_suffix('}').map(|rest| format!("{rest},}}")).unwrap_or(quoted)
    }),
    ("double_encoded", "the arguments are a text, no object", |text| Value::from(text).to_string()),
    ("fenced", "the arguments are no JSON", |text| format!("```json\n{text}\n```")),
    ("two_objects", "the arguments are two objects", |text| format!("{text}{text}")),
    (EMPTY, "there are no arguments", |_| String::new()),
    (GEMINI, "the provider says that the call is malformed", |_| String::new()),
];

#[cfg(test)]
mod tests {
    use checkagent_cassette::model::Streaming;

    use super::super::fixture::{
        FORMS, all_bent, assert_a_retry_gets_through, assert_finds_nothing_without_a_model, sites,
    };

    use super::*;

    #[test]
    fn calls_may_be_malformed_where_the_wire_can_say_so() {
        for (wire, form) in FORMS {
            let texts: &[&str] = &["1:quotes_and_comma", "1:double_encoded", "1:fenced", "1:two_objects", "1:empty"];
            let expected = match (wire, form) {
                (Wire::Gemini, _) => &["1:malformed_function_call"],
                (Wire::Anthropic, Streaming::Whole) => &[][..],
                (Wire::Anthropic, _) => &texts[..4],
                _ => texts,
            };
            assert_eq!(sites(&malformed_arguments(), wire, form), expected, "{wire:?} {form:?}");
        }
    }

    #[test]
    fn nobody_can_read_an_object_out_of_them() {
        for (wire, form, site, reply) in all_bent(malformed_arguments) {
            let said = wire.saying(&reply).unwrap();
            let call = said.calls().next();
            let object =
                call.and_then(|call| serde_json::from_str::<Value>(&call.arguments).ok()).filter(Value::is_object);
            assert_eq!(object, None, "{wire:?} {form:?} {site}");
            assert_eq!(call.is_none(), wire == Wire::Gemini);
        }
        assert_a_retry_gets_through(malformed_arguments);
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&malformed_arguments());
    }
}
