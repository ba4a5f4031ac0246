//! An answer carries another id than its request.

use checkagent_cassette::{Reply, Request};
use serde_json::{Value, json};

use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::message::{Asked, accepted, exchange, exchanges};
use crate::recording::{FollowUp, Recording};

/// An answer to nobody. See [`mcp_wrong_id`].
#[derive(Clone, Debug)]
pub struct McpWrongId;

/// The answer to a request carries an id that the client never sent (`unknown`), or the right one as a text
/// (`as_text`: `"7"` for 7). What was asked for is done; asked once more, the server answers as it should.
#[must_use]
pub fn mcp_wrong_id() -> McpWrongId {
    McpWrongId
}

const UNKNOWN: &str = "unknown";
const AS_TEXT: &str = "as_text";

impl Operator for McpWrongId {
    fn id(&self) -> &'static str {
        "mcp_wrong_id"
    }

    fn family(&self) -> Family {
        Family::Mcp
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The answer of an MCP server carries another id than its request; what was asked for is done.",
            seen: "radare2-mcp: every answer had the id 0; the Python SDK 1.9.4: a text came back as a number",
            source: "jsonrpc.org/specification, 5: the id of a response is that of its request; radareorg/radare2-mcp#68, modelcontextprotocol/python-sdk#961 and #1720",
            sites: "every call of a tool and every list that was answered with a result",
            good: "does not wait for ever; looks whether the call was done before it sends it again",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let mut sites = Vec::new();
        for exchange in exchanges(recording) {
            let rank = match exchange.asked.method.as_str() {
                "tools/call" => 80,
                "tools/list" | "resources/read" => 60,
                _ => continue,
            };
            if exchange.has_result() {
                let reason = || Lie::Evident("an answer carries the id of its request (JSON-RPC 2.0)".to_owned());
                sites.push(Site::at(exchange.number).variant(UNKNOWN).lie(reason()).rank(rank));
                if exchange.asked.id.as_ref().is_some_and(Value::is_number) {
                    sites.push(Site::at(exchange.number).variant(AS_TEXT).lie(reason()).rank(rank - 20));
                }
            }
        }
        sites.sort_by_key(|site| std::cmp::Reverse(site.rank));
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let other = |id: &Value| match (site.variant, id) {
            (Some(AS_TEXT), id) => json!(id.to_string()),
            // Beyond what any client counts up to in one session.
            (_, Value::Number(number)) => json!(number.as_u64().unwrap_or_default() + 100_000),
            (_, id) => json!(format!("{}-x", id.as_str().unwrap_or_default())),
        };
        let reply = exchange(recording, site.interaction).and_then(|exchange| {
            let id = other(exchange.asked.id.as_ref()?);
            Some(exchange.answer()?.with("/id", id))
        });
        let reply = Reply::Http(reply.unwrap_or_default());
        Bend::Replace { at: site.interaction, reply, times: Some(1) }
    }

    fn follow_up(&self, _site: &Site, _recording: &Recording, request: &Request) -> Option<FollowUp> {
        // A client that gave up says so.
        Asked::of(request).filter(|asked| asked.method == "notifications/cancelled").map(|_| accepted())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answered, ask, call, message, server};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of};

    #[test]
    fn calls_and_lists_have_sites_and_an_error_has_none() {
        let sites = mcp_wrong_id().sites(&server());
        assert_eq!(
            sites.iter().map(ToString::to_string).collect::<Vec<_>>()[..3],
            ["4:unknown", "5:unknown", "2:unknown"]
        );
        let none = recording_of(vec![answered(&message(1, "ping", &json!({})), &json!({}))]);
        assert!(mcp_wrong_id().sites(&none).is_empty());
    }

    #[test]
    fn the_call_is_done_and_sending_it_again_is_a_duplicate() {
        let recording = recording_of(vec![answered(&call(4, "pay"), &json!({"content": []}))]);
        let mut session = Session::first(&recording, mcp_wrong_id());
        assert_eq!(ask(&mut session, &call(4, "pay")).1["id"], 100_004);
        let cancelled = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 4}});
        assert_eq!(ask(&mut session, &cancelled).0, 202);
        assert_eq!(ask(&mut session, &call(5, "pay")).1["id"], 5);
        let ledger = session.ledger();
        assert_eq!(ledger.effects_done(), [1]);
        assert!(ledger.calls[2].duplicate.is_some());
    }

    #[test]
    fn the_other_id_is_delivered() {
        assert_eq!(delivered(&server(), mcp_wrong_id).bent_calls().count(), 1);
        let site = mcp_wrong_id().sites(&server()).into_iter().find(|site| site.variant == Some(AS_TEXT)).unwrap();
        let mut session = Session::at(&server(), mcp_wrong_id(), &site);
        assert_eq!(ask(&mut session, &call(4, "pay")).1["id"], "4");
    }
}
