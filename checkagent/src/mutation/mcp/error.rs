//! A request is answered with an error of JSON-RPC.

use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;
use crate::recording::message::{exchange, exchanges};

/// An error of the protocol in place of an answer. See [`mcp_error`].
#[derive(Clone, Debug)]
pub struct McpError;

/// A request to a server is answered with an error of JSON-RPC: an internal error (-32603), an error of the server
/// (-32000), or invalid parameters (-32602). Nothing is done, and the next try gets through.
#[must_use]
pub fn mcp_error() -> McpError {
    McpError
}

/// Name, code, message, and rank of each form.
const FORMS: [(&str, i32, &str, u32); 3] = [
    ("internal_error", -32603, "Internal error", 90),
    ("server_error", -32000, "Server error: upstream request failed", 70),
    ("invalid_params", -32602, "Invalid params", 50),
];

impl Operator for McpError {
    fn id(&self) -> &'static str {
        "mcp_error"
    }

    fn family(&self) -> Family {
        Family::Mcp
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A request to an MCP server is answered with an error of JSON-RPC; nothing is done.",
            seen: "servers whose handler fails; several say -32000 for whatever went wrong inside",
            source: "jsonrpc.org/specification, 5.1; MCP 2025-06-18, server/tools: protocol errors",
            sites: "every call of a tool, read of a resource and prompt that was answered with a result",
            good: "tries again, or says what it could not do; it does not go on as if there had been an answer",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let asking = ["tools/call", "resources/read", "prompts/get"];
        let mut sites = Vec::new();
        for exchange in exchanges(recording) {
            if !asking.contains(&exchange.asked.method.as_str()) || !exchange.has_result() {
                continue;
            }
            sites.extend(FORMS.map(|(variant, code, _, rank)| {
                // The parameters were right; who believes the server and asks in another way is not to blame.
                let lie = match code {
                    -32602 => Lie::Plausible("the server says that the parameters are invalid".to_owned()),
                    _ => Lie::None,
                };
                Site::at(exchange.number).variant(variant).lie(lie).rank(rank)
            }));
        }
        sites.sort_by_key(|site| std::cmp::Reverse(site.rank));
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let form = FORMS.iter().find(|form| Some(form.0) == site.variant).unwrap_or(&FORMS[0]);
        let reply = exchange(recording, site.interaction).map(|exchange| exchange.refused_with(form.1, form.2));
        Bend::Fault { at: site.interaction, fault: Fault::Reply(reply.unwrap_or_default()), times: 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answered, ask, call, server};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of, taped};
    use serde_json::json;

    #[test]
    fn calls_can_fail_and_other_requests_or_failed_calls_cannot() {
        let numbers: Vec<_> = mcp_error().sites(&server()).iter().map(|site| site.interaction).collect();
        assert_eq!(numbers, [4, 5, 4, 5, 4, 5]);
        let failed = json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -32000, "message": "no"}});
        let none = recording_of(vec![
            taped("POST", "/mcp").body(&call(1, "pay")).reply(&failed),
            taped("POST", "/rpc").body(&json!({"method": "tools/call"})).reply(&json!({"result": 1})),
        ]);
        assert!(mcp_error().sites(&none).is_empty());
    }

    #[test]
    fn the_next_try_gets_through_under_the_next_id() {
        let recording = server();
        let mut session = Session::first(&recording, mcp_error());
        let (status, failed) = ask(&mut session, &call(4, "pay"));
        assert_eq!((status, &failed["error"]["code"], &failed["id"]), (200, &json!(-32603), &json!(4)));
        let (_, done) = ask(&mut session, &call(5, "pay"));
        assert_eq!((&done["result"]["content"][0]["text"], &done["id"]), (&json!("paid once"), &json!(5)));
        assert_eq!(session.ledger().effects_done(), [4]);
    }

    #[test]
    fn the_error_comes_in_the_form_of_the_recorded_answer() {
        let ledger = delivered(&server(), mcp_error);
        assert_eq!(ledger.bent_calls().count(), 1);
        let answer = json!({"jsonrpc": "2.0", "id": 1, "result": {}});
        let stream = recording_of(vec![
            answered(&call(1, "pay"), &json!({}))
                .reply_header("content-type", "text/event-stream")
                .reply_frames(&[&format!("event: message\ndata: {answer}\n\n")]),
        ]);
        let site = mcp_error().sites(&stream).remove(0);
        let Bend::Fault { fault: Fault::Reply(reply), .. } = mcp_error().bend(&site, &stream) else { panic!() };
        assert_eq!(reply.header("content-type"), Some("text/event-stream"));
        assert!(reply.body().text().is_some_and(|text| text.starts_with("event: message\ndata: {\"error\"")));
    }
}
