//! A small recording of a server for the unit tests of this family.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::fixture::{Session, Taped, recording_of, request, taped};
use crate::recording::Recording;
use crate::world::Reaction;

/// A request of JSON-RPC.
pub(super) fn message(id: u64, method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

/// A call of a tool.
pub(super) fn call(id: u64, tool: &str) -> Value {
    message(id, "tools/call", &json!({"name": tool, "arguments": {"cents": 500}}))
}

/// An exchange with a result.
pub(super) fn answered(asked: &Value, result: &Value) -> Taped {
    let answer = json!({"jsonrpc": "2.0", "id": asked["id"], "result": result});
    let accept = "application/json, text/event-stream";
    taped("POST", "/mcp").header("accept", accept).header("mcp-session-id", "s-4711").body(asked).reply(&answer)
}

/// A session, two pages of tools, and two calls of `pay`.
pub(super) fn server() -> Arc<Recording> {
    server_of("2025-06-18", |taped| taped)
}

/// The same with another version of the protocol, and every exchange changed.
pub(super) fn server_of(version: &str, change: impl Fn(Taped) -> Taped) -> Arc<Recording> {
    let tool = |name: &str| {
        let schema = json!({"type": "object", "properties": {"cents": {"type": "integer"}}, "required": ["cents"]});
        json!({"name": name, "description": "What it does.", "inputSchema": schema})
    };
    let said = |text: &str| json!({"content": [{"type": "text", "text": text}], "isError": false});
    let hello = json!({"protocolVersion": version, "capabilities": {"tools": {"listChanged": true}}});
    let exchanges = vec![
        answered(&message(1, "initialize", &json!({"protocolVersion": version})), &hello),
        answered(
            &message(2, "tools/list", &json!({})),
            &json!({"tools": [tool("look")], "nextCursor": "page-2-token"}),
        ),
        answered(&message(3, "tools/list", &json!({"cursor": "page-2-token"})), &json!({"tools": [tool("pay")]})),
        answered(&call(4, "pay"), &said("paid once")),
        answered(&call(5, "pay"), &said("paid twice")),
    ];
    recording_of(exchanges.into_iter().map(change).collect())
}

/// Status and document of the reply.
pub(super) fn ask(session: &mut Session, body: &Value) -> (u16, Value) {
    match session.send(&request("POST", "/mcp", body)) {
        Reaction::Reply(checkagent_cassette::Reply::Http(reply), _) => {
            (reply.status, reply.body().json().unwrap_or_default())
        }
        other => panic!("no reply: {other:?}"),
    }
}
