//! A model that looks an order up, has it paid by a tool of an MCP server, and says so.

use std::time::Duration;

use checkagent::cassette::key::Key;
use checkagent::cassette::{
    Body, CallReply, CallRequest, Content, Fidelity, Frame, HttpReply, HttpRequest, Interaction, Reply, Request,
};
use serde_json::{Value, json};

const LOOK_UP: &str = "call_a1b2c3d4e5f6g7h8";
const PAY: &str = "call_z9y8x7w6v5u4t3s2";

/// What the agent asks the model.
pub fn asked(messages: &[Value], stream: bool) -> Value {
    let tool = |name: &str, argument: &str, of: &str| {
        let parameters = json!({"type": "object", "properties": {argument: {"type": of}}, "required": [argument]});
        json!({"type": "function", "function": {"name": name, "description": "What it does.", "parameters": parameters}})
    };
    let tools = [tool("look_up", "id", "string"), tool("pay", "cents", "integer")];
    json!({"model": "m-1", "stream": stream, "messages": messages, "tools": tools})
}

/// What the user wants.
pub fn wanted() -> Value {
    json!({"role": "user", "content": "Pay order o-4711 if it is open."})
}

/// A message that calls a tool.
pub fn calling(id: &str, name: &str, arguments: &str) -> Value {
    let call = json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}});
    json!({"role": "assistant", "content": null, "tool_calls": [call]})
}

/// What a tool returned.
pub fn result(id: &str, text: &str) -> Value {
    json!({"role": "tool", "tool_call_id": id, "content": text})
}

/// A request of JSON-RPC.
pub fn rpc(id: u64, method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

/// The description of the server's tool.
pub fn pay_tool() -> Value {
    let schema = json!({"type": "object", "properties": {"cents": {"type": "integer"}}, "required": ["cents"]});
    json!({"name": "pay", "description": "Pays an order.", "inputSchema": schema})
}

fn exchange(channel: &str, target: &str, body: &Value, media: &str, content: Content) -> Interaction {
    let header = |name: &str, value: &str| (name.into(), value.into());
    let mut headers = vec![header("content-type", "application/json")];
    if channel == "mcp" {
        headers.push(header("accept", "application/json, text/event-stream"));
    }
    let request = HttpRequest { method: "POST".into(), target: target.into(), headers, body: Body::from_json(body) };
    let headers = vec![header("content-type", media)];
    interaction(
        channel,
        Request::Http(request),
        Reply::Http(HttpReply { status: 200, headers, content, ..HttpReply::default() }),
    )
}

fn interaction(channel: &str, request: Request, reply: Reply) -> Interaction {
    let latency = Some(Duration::from_millis(4));
    let channel = channel.into();
    Interaction { number: 0, channel, key: Key::default(), request, reply, latency, fidelity: Fidelity::Wire }
}

fn said(messages: &[Value], message: &Value, reason: &str) -> Interaction {
    let usage = json!({"prompt_tokens": 50, "completion_tokens": 10, "total_tokens": 60});
    let choice = json!({"index": 0, "message": message, "finish_reason": reason});
    let reply = json!({"id": "chatcmpl-1", "object": "chat.completion", "created": 1_770_000_000, "model": "m-1", "choices": [choice], "usage": usage});
    let content = Content::Whole(Body::from_json(&reply));
    exchange("model", "/v1/chat/completions", &asked(messages, false), "application/json", content)
}

fn streamed(messages: &[Value], deltas: &[Value], reason: &str) -> Interaction {
    let chunk = |delta: &Value, reason: Value| {
        let choice = json!({"index": 0, "delta": delta, "finish_reason": reason});
        let chunk = json!({"id": "chatcmpl-2", "object": "chat.completion.chunk", "created": 1_770_000_000, "model": "m-1", "choices": [choice]});
        format!("data: {chunk}\n\n")
    };
    let mut events: Vec<_> = deltas.iter().map(|delta| chunk(delta, Value::Null)).collect();
    events.push(chunk(&json!({}), json!(reason)));
    events.push("data: [DONE]\n\n".to_owned());
    let frame =
        |event: &String| Frame { after: Some(Duration::from_millis(9)), data: Body::Text(event.as_str().into()) };
    let content = Content::Frames(events.iter().map(frame).collect());
    exchange("model", "/v1/chat/completions", &asked(messages, true), "text/event-stream", content)
}

fn answered(id: u64, method: &str, params: &Value, result: &Value) -> Interaction {
    let reply = json!({"jsonrpc": "2.0", "id": id, "result": result});
    let content = Content::Whole(Body::from_json(&reply));
    exchange("mcp", "/mcp", &rpc(id, method, params), "application/json", content)
}

/// The whole conversation.
pub fn conversation() -> Vec<Interaction> {
    let order = json!({"id": "o-4711", "cents": 1250, "status": "open"});
    let look_up = CallRequest { name: "look_up".into(), effect: false, args: json!({"id": "o-4711"}), id: None };
    let first = calling(LOOK_UP, "look_up", r#"{"id":"o-4711"}"#);
    let second = calling(PAY, "pay", r#"{"cents":1250}"#);
    let mut messages = vec![wanted()];
    let mut all = vec![
        answered(
            1,
            "initialize",
            &json!({"protocolVersion": "2025-06-18"}),
            &json!({"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}}),
        ),
        answered(2, "tools/list", &json!({}), &json!({"tools": [pay_tool()]})),
        said(&messages, &first, "tool_calls"),
        interaction("code", Request::Call(look_up), Reply::Call(CallReply::Returned(order.clone()))),
    ];
    messages.extend([first, result(LOOK_UP, &order.to_string())]);
    let piece = |function: Value| json!({"tool_calls": [{"index": 0, "function": function}]});
    let deltas = [
        json!({"role": "assistant", "content": null, "tool_calls": [{"index": 0, "id": PAY, "type": "function", "function": {"name": "pay", "arguments": ""}}]}),
        piece(json!({"arguments": "{\"cents\""})),
        piece(json!({"arguments": ":1250}"})),
    ];
    all.push(streamed(&messages, &deltas, "tool_calls"));
    let paid = json!({"content": [{"type": "text", "text": "1250 cents are paid."}], "isError": false});
    all.push(answered(3, "tools/call", &json!({"name": "pay", "arguments": {"cents": 1250}}), &paid));
    messages.extend([second, result(PAY, "1250 cents are paid.")]);
    let words = ["Order ", "o-4711 ", "is ", "paid."].map(|word| json!({"content": word}));
    all.push(streamed(&messages, &words, "stop"));
    all
}
