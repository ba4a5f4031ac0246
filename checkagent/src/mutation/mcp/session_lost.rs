//! A server has forgotten the session.

use checkagent_cassette::{Fidelity, HttpReply, Request};

use super::sessions::Sessions;
use crate::mutation::bend::Bend;
use crate::mutation::error_reply;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;
use crate::recording::message::exchanges;

/// A session that the server no longer knows. See [`mcp_session_lost`].
#[derive(Clone, Debug)]
pub struct McpSessionLost;

/// A request of a session is answered 404, until the client has initialised again.
#[must_use]
pub fn mcp_session_lost() -> McpSessionLost {
    McpSessionLost
}

impl Operator for McpSessionLost {
    fn id(&self) -> &'static str {
        "mcp_session_lost"
    }

    fn family(&self) -> Family {
        Family::Mcp
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "An MCP server no longer knows the session and answers 404, until the client initialises again.",
            seen: "servers that end idle sessions; SDKs kept the dead id and met 404 for ever",
            source: "MCP 2025-11-25, basic/transports, session management: on 404 the client must start a new session; gone in 2026-07-28; modelcontextprotocol/typescript-sdk#2086",
            sites: "every request with a session id, after a recorded `initialize`",
            good: "initialises again and repeats the request",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let exchanges = exchanges(recording);
        let sessions = Sessions::of(recording, &exchanges);
        let in_session = exchanges.iter().filter(|exchange| {
            let request = &recording.interaction(exchange.number).request;
            matches!(request, Request::Http(http) if http.header("mcp-session-id").is_some())
                && sessions.beginning(exchange).is_some()
        });
        let rank = |tool: Option<&str>| if tool.is_some() { 85 } else { 65 };
        let mut sites: Vec<_> =
            in_session.map(|exchange| Site::at(exchange.number).rank(rank(exchange.asked.tool()))).collect();
        sites.sort_by_key(|site| std::cmp::Reverse(site.rank));
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let exchanges = exchanges(recording);
        let sessions = Sessions::of(recording, &exchanges);
        let own = exchanges.iter().find(|exchange| exchange.number == site.interaction);
        let began = own.and_then(|own| sessions.beginning(own)).map(|beginning| beginning.number);
        Bend::Expire { at: site.interaction, issued_by: began.unwrap_or(site.interaction), reply: forgotten() }
    }
}

fn forgotten() -> HttpReply {
    error_reply(404, r#"{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}"#, &[])
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answered, ask, call, message, server};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of, taped};
    use serde_json::json;

    #[test]
    fn requests_of_a_session_can_lose_it_and_those_without_one_cannot() {
        let numbers: Vec<_> = mcp_session_lost().sites(&server()).iter().map(|site| site.interaction).collect();
        assert_eq!(numbers, [4, 5, 2, 3]);
        let hello = taped("POST", "/mcp").body(&message(1, "initialize", &json!({})));
        let stateless = taped("POST", "/mcp").body(&call(2, "pay"));
        assert!(mcp_session_lost().sites(&recording_of(vec![hello, stateless])).is_empty());
        assert!(mcp_session_lost().sites(&recording_of(vec![answered(&call(1, "pay"), &json!({}))])).is_empty());
    }

    #[test]
    fn the_session_is_lost_until_it_is_begun_again_and_that_is_no_duplicate() {
        let mut session = Session::first(&server(), mcp_session_lost());
        session.again(1);
        assert_eq!(ask(&mut session, &call(4, "pay")).0, 404);
        assert_eq!(ask(&mut session, &call(5, "pay")).0, 404);
        let hello = message(6, "initialize", &json!({"protocolVersion": "2025-06-18"}));
        assert_eq!(ask(&mut session, &hello).1["id"], 6);
        assert_eq!(ask(&mut session, &call(7, "pay")).1["result"]["content"][0]["text"], "paid once");
        let ledger = session.ledger();
        assert_eq!(ledger.effects_done(), [4]);
        assert!(ledger.calls.iter().all(|call| call.duplicate.is_none()), "{ledger:?}");
    }

    #[test]
    fn the_loss_is_delivered() {
        let ledger = delivered(&server(), mcp_session_lost);
        assert!(ledger.bent_calls().all(|call| call.outcome.to_string().contains("404")));
    }
}
