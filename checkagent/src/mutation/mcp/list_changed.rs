//! A server says that its tools changed, in the middle of an answer.

use checkagent_cassette::Reply;
use serde_json::json;

use super::sessions::Sessions;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;
use crate::recording::message::{Exchange, exchange, exchanges};

/// A notification before an answer. See [`mcp_list_changed`].
#[derive(Clone, Debug)]
pub struct McpListChanged;

/// The notification `notifications/tools/list_changed` comes before the answer to a call, in the same stream; an
/// answer that was no stream becomes one where the client accepts it. The list itself is as before.
#[must_use]
pub fn mcp_list_changed() -> McpListChanged {
    McpListChanged
}

/// From this version on such notifications come in a stream of their own.
const APART_SINCE: &str = "2026-07-28";

impl Operator for McpListChanged {
    fn id(&self) -> &'static str {
        "mcp_list_changed"
    }

    fn family(&self) -> Family {
        Family::Mcp
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A notification that the tools changed comes before the answer, in the same stream.",
            seen: "FastMCP: notifications of changes go out while a request is under way",
            source: "MCP 2025-11-25, basic/transports: a server may send notifications before the answer; server/tools: listChanged; PrefectHQ/fastmcp#939",
            sites: "every call of a tool after a list, of servers before 2026-07-28 that announce listChanged, where the client accepts a stream",
            good: "takes the answer and not the first message; may ask for the list again",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let exchanges = exchanges(recording);
        let sessions = Sessions::of(recording, &exchanges);
        let calls = exchanges.iter().filter(|call| call.asked.tool().is_some());
        let sites = calls.filter(|call| {
            // A client that asks for the list again has to be answered.
            let mut before = exchanges.iter().filter(|list| list.number < call.number);
            let listed = before.any(|list| list.asked.method == "tools/list" && list.is_of_server(call, recording));
            if !listed || !announced(&sessions, call) {
                return false;
            }
            call.answer().is_some_and(|answer| answer.is_streamed() || call.accepts_streams(recording))
        });
        sites.map(|call| Site::at(call.number).rank(55)).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let changed = json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"});
        let answer = exchange(recording, site.interaction).and_then(|exchange| exchange.answer());
        let reply = answer.map(|answer| answer.preceded_by(&changed)).unwrap_or_default();
        Bend::Replace { at: site.interaction, reply: Reply::Http(reply), times: Some(1) }
    }
}

/// Whether the server said that it will tell of changes, where the recording has what it said.
fn announced(sessions: &Sessions<'_>, call: &Exchange<'_>) -> bool {
    sessions.version(call).is_none_or(|version| version < APART_SINCE)
        && sessions.beginning(call).is_none_or(|beginning| beginning.tells_of_changes)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answered, call, message, server, server_of};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of};
    use crate::world::Reaction;

    #[test]
    fn calls_after_a_list_have_sites_where_the_version_allows_it_and_the_client_accepts_streams() {
        let numbers: Vec<_> = mcp_list_changed().sites(&server()).iter().map(|site| site.interaction).collect();
        assert_eq!(numbers, [4, 5]);
        assert!(mcp_list_changed().sites(&server_of("2026-07-28", |taped| taped)).is_empty());
        let list = crate::fixture::taped("POST", "/mcp").body(&message(1, "tools/list", &json!({})));
        let plain = crate::fixture::taped("POST", "/mcp").body(&call(2, "pay"));
        let answer = json!({"jsonrpc": "2.0", "id": 2, "result": {}});
        assert!(mcp_list_changed().sites(&recording_of(vec![list, plain.reply(&answer)])).is_empty());
        assert!(mcp_list_changed().sites(&recording_of(vec![answered(&call(1, "pay"), &json!({}))])).is_empty());
    }

    #[test]
    fn the_answer_comes_after_the_notification_and_as_it_was() {
        let mut session = Session::first(&server(), mcp_list_changed());
        let Reaction::Reply(Reply::Http(reply), _) = session.again(4) else { panic!("no reply") };
        assert_eq!(reply.header("content-type"), Some("text/event-stream"));
        let body = reply.body();
        let (first, second) = body.text().and_then(|text| text.split_once("\n\n")).unwrap();
        assert!(first.contains("notifications/tools/list_changed"));
        assert!(second.contains("paid once"));
        assert_eq!(session.ledger().effects_done(), [4]);
    }

    #[test]
    fn the_notification_is_delivered_once() {
        assert_eq!(delivered(&server(), mcp_list_changed).bent_calls().count(), 1);
    }
}
