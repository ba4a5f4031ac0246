//! Small recordings of every kind: pages, batches, models, tools, approvals, an agent's own code.

use std::collections::BTreeMap;
use std::time::Duration;

use checkagent::cassette::key::Key;
use checkagent::cassette::{
    Body, CallReply, CallRequest, Cassette, Channel, ChannelKind, Content, Fidelity, Frame, Header, HttpReply,
    HttpRequest, Interaction, Reply, Request,
};
use serde_json::{Value, json};

/// A cassette of these interactions.
pub fn cassette(interactions: Vec<Interaction>) -> Cassette {
    let http =
        |name: &str| (name.to_owned(), Channel { kind: ChannelKind::Http { base: format!("http://{name}.example") } });
    let mut channels = BTreeMap::from([http("api"), http("model"), http("mcp")]);
    channels.insert("code".to_owned(), Channel { kind: ChannelKind::Code });
    let header = Header {
        name: "spoilt".to_owned(),
        recorded_at: "2026-01-01T00:00:00Z".to_owned(),
        recorder: "test".to_owned(),
        matching: checkagent::Matching::default(),
        channels,
    };
    Cassette::new(header, interactions)
}

/// One of each kind, and all of them after one another.
pub fn all() -> Vec<Vec<Interaction>> {
    let mut each = vec![pages(), totals(), batches(), events(), chat(), anthropic(), mcp(), approval(), code()];
    each.push(each.concat());
    each
}

fn interaction(channel: &str, request: Request, reply: Reply) -> Interaction {
    let latency = Some(Duration::from_millis(3));
    let channel = channel.into();
    Interaction { number: 0, channel, key: Key::default(), request, reply, latency, fidelity: Fidelity::Wire }
}

fn http(channel: &str, method: &str, target: &str, body: &Value, content: Content) -> Interaction {
    let body = if body.is_null() { Body::Empty } else { Body::from_json(body) };
    let headers = vec![("content-type".into(), "application/json".into())];
    let request = HttpRequest { method: method.into(), target: target.into(), headers: headers.clone(), body };
    let reply = HttpReply { status: 200, headers, content, ..HttpReply::default() };
    interaction(channel, Request::Http(request), Reply::Http(reply))
}

fn exchange(method: &str, target: &str, body: &Value, reply: &Value) -> Interaction {
    http("api", method, target, body, Content::Whole(Body::from_json(reply)))
}

fn get(target: &str, reply: &Value) -> Interaction {
    exchange("GET", target, &Value::Null, reply)
}

fn record(number: u64) -> Value {
    let (status, currency) = if number.is_multiple_of(2) { ("open", "EUR") } else { ("paid", "USD") };
    json!({
        "id": format!("rec_{number:04}"), "name": format!("Customer {number}"), "status": status, "currency": currency,
        "amount_cents": number * 1250, "created_at": format!("2026-03-{:02}T08:15:00Z", number % 28 + 1),
        "tags": ["a", "b"], "owner": {"id": format!("usr_{:04}", number % 3), "email": "a@example.com"}, "note": null,
    })
}

fn pages() -> Vec<Interaction> {
    let page = |from: u64, next: Option<&str>| {
        let data: Vec<_> = (from..from + 3).map(record).collect();
        json!({"data": data, "has_more": next.is_some(), "next_cursor": next, "total": 9})
    };
    vec![
        get("/v1/records?limit=3", &page(1, Some("cursor-a1b2c3"))),
        get("/v1/records?limit=3&cursor=cursor-a1b2c3", &page(4, Some("cursor-d4e5f6"))),
        get("/v1/records?limit=3&cursor=cursor-d4e5f6", &page(7, None)),
        exchange(
            "POST",
            "/v1/orders",
            &json!({"record": "rec_0004", "amount_cents": 5000}),
            &json!({"id": "ord_0001", "amount_cents": 5000, "status": "open"}),
        ),
        get("/v1/orders/ord_0001", &json!({"id": "ord_0001", "amount_cents": 5000, "status": "open"})),
        get("/v1/orders/ord_0001", &json!({"id": "ord_0001", "amount_cents": 5000, "status": "paid"})),
    ]
}

fn totals() -> Vec<Interaction> {
    let list: Vec<_> = (1..=12).map(record).collect();
    vec![
        get("/v2/records", &json!({"records": list, "count": 12})),
        get("/v2/records/rec_0002", &record(2)),
        get("/v2/records/rec_0003", &record(3)),
        exchange(
            "PATCH",
            "/v2/records/rec_0002",
            &json!({"status": "paid"}),
            &json!({"id": "rec_0002", "status": "paid"}),
        ),
        get("/v2/records/rec_0002", &json!({"id": "rec_0002", "status": "paid"})),
        exchange("DELETE", "/v2/records/rec_0003", &Value::Null, &json!({"deleted": true})),
    ]
}

