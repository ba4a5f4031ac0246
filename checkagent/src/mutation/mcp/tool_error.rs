//! A tool says that it failed.

use serde_json::{Value, json};

use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;
use crate::recording::message::{exchange, exchanges};

/// A result that is an error. See [`mcp_tool_error`].
#[derive(Clone, Debug)]
pub struct McpToolError;

/// A call of a tool is answered with a result that says `isError`: a failure in words, or a limit as Notion's server
/// reports it, with the wait in `structuredContent`. Nothing is done, and the next try gets through.
#[must_use]
pub fn mcp_tool_error() -> McpToolError {
    McpToolError
}

const FAILED: &str = "failed";
const RATE_LIMITED: &str = "rate_limited";

impl Operator for McpToolError {
    fn id(&self) -> &'static str {
        "mcp_tool_error"
    }

    fn family(&self) -> Family {
        Family::Mcp
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A tool of an MCP server answers with a result that says `isError`; nothing is done.",
            seen: "Notion's server: `rate_limited` with `retry_after_seconds`; any tool whose backend fails",
            source: "MCP 2025-06-18, server/tools: tool execution errors; developers.notion.com/guides/mcp/rate-limits",
            sites: "every call of a tool that was answered without an error",
            good: "looks at `isError` before it uses the content; tries again, after the wait that it was told",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let exchanges = exchanges(recording);
        let calls: Vec<_> =
            exchanges.iter().filter(|exchange| exchange.asked.tool().is_some() && exchange.has_result()).collect();
        let sites = |variant, rank| calls.iter().map(move |call| Site::at(call.number).variant(variant).rank(rank));
        sites(FAILED, 95).chain(sites(RATE_LIMITED, 85)).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let reply = exchange(recording, site.interaction).map(|exchange| {
            let mut result = if site.variant == Some(RATE_LIMITED) { rate_limited() } else { failed() };
            // Newer servers say of every result what it is.
            let answer = exchange.answer();
            if let Some(kind) = answer.as_ref().and_then(|answer| answer.result().get("resultType")) {
                result["resultType"] = kind.clone();
            }
            exchange.answered_with("result", &result)
        });
        Bend::Fault { at: site.interaction, fault: Fault::Reply(reply.unwrap_or_default()), times: 1 }
    }
}

fn failed() -> Value {
    json!({"content": [{"type": "text", "text": "The service is temporarily unavailable. Nothing was done."}],
        "isError": true})
}

fn rate_limited() -> Value {
    let error = json!({"error": {"code": "rate_limited", "retry_after_seconds": 30,
        "rate_limit_reason": "requests_per_minute"}});
    json!({"content": [{"type": "text", "text": error.to_string()}], "structuredContent": error, "isError": true})
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answered, ask, call, message, server, server_of};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of};

    #[test]
    fn tools_can_fail_and_lists_or_failed_tools_cannot() {
        let sites = mcp_tool_error().sites(&server());
        assert_eq!(sites.iter().map(ToString::to_string).collect::<Vec<_>>()[..2], ["4:failed", "5:failed"]);
        let none = recording_of(vec![
            answered(&call(1, "pay"), &json!({"isError": true})),
            answered(&message(2, "tools/list", &json!({})), &json!({"tools": []})),
        ]);
        assert!(mcp_tool_error().sites(&none).is_empty());
    }

    #[test]
    fn a_limit_is_told_in_the_result_and_passes() {
        let recording = server();
        let site = mcp_tool_error().sites(&recording).into_iter().find(|site| site.variant == Some(RATE_LIMITED));
        let mut session = Session::at(&recording, mcp_tool_error(), &site.unwrap());
        let (status, limited) = ask(&mut session, &call(4, "pay"));
        assert_eq!((status, &limited["result"]["isError"]), (200, &json!(true)));
        assert_eq!(limited["result"]["structuredContent"]["error"]["retry_after_seconds"], 30);
        assert_eq!(ask(&mut session, &call(5, "pay")).1["result"]["isError"], false);
        assert_eq!(session.ledger().effects_done(), [4]);
    }

    #[test]
    fn the_failure_is_delivered_and_has_the_members_of_its_version() {
        assert_eq!(delivered(&server(), mcp_tool_error).bent_calls().count(), 1);
        let said = json!({"resultType": "complete", "content": []});
        let new = server_of("2026-07-28", |_| answered(&call(1, "pay"), &said));
        let (_, failed) = ask(&mut Session::first(&new, mcp_tool_error()), &call(1, "pay"));
        assert_eq!(failed["result"]["resultType"], "complete");
    }
}
