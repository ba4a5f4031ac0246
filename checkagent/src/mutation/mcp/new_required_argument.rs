//! A tool asks for an argument more.

use checkagent_cassette::Request;
use checkagent_cassette::json::{Edit, Pointer};
use serde_json::{Value, json};

use super::sessions::Sessions;
use super::tools::{self, Refusal};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::message::{Asked, exchange, exchanges};
use crate::recording::{FollowUp, Recording};

/// A tool with one more required argument. See [`mcp_new_required_argument`].
#[derive(Clone, Debug)]
pub struct McpNewRequiredArgument;

/// Lists show a tool with one more required argument: the language of the reply. A call without it is refused: as
/// invalid parameters (-32602), by servers since 2025-11-25 as a result that is an error. A call with it does what the
/// recorded one did.
#[must_use]
pub fn mcp_new_required_argument() -> McpNewRequiredArgument {
    McpNewRequiredArgument
}

/// The first version in which invalid arguments are an error of the tool, and not of the protocol.
const AS_RESULT_SINCE: &str = "2025-11-25";

/// A name that the tool has no argument of.
fn argument(tool: &Value) -> &'static str {
    let known = |name: &&str| tool["inputSchema"]["properties"].get(name).is_none();
    ["reply_language", "reply_language_tag"].into_iter().find(known).unwrap_or("reply_language_v2")
}

fn schema_with(tool: &Value) -> Value {
    let name = argument(tool);
    let mut schema = match &tool["inputSchema"] {
        Value::Object(schema) => schema.clone(),
        _ => serde_json::Map::new(),
    };
    schema.entry("type").or_insert_with(|| json!("object"));
    let about = json!({"type": "string", "description": "Language of the reply as a BCP 47 tag, such as `en`."});
    if let Some(properties) = schema.entry("properties").or_insert_with(|| json!({})).as_object_mut() {
        properties.insert(name.to_owned(), about);
    }
    if let Some(required) = schema.entry("required").or_insert_with(|| json!([])).as_array_mut() {
        required.push(json!(name));
    }
    schema.into()
}

impl Operator for McpNewRequiredArgument {
    fn id(&self) -> &'static str {
        "mcp_new_required_argument"
    }

    fn family(&self) -> Family {
        Family::Mcp
    }

    fn truth(&self) -> Truth {
        Truth::Changed
    }

    fn about(&self) -> About {
        About {
            what: "A tool of an MCP server asks for one more required argument; calls without it are refused.",
            seen: "servers that were updated",
            source: "MCP 2025-06-18 and 2025-11-25, server/tools: invalid arguments were an error of the protocol and became one of the tool",
            sites: "every tool of a recorded list that was called later",
            good: "reads the schema of the list, fills in the argument, or says that it cannot",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        tools::offered(recording).iter().map(tools::Offered::site).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let tool = tools::tool_of(site, recording).unwrap_or_default();
        let schema = schema_with(&tool);
        let has_schema = tool.get("inputSchema").is_some();
        tools::changed(site, recording, |at| {
            if has_schema {
                Edit::Set { at: at.key("inputSchema"), value: schema.clone() }
            } else {
                Edit::Add { at, name: "inputSchema".to_owned(), value: schema.clone() }
            }
        })
    }

    fn stands_for(&self, site: &Site, recording: &Recording, request: &Request) -> Option<Request> {
        let (asked, tool) = (Asked::of(request)?, tools::tool_of(site, recording)?);
        let at = Pointer::parse("/params/arguments").key(argument(&tool));
        let filled = has_argument(&asked, argument(&tool)) && tool["name"] == asked.tool()?;
        filled.then(|| tools::with_params(request, &Edit::Remove { at }))
    }

    fn follow_up(&self, site: &Site, recording: &Recording, request: &Request) -> Option<FollowUp> {
        let (asked, tool) = (Asked::of(request)?, tools::tool_of(site, recording)?);
        let name = argument(&tool);
        if has_argument(&asked, name) {
            return None;
        }
        let (list, exchanges) = (exchange(recording, site.interaction)?, exchanges(recording));
        let sessions = Sessions::of(recording, &exchanges);
        let as_result = sessions.version(&list).is_some_and(|version| version >= AS_RESULT_SINCE);
        let message = format!("Invalid arguments: missing required argument `{name}`");
        tools::refused(site, recording, request, |_| {
            if as_result { Refusal::Result(message) } else { Refusal::Error(-32602, message) }
        })
    }
}

fn has_argument(asked: &Asked, name: &str) -> bool {
    asked.params["arguments"][name].as_str().is_some_and(|language| !language.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answered, ask, call, message, server, server_of};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of};

    #[test]
    fn a_tool_that_is_called_can_change_and_one_that_is_not_cannot() {
        let sites = mcp_new_required_argument().sites(&server());
        assert_eq!(sites.iter().map(ToString::to_string).collect::<Vec<_>>(), ["3:result.tools.0"]);
        let list = answered(&message(1, "tools/list", &json!({})), &json!({"tools": [{"name": "look"}]}));
        assert!(mcp_new_required_argument().sites(&recording_of(vec![list])).is_empty());
    }

    #[test]
    fn a_call_without_it_is_refused_and_one_with_it_does_what_was_recorded() {
        let list = message(3, "tools/list", &json!({"cursor": "page-2-token"}));
        for (version, member) in [("2025-06-18", "error"), ("2025-11-25", "result")] {
            let mut session = Session::first(&server_of(version, |taped| taped), mcp_new_required_argument());
            let schema = &ask(&mut session, &list).1["result"]["tools"][0]["inputSchema"];
            assert_eq!(schema["required"], json!(["cents", "reply_language"]));
            assert_eq!(schema["properties"]["cents"]["type"], "integer");
            let refused = ask(&mut session, &call(4, "pay")).1;
            assert!(refused[member].to_string().contains("missing required argument"), "{refused}");
            let mut filled = call(5, "pay");
            filled["params"]["arguments"]["reply_language"] = "en".into();
            assert_eq!(ask(&mut session, &filled).1["result"]["content"][0]["text"], "paid once");
            assert_eq!(session.ledger().effects_done(), [4]);
        }
    }

    #[test]
    fn the_new_schema_is_delivered() {
        assert_eq!(delivered(&server(), mcp_new_required_argument).bent_calls().count(), 1);
    }
}
