//! A server no longer has a tool.

use checkagent_cassette::Request;
use checkagent_cassette::json::Edit;

use super::tools::{self, Refusal};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::{FollowUp, Recording};

/// A tool that is gone. See [`mcp_tool_removed`].
#[derive(Clone, Debug)]
pub struct McpToolRemoved;

/// A tool is in no list any more, and a call of it is answered with `Unknown tool` (-32602).
#[must_use]
pub fn mcp_tool_removed() -> McpToolRemoved {
    McpToolRemoved
}

impl Operator for McpToolRemoved {
    fn id(&self) -> &'static str {
        "mcp_tool_removed"
    }

    fn family(&self) -> Family {
        Family::Mcp
    }

    fn truth(&self) -> Truth {
        Truth::Changed
    }

    fn about(&self) -> About {
        About {
            what: "An MCP server no longer has a tool: it is in no list, and calls of it are refused.",
            seen: "servers that were updated, tools that a user's permissions no longer cover",
            source: "MCP 2026-07-28, server/tools: the set of tools may change over time; unknown tools are -32602",
            sites: "every tool of a recorded list that was called later; where no list was asked for, every tool that was called",
            good: "uses another tool that does the same, or says that it cannot do it",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let offered = tools::offered(recording);
        offered.iter().map(tools::Offered::site).chain(tools::unlisted(recording)).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        match site.pointer {
            Some(_) => tools::changed(site, recording, |at| Edit::Remove { at }),
            None => tools::calls_refused(site, recording),
        }
    }

    fn follow_up(&self, site: &Site, recording: &Recording, request: &Request) -> Option<FollowUp> {
        tools::refused(site, recording, request, Refusal::unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answered, ask, call, message, server};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of, taped};
    use serde_json::json;

    #[test]
    fn a_tool_that_is_called_can_go_and_one_that_is_not_cannot() {
        let sites = mcp_tool_removed().sites(&server());
        assert_eq!(sites.iter().map(ToString::to_string).collect::<Vec<_>>(), ["3:result.tools.0"]);
        let rest = recording_of(vec![taped("POST", "/tools").body(&json!({"method": "tools/call"}))]);
        assert!(mcp_tool_removed().sites(&rest).is_empty());
    }

    #[test]
    fn a_tool_that_was_never_listed_is_refused_at_every_call() {
        let calls = [call(1, "pay"), call(2, "look"), call(3, "pay")];
        let recording = recording_of(calls.iter().map(|call| answered(call, &json!({"content": []}))).collect());
        let sites = mcp_tool_removed().sites(&recording);
        assert_eq!(sites.iter().map(ToString::to_string).collect::<Vec<_>>(), ["1", "2"]);
        let mut session = Session::at(&recording, mcp_tool_removed(), &sites[0]);
        let mut other = call(9, "pay");
        other["params"]["arguments"] = json!({});
        let replies = calls.iter().chain([&other]).map(|call| ask(&mut session, call).1);
        let refused: Vec<_> = replies.map(|reply| reply["error"]["code"] == -32602).collect();
        assert_eq!(refused, [true, false, true, true]);
        assert_eq!(session.ledger().effects_done(), [2]);
    }

    #[test]
    fn the_tool_is_in_no_list_and_no_call_of_it_gets_through() {
        let mut session = Session::first(&server(), mcp_tool_removed());
        let list = message(3, "tools/list", &json!({"cursor": "page-2-token"}));
        assert_eq!(ask(&mut session, &list).1["result"]["tools"], json!([]));
        let mut other = call(6, "pay");
        other["params"]["arguments"]["cents"] = 7.into();
        for call in [call(4, "pay"), call(5, "pay"), other] {
            let refused = ask(&mut session, &call).1;
            assert_eq!((&refused["error"]["code"], &refused["id"]), (&json!(-32602), &call["id"]));
        }
        assert_eq!(session.ledger().effects_done(), [0; 0]);
    }

    #[test]
    fn the_change_is_delivered_with_the_list() {
        assert_eq!(delivered(&server(), mcp_tool_removed).bent_calls().count(), 1);
    }
}