fn batches() -> Vec<Interaction> {
    let items: Vec<_> = (1..=4).map(|number| json!({"id": format!("x-{number:03}"), "amount": number * 100})).collect();
    let done: Vec<_> = (1..=4).map(|number| json!({"id": format!("x-{number:03}"), "status": 201})).collect();
    vec![
        exchange("POST", "/v1/items/batch", &json!({"items": items}), &json!({"results": done})),
        exchange(
            "POST",
            "/sqs",
            &json!({"Entries": [{"Id": "a", "MessageBody": "1"}, {"Id": "b", "MessageBody": "2"}]}),
            &json!({"Successful": [{"Id": "a", "MessageId": "m1"}, {"Id": "b", "MessageId": "m2"}], "Failed": []}),
        ),
        exchange(
            "POST",
            "/graphql",
            &json!({"query": "mutation { a: make(n: 1) { id } b: make(n: 2) { id } }"}),
            &json!({"data": {"a": {"id": "g-001"}, "b": {"id": "g-002"}}}),
        ),
        get("/v1/items?ids=x-001,x-002,x-003", &json!({"items": items[..3]})),
        get("/v1/items", &json!({"items": items})),
    ]
}

fn events() -> Vec<Interaction> {
    let event = |number: u64| {
        format!("id: {number}\ndata: {}\n\n", json!({"order": format!("ord_{number:04}"), "cents": number * 100}))
    };
    let payload = json!({"data": {"make": {"id": "g-003", "userErrors": []}}});
    let transact = json!({"TransactItems": [{"Put": {"TableName": "T", "Item": {"k": {"S": "1"}}}}, {"Put": {"TableName": "T", "Item": {"k": {"S": "2"}}}}]});
    let look = json!({"name": "look", "description": "Looks.", "input_schema": {"type": "object"}});
    let long = "The quick brown fox jumps over the lazy dog and reads the whole of this description. ".repeat(3);
    vec![
        streamed(http("api", "GET", "/v1/events", &Value::Null, frames(&[1, 2, 3].map(event)))),
        exchange(
            "POST",
            "/graphql",
            &json!({"query": "mutation { make(n: 1) { id userErrors { message } } }"}),
            &payload,
        ),
        exchange("POST", "/dynamodb", &transact, &json!({})),
        get("/v1/tools", &json!({"tools": [look]})),
        get(
            "/v1/articles/7",
            &json!({"id": "art-0007", "title": "A fox", "body": long, "comments": [{"by": "ann", "text": long}]}),
        ),
    ]
}

fn frames(events: &[String]) -> Content {
    let frame =
        |text: &String| Frame { after: Some(Duration::from_millis(20)), data: Body::from_bytes(text.as_bytes()) };
    Content::Frames(events.iter().map(frame).collect())
}

fn streamed(mut interaction: Interaction) -> Interaction {
    if let Reply::Http(reply) = &mut interaction.reply {
        reply.headers = vec![("content-type".into(), "text/event-stream".into())];
    }
    interaction
}

fn chat() -> Vec<Interaction> {
    let tools = json!([{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {"id": {"type": "string"}, "deep": {"type": "boolean"}}, "required": ["id"]}}}]);
    let user = json!({"role": "user", "content": "Look up order 4711 and say whether it is paid."});
    let call = json!({"id": "call_a1b2c3d4e5f6g7h8", "type": "function", "function": {"name": "look_up", "arguments": "{\"id\":\"o-4711\"}"}});
    let asked = json!({"role": "assistant", "content": null, "tool_calls": [call]});
    let result = json!({"role": "tool", "tool_call_id": "call_a1b2c3d4e5f6g7h8", "content": "{\"paid\": true}"});
    let usage = json!({"prompt_tokens": 50, "completion_tokens": 10, "total_tokens": 60});
    let whole = |message: &Value, reason: &str| json!({"id": "chatcmpl-1", "object": "chat.completion", "created": 1_770_000_000, "model": "m-1", "choices": [{"index": 0, "message": message, "finish_reason": reason}], "usage": usage});
    let post = |messages: Value, reply: &Value| {
        http(
            "model",
            "POST",
            "/v1/chat/completions",
            &json!({"model": "m-1", "messages": messages, "tools": tools}),
            Content::Whole(Body::from_json(reply)),
        )
    };
    let chunk = |delta: Value, reason: Value| {
        format!(
            "data: {}\n\n",
            json!({"id": "chatcmpl-2", "object": "chat.completion.chunk", "created": 1, "model": "m-1", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})
        )
    };
    let events = [
        chunk(json!({"role": "assistant", "content": ""}), Value::Null),
        chunk(json!({"content": "It is p\u{e4}id"}), Value::Null),
        chunk(
            json!({"tool_calls": [{"index": 0, "id": "call_z9y8x7w6v5u4t3s2", "type": "function", "function": {"name": "look_up", "arguments": ""}}]}),
            Value::Null,
        ),
        chunk(json!({"tool_calls": [{"index": 0, "function": {"arguments": "{\"id\":\"o-1\"}"}}]}), Value::Null),
        chunk(json!({}), json!("tool_calls")),
        "data: [DONE]\n\n".to_owned(),
    ];
    let body = json!({"model": "m-1", "stream": true, "messages": [user], "tools": tools});
    vec![
        post(json!([user]), &whole(&asked, "tool_calls")),
        post(json!([user, asked, result]), &whole(&json!({"role": "assistant", "content": "It is paid."}), "stop")),
        streamed(http("model", "POST", "/v1/chat/completions", &body, frames(&events))),
    ]
}

