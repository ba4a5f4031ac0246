//! A call of a tool that there is not.

use checkagent_cassette::Fidelity;
use checkagent_cassette::model::{Called, Stop, Wire};
use serde_json::json;

use super::said::{CALLING, calling, only, replaced};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::{ModelExchange, Recording};

/// A call of a tool that was not offered. See [`unknown_tool`].
#[derive(Clone, Debug)]
pub struct UnknownTool;

/// The model calls a tool that it was not offered, with a name that is nearly right: `functions.find`, `Find`, `find`
/// where it is `mcp__notes__find`, or `multi_tool_use.parallel` around the call. Gemini may also notice this itself, and
/// say `UNEXPECTED_TOOL_CALL` instead. Asked once more, it calls what there is.
#[must_use]
pub fn unknown_tool() -> UnknownTool {
    UnknownTool
}

const FUNCTIONS: &str = "functions_prefix";
const CASE: &str = "other_case";
const PREFIX: &str = "prefix_lost";
const PARALLEL: &str = "parallel";
const UNEXPECTED: &str = "unexpected_tool_call";

/// What stands between the name of a server and that of its tool.
const SEPARATORS: [&str; 4] = ["__", ".", "/", ":"];

/// Name and arguments of the call in one of these forms.
fn misnamed(variant: &str, call: &Called) -> Option<(String, String)> {
    let name = match variant {
        FUNCTIONS => format!("functions.{}", call.name),
        CASE => {
            let first = call.name.chars().next().filter(char::is_ascii_alphabetic)?;
            let other =
                if first.is_ascii_lowercase() { first.to_ascii_uppercase() } else { first.to_ascii_lowercase() };
            format!("{other}{}", call.name.get(1..)?)
        }
        PREFIX => {
            let ends = SEPARATORS.iter().filter_map(|separator| call.name.rsplit_once(separator));
            let (_, rest) = ends.min_by_key(|(_, rest)| rest.len())?;
            Some(rest).filter(|rest| !rest.is_empty())?.to_owned()
        }
        PARALLEL => {
            let uses = json!({"tool_uses": [{
                "recipient_name": format!("functions.{}", call.name),
                "parameters": call.value()?,
            }]});
            return Some(("multi_tool_use.parallel".to_owned(), uses.to_string()));
        }
        _ => return None,
    };
    Some((name, call.arguments.clone()))
}

/// A name that is nearly that of the tool which is called, and no tool has.
pub(crate) fn near_miss(wire: Wire, call: &Called, is_offered: &dyn Fn(&str) -> bool) -> String {
    let forms = variants(wire).iter().filter(|variant| **variant != PARALLEL);
    let names = forms.filter_map(|variant| misnamed(variant, call)).map(|(name, _)| name);
    let mut names = names.chain((2_u32..).map(|n| format!("{}_{n}", call.name)));
    names.find(|name| !is_offered(name)).unwrap_or_default()
}

fn variants(wire: Wire) -> &'static [&'static str] {
    match wire {
        Wire::OpenAiChat | Wire::OpenAiResponses => &[FUNCTIONS, CASE, PREFIX, PARALLEL],
        Wire::Anthropic | Wire::Bedrock => &[CASE, PREFIX],
        Wire::Gemini => &[CASE, PREFIX, UNEXPECTED],
    }
}

fn is_offered(exchange: &ModelExchange, name: &str) -> bool {
    exchange.tool(name).is_some()
}

impl Operator for UnknownTool {
    fn id(&self) -> &'static str {
        "unknown_tool"
    }

    fn family(&self) -> Family {
        Family::Model
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The model calls a tool that it was not offered, with a name that is nearly right.",
            seen: "OpenAI (`multi_tool_use.parallel`, `functions.` before the name); Gemini (UNEXPECTED_TOOL_CALL)",
            source: "azure-rest-api-specs#32329, python-genai (FinishReason); BFCL counts `wrong_func_name`",
            sites: "every reply that calls a tool",
            good: "tells the model that there is no such tool, and runs no other in its place",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let lie = Lie::Evident("no tool of that name was offered".to_owned());
        let sites = calling(recording).flat_map(|(exchange, saying)| {
            let first = saying.calls().next().filter(|call| !call.custom);
            let able = |variant: &&&str| {
                let misnamed = first.and_then(|call| misnamed(variant, call));
                **variant == UNEXPECTED || misnamed.is_some_and(|(name, _)| !is_offered(exchange, &name))
            };
            let variants = variants(exchange.wire).iter().filter(able).copied();
            let site = |variant| Site::at(exchange.number).variant(variant).lie(lie.clone()).rank(CALLING);
            variants.map(site).collect::<Vec<_>>()
        });
        sites.collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let variant = site.variant.unwrap_or_default();
        replaced(recording, site, |saying| {
            if variant == UNEXPECTED {
                return only(saying, Vec::new(), Stop::Word("UNEXPECTED_TOOL_CALL".to_owned()));
            }
            if let Some(call) = saying.calls_mut().next()
                && let Some((name, arguments)) = misnamed(variant, call)
            {
                call.name = name;
                call.arguments = arguments;
            }
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
    fn every_call_may_be_misnamed_in_the_ways_of_its_wire() {
        for (wire, form) in FORMS {
            let expected: &[&str] = match wire {
                Wire::Gemini => &["1:other_case", "1:prefix_lost", "1:unexpected_tool_call"],
                Wire::Anthropic => &["1:other_case", "1:prefix_lost"],
                _ => &["1:functions_prefix", "1:other_case", "1:prefix_lost", "1:parallel"],
            };
            assert_eq!(sites(&unknown_tool(), wire, form), expected, "{wire:?} {form:?}");
        }
    }

    #[test]
    fn a_name_that_was_offered_is_not_unknown() {
        let call = Called::new("c", "find", "{}");
        assert_eq!(misnamed(CASE, &call), Some(("Find".into(), "{}".into())));
        assert_eq!((misnamed(PREFIX, &call), misnamed(CASE, &Called::new("c", "é", "{}"))), (None, None));
    }

    #[test]
    fn the_tool_is_unknown_until_the_model_is_asked_again() {
        for (wire, form, site, reply) in all_bent(unknown_tool) {
            let said = wire.saying(&reply).unwrap();
            let name = said.calls().next().map(|call| call.name.as_str());
            let expected = match site.variant.unwrap_or_default() {
                FUNCTIONS => Some("functions.mcp__tables__book"),
                CASE => Some("Mcp__tables__book"),
                PREFIX => Some("book"),
                PARALLEL => Some("multi_tool_use.parallel"),
                _ => None,
            };
            assert_eq!(name, expected, "{wire:?} {form:?} {site}");
        }
        assert_a_retry_gets_through(unknown_tool);
    }

    #[test]
    fn it_finds_nothing_in_a_recording_without_a_model() {
        assert_finds_nothing_without_a_model(&unknown_tool());
    }
}
