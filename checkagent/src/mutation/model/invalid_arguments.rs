//! Arguments that are JSON, but not what the tool takes.

use checkagent_cassette::Fidelity;
use checkagent_cassette::json::Pointer;
use checkagent_cassette::model::{Called, OfferedTool};
use serde_json::{Map, Value};

use super::said::{CALLING, calling, replaced};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A call whose arguments do not fit the tool. See [`invalid_arguments`].
#[derive(Clone, Debug)]
pub struct InvalidArguments;

/// The arguments of a call do not fit the schema that the request gives of the tool: one that must be there is missing,
/// a list or a number is a text (`"[\"a\"]"`, `"30"`), or there is one that the tool does not take. Asked once more, the
/// model writes them well.
///
/// Where the request gives no schema, nothing tells that they are wrong.
#[must_use]
pub fn invalid_arguments() -> InvalidArguments {
    InvalidArguments
}

const MISSING: &str = "missing";
const WRONG_TYPE: &str = "wrong_type";
const UNEXPECTED: &str = "unexpected";

/// An argument that no tool takes.
const INVENTED: &str = "extra_notes";

/// The argument, the form, and what tells that it is wrong.
type Fault = (String, &'static str, Lie);

fn faults(call: &Called, tool: Option<&OfferedTool>) -> Vec<Fault> {
    let arguments = call.value().filter(|_| !call.custom);
    let Some(arguments) = arguments.as_ref().and_then(Value::as_object) else { return Vec::new() };
    let tool = tool.filter(|tool| tool.schema.is_some());
    let plausible = || Lie::Plausible("the request gives no schema of the tool".to_owned());
    let by_schema = |says: fn(&OfferedTool, &str) -> bool, name: &str, reason: &str| match tool {
        Some(tool) => says(tool, name).then(|| Lie::Evident(format!("the schema of the tool {reason}"))),
        None => Some(plausible()),
    };
    let find = |variant, test: &dyn Fn(&str, &Value) -> Option<Lie>| {
        arguments.iter().find_map(|(name, value)| Some((name.clone(), variant, test(name, value)?)))
    };
    let missing = find(MISSING, &|name, _| by_schema(OfferedTool::requires, name, "requires the argument"));
    let wrong_type = find(WRONG_TYPE, &|name, value| {
        let is_typed = |tool: &OfferedTool, name: &str| {
            matches!(tool.type_of(name).map(str::to_ascii_lowercase).as_deref(), Some("array" | "integer" | "number"))
        };
        as_text(value)?;
        by_schema(is_typed, name, "asks for another type")
    });
    let takes_anything = tool.and_then(|tool| tool.schema.as_ref()?.get("additionalProperties"));
    let closed = takes_anything.is_none_or(|anything| anything == false);
    let unknown = |tool: &OfferedTool, name: &str| tool.takes(name) == Some(false);
    let unexpected = by_schema(unknown, INVENTED, "knows no such argument");
    let unexpected = unexpected.filter(|_| closed && !arguments.contains_key(INVENTED));
    let unexpected = unexpected.map(|lie| (INVENTED.to_owned(), UNEXPECTED, lie));
    [missing, wrong_type, unexpected].into_iter().flatten().collect()
}

/// A list or a number as a text.
fn as_text(value: &Value) -> Option<String> {
    (value.is_array() || value.is_number()).then(|| value.to_string())
}

fn spoil(arguments: &mut Map<String, Value>, name: &str, variant: Option<&str>) {
    match variant {
        Some(MISSING) => {
            arguments.remove(name);
        }
        Some(WRONG_TYPE) => {
            if let Some(value) = arguments.get_mut(name)
                && let Some(text) = as_text(value)
            {
                *value = text.into();
            }
        }
        _ => {
            arguments.insert(name.to_owned(), "none".into());
        }
    }
}

impl Operator for InvalidArguments {
    fn id(&self) -> &'static str {
        "invalid_arguments"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The arguments of a call do not fit the schema of the tool: one missing, of another type, or unknown.",
            seen: "every model, 0 to 28 % of the calls by provider; lists and numbers as texts",
            source: "K2-Vendor-Verifier; openai-python: `may hallucinate parameters`; BFCL counts `missing_required`, `type_error`, `unexpected_param`",
            sites: "every reply that calls a tool: the first such argument of its first call",
            good: "checks the arguments before it runs the call; tells the model what is wrong, not without end",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let sites = calling(recording).flat_map(|(exchange, saying)| {
            let first = saying.calls().next();
            let faults = first.map(|call| faults(call, exchange.tool(&call.name))).unwrap_or_default();
            faults.into_iter().map(|(name, variant, lie)| {
                let at = Pointer::root().key(&name);
                Site::at(exchange.number).pointer(at).variant(variant).lie(lie).rank(CALLING)
            })
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let name = site.pointer.as_ref().and_then(Pointer::field).unwrap_or_default();
        replaced(recording, site, |saying| {
            if let Some(call) = saying.calls_mut().next()
                && let Some(Value::Object(mut arguments)) = call.value()
            {
                spoil(&mut arguments, name, site.variant);
                call.arguments = Value::Object(arguments).to_string();
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use checkagent_cassette::model::{Streaming, Wire};
    use serde_json::json;

    use super::super::fixture::{
        FORMS, all_bent, assert_a_retry_gets_through, assert_finds_nothing_without_a_model, session, sites,
    };

    use super::*;

    #[test]
    fn the_schema_tells_which_arguments_can_be_wrong() {
        for (wire, form) in FORMS {
            let expected = ["1:for:missing", "1:for:wrong_type", "1:extra_notes:unexpected"];
            assert_eq!(sites(&invalid_arguments(), wire, form), expected, "{wire:?} {form:?}");
        }
        let sites = invalid_arguments().sites(&session(Wire::Anthropic, Streaming::Whole));
        assert!(sites.iter().all(|site| matches!(site.lie, Lie::Evident(_))));
    }

    #[test]
    fn without_a_schema_nothing_tells() {
        let call = Called::new("c", "f", r#"{"n":[1],"extra_notes":1}"#);
        let all = faults(&call, None);
        let names: Vec<_> = all.iter().map(|(name, variant, _)| (name.as_str(), *variant)).collect();
        assert_eq!(names, [("extra_notes", MISSING), ("extra_notes", WRONG_TYPE)]);
        assert!(all.iter().all(|(_, _, lie)| matches!(lie, Lie::Plausible(_))));
        assert_eq!(faults(&Called::new("c", "f", "{'"), None).len(), 0);
    }

    #[test]
    fn one_argument_is_wrong_until_the_model_is_asked_again() {
        for (wire, form, site, reply) in all_bent(invalid_arguments) {
            let said = wire.saying(&reply).unwrap();
            let arguments = said.calls().next().unwrap().value().unwrap();
            let expected = match site.variant {
                Some(MISSING) => json!({"at": "19:00", "guests": ["Ada", "Bo"]}),
                Some(WRONG_TYPE) => json!({"at": "19:00", "for": "2", "guests": ["Ada", "Bo"]}),
                _ => json!({"at": "19:00", "for": 2, "guests": ["Ada", "Bo"], "extra_notes": "none"}),
            };
            assert_eq!(arguments, expected, "{wire:?} {form:?} {site}");
        }
        assert_a_retry_gets_through(invalid_arguments);
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&invalid_arguments());
    }
}
