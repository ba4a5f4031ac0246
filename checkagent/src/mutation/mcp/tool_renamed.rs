//! A tool of a server has another name.

use checkagent_cassette::Request;
use checkagent_cassette::json::{Edit, Pointer};

use super::tools::{self, Refusal};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::message::Asked;
use crate::recording::{FollowUp, Recording};

/// A tool under another name. See [`mcp_tool_renamed`].
#[derive(Clone, Debug)]
pub struct McpToolRenamed;

/// Lists show a tool under another name (`pay` is `pay_v2`); it does what it did. A call of the old name is answered
/// with `Unknown tool` (-32602).
#[must_use]
pub fn mcp_tool_renamed() -> McpToolRenamed {
    McpToolRenamed
}

fn renamed(name: &str) -> String {
    format!("{name}_v2")
}

impl Operator for McpToolRenamed {
    fn id(&self) -> &'static str {
        "mcp_tool_renamed"
    }

    fn family(&self) -> Family {
        Family::Mcp
    }

    fn truth(&self) -> Truth {
        Truth::Changed
    }

    fn about(&self) -> About {
        About {
            what: "A tool of an MCP server has another name; calls of the old one are refused.",
            seen: "servers that were updated; gateways that put the server's name in front",
            source: "MCP 2026-07-28, server/tools: the set of tools may change over time; unknown tools are -32602",
            sites: "every tool of a recorded list that was called later",
            good: "takes names from the list, or says that the tool is not there",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        tools::offered(recording).iter().map(tools::Offered::site).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let tool = tools::tool_of(site, recording).unwrap_or_default();
        let name = renamed(tool["name"].as_str().unwrap_or_default());
        let edit = |at: Pointer| Edit::Set { at: at.key("name"), value: name.clone().into() };
        tools::changed(site, recording, edit)
    }

    fn stands_for(&self, site: &Site, recording: &Recording, request: &Request) -> Option<Request> {
        let (asked, tool) = (Asked::of(request)?, tools::tool_of(site, recording)?);
        let old = tool["name"].as_str()?;
        (asked.tool()? == renamed(old)).then(|| {
            let at = Pointer::parse("/params/name");
            tools::with_params(request, &Edit::Set { at, value: old.into() })
        })
    }

    fn follow_up(&self, site: &Site, recording: &Recording, request: &Request) -> Option<FollowUp> {
        tools::refused(site, recording, request, Refusal::unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answered, ask, call, message, server};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of};
    use serde_json::json;

    #[test]
    fn a_tool_that_is_called_can_be_renamed_and_one_that_is_not_cannot() {
        let sites = mcp_tool_renamed().sites(&server());
        assert_eq!(sites.iter().map(ToString::to_string).collect::<Vec<_>>(), ["3:result.tools.0"]);
        let list = answered(&message(1, "tools/list", &json!({})), &json!({"tools": [{"name": "look"}]}));
        assert!(mcp_tool_renamed().sites(&recording_of(vec![list, answered(&call(2, "pay"), &json!({}))])).is_empty());
    }

    #[test]
    fn the_old_name_is_refused_and_the_new_one_does_what_was_recorded() {
        let mut session = Session::first(&server(), mcp_tool_renamed());
        let list = message(3, "tools/list", &json!({"cursor": "page-2-token"}));
        assert_eq!(ask(&mut session, &list).1["result"]["tools"][0]["name"], "pay_v2");
        let refused = ask(&mut session, &call(4, "pay")).1;
        assert_eq!((&refused["error"]["code"], &refused["id"]), (&json!(-32602), &json!(4)));
        let done = ask(&mut session, &call(5, "pay_v2")).1;
        assert_eq!((&done["result"]["content"][0]["text"], &done["id"]), (&json!("paid once"), &json!(5)));
        let ledger = session.ledger();
        assert_eq!(ledger.effects_done(), [4]);
        assert_eq!(ledger.calls[2].tool.as_deref(), Some("pay_v2"));
    }

    #[test]
    fn the_new_name_is_delivered() {
        assert_eq!(delivered(&server(), mcp_tool_renamed).bent_calls().count(), 1);
    }
}