fn anthropic() -> Vec<Interaction> {
    let tools = json!([{"name": "pay", "description": "Pays.", "input_schema": {"type": "object", "properties": {"cents": {"type": "integer"}}, "required": ["cents"]}}]);
    let body = |stream: bool| json!({"model": "c-1", "max_tokens": 500, "stream": stream, "tools": tools, "messages": [{"role": "user", "content": "Pay 5 euros."}]});
    let used = json!({"type": "tool_use", "id": "toolu_a1b2c3d4e5f6g7h8", "name": "pay", "input": {"cents": 500}});
    let reply = json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "c-1", "content": [{"type": "text", "text": "I pay."}, used], "stop_reason": "tool_use", "usage": {"input_tokens": 9, "output_tokens": 7}});
    let event = |data: Value| format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap_or_default());
    let events = [
        event(
            json!({"type": "message_start", "message": {"id": "msg_2", "type": "message", "role": "assistant", "model": "c-1", "content": [], "usage": {"input_tokens": 9, "output_tokens": 1}}}),
        ),
        event(json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})),
        event(json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Done"}})),
        event(json!({"type": "content_block_stop", "index": 0})),
        event(json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}})),
        event(json!({"type": "message_stop"})),
    ];
    vec![
        http("model", "POST", "/v1/messages", &body(false), Content::Whole(Body::from_json(&reply))),
        streamed(http("model", "POST", "/v1/messages", &body(true), frames(&events))),
    ]
}

fn mcp() -> Vec<Interaction> {
    let tool = |name: &str| json!({"name": name, "description": "What it does.", "inputSchema": {"type": "object", "properties": {"cents": {"type": "integer"}}, "required": ["cents"]}});
    let said = |text: &str| json!({"content": [{"type": "text", "text": text}], "isError": false});
    let asked = |id: u64, method: &str, params: Value, result: &Value| {
        let body = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        let reply = json!({"jsonrpc": "2.0", "id": id, "result": result});
        let mut asked = http("mcp", "POST", "/mcp", &body, Content::Whole(Body::from_json(&reply)));
        if let Request::Http(request) = &mut asked.request {
            request.headers.push(("accept".into(), "application/json, text/event-stream".into()));
            request.headers.push(("mcp-session-id".into(), "s-4711".into()));
        }
        asked
    };
    let call =
        |id: u64, text: &str| asked(id, "tools/call", json!({"name": "pay", "arguments": {"cents": 500}}), &said(text));
    vec![
        asked(
            1,
            "initialize",
            json!({"protocolVersion": "2025-06-18"}),
            &json!({"protocolVersion": "2025-06-18", "capabilities": {"tools": {"listChanged": true}}}),
        ),
        asked(2, "tools/list", json!({}), &json!({"tools": [tool("look")], "nextCursor": "page-2-token"})),
        asked(3, "tools/list", json!({"cursor": "page-2-token"}), &json!({"tools": [tool("pay")]})),
        call(4, "paid once"),
        call(5, "paid twice"),
    ]
}

fn approval() -> Vec<Interaction> {
    let said = |status: &str| json!({"id": "apr-4711", "status": status, "amount": 500});
    vec![
        exchange("POST", "/approvals", &json!({"action": "refund", "amount": 500}), &said("pending")),
        get("/approvals/apr-4711", &said("pending")),
        get("/approvals/apr-4711", &said("approved")),
        exchange("POST", "/refunds", &json!({"amount": 500, "order": "o-1"}), &json!({"refund": "r-1"})),
    ]
}

fn code() -> Vec<Interaction> {
    let call = |name: &str, effect, args: Value, reply| {
        let request = CallRequest { name: name.into(), effect, args, id: None };
        interaction("code", Request::Call(request), Reply::Call(reply))
    };
    vec![
        call(
            "find_order",
            false,
            json!({"id": "o-1"}),
            CallReply::Returned(json!({"id": "o-1", "cents": 1250, "text": "two lines"})),
        ),
        call("book", true, json!({"cents": 1250}), CallReply::Returned(Value::Null)),
        call("send_mail", true, json!({"to": "a@example.com"}), CallReply::Failed("no such address".to_owned())),
    ]
}
