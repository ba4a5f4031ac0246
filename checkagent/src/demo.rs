//! Sessions as agents have them, small enough to be read: what the documentation of the operators is made of.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::fixture::{Taped, recording_of, taped, taped_call};
use crate::recording::Recording;

/// Every session, with what it is called in the documentation.
pub(crate) fn sessions() -> Vec<(&'static str, Arc<Recording>)> {
    vec![
        ("an export of records in pages", recording_of(export())),
        ("orders and a batch", recording_of(orders())),
        ("the life of an order", recording_of(life_of_an_order())),
        ("a refund that somebody has to approve", recording_of(refund())),
        ("a talk with a model that calls a tool", recording_of(talk())),
        ("the same talk as a stream", recording_of(streamed_talk())),
        ("an MCP server", recording_of(mcp())),
        ("rows and a product", recording_of(rows())),
    ]
}

fn record(number: usize) -> Value {
    let plan = ["free", "pro"][number % 2];
    json!({
        "id": format!("rec_{number:03}a7"), "name": format!("Customer {number}"), "amount": 1200 + number * 35,
        "plan": plan, "active": true, "signed_up": format!("2026-03-{:02}T10:00:00Z", number % 28 + 1),
        "notes": format!("Met at the fair in hall {number}; wants an offer for the larger package next quarter."),
        "address": {"city": "Graz", "zip": format!("80{number:02}")},
    })
}

fn page(numbers: std::ops::Range<usize>, next: Option<&str>) -> Value {
    let data: Vec<_> = numbers.map(record).collect();
    json!({"data": data, "has_more": next.is_some(), "next_cursor": next, "total": 14})
}

fn export() -> Vec<Taped> {
    vec![
        taped("GET", "/v1/records?limit=5").reply(&page(1..6, Some("c2VlIHBhZ2UgMg"))),
        taped("GET", "/v1/records?limit=5&cursor=c2VlIHBhZ2UgMg").reply(&page(6..11, Some("c2VlIHBhZ2UgMw"))),
        taped("GET", "/v1/records?limit=5&cursor=c2VlIHBhZ2UgMw").reply(&page(11..15, None)),
        taped("GET", "/v1/records/rec_003a7").reply(&record(3)),
        taped("GET", "/v1/records/rec_004a7").reply(&record(4)),
        taped("GET", "/v1/records?ids=rec_005a7,rec_006a7,rec_007a7")
            .reply(&json!({"data": [record(5), record(6), record(7)]})),
        taped("GET", "/v1/regions").reply(&json!({"regions": [
            {"code": "AT", "name": "Austria"}, {"code": "CH", "name": "Switzerland"}, {"code": "DE", "name": "Germany"},
            {"code": "IT", "name": "Italy"}, {"code": "SI", "name": "Slovenia"}]})),
        taped("POST", "/v1/exports")
            .body(&json!({"records": 14, "sum": 21_000}))
            .status(201)
            .reply(&json!({"id": "exp_88f2c1d0", "status": "completed", "records": 14})),
        taped("GET", "/v1/exports/exp_88f2c1d0")
            .reply(&json!({"id": "exp_88f2c1d0", "status": "completed", "records": 14})),
    ]
}

fn orders() -> Vec<Taped> {
    let order = |id: &str, count: u32| json!({"id": id, "sku": "TENT-2", "count": count, "status": "open"});
    let items: Vec<_> = (1..=6)
        .map(|n| {
            json!({"method": "POST", "url": format!("/parcels/{n}"), "id": n.to_string(),
        "body": {"order": format!("ord_77{n}b"), "kg": n}})
        })
        .collect();
    let answers: Vec<_> = (1..=6)
        .map(|n| json!({"id": n.to_string(), "status": 201, "body": {"parcel": format!("par_51{n}c"), "kg": n}}))
        .collect();
    vec![
        taped("GET", "/v1/orders?status=open").reply(&json!({"orders": [order("ord_771b", 2), order("ord_772b", 1)]})),
        taped("POST", "/v1/orders")
            .body(&json!({"sku": "TENT-2", "count": 4}))
            .header("idempotency-key", "k-4711-a")
            .status(201)
            .reply(&order("ord_773b", 4)),
        taped("GET", "/v1/orders/ord_773b").reply(&order("ord_773b", 4)),
        taped("GET", "/v1/orders?status=open")
            .reply(&json!({"orders": [order("ord_771b", 2), order("ord_772b", 1), order("ord_773b", 4)]})),
        taped("POST", "/v1/$batch").body(&json!({"requests": items})).reply(&json!({"responses": answers})),
        taped("DELETE", "/v1/orders/ord_771b").status(204),
    ]
}

fn rows() -> Vec<Taped> {
    let row =
        |n: u32| json!({"insertId": format!("row_{n}"), "json": {"day": format!("2026-03-0{n}"), "visits": n * 310}});
    let product = json!({"id": "gid://shop/Product/8801", "title": "Tent for two"});
    let update = "mutation { productUpdate(input: {title: \"Tent for two\"}) \
                  { product { id title } userErrors { field message } } }";
    vec![
        taped("POST", "/bigquery/v2/projects/p/datasets/d/tables/t/insertAll")
            .body(&json!({"rows": [row(1), row(2), row(3)]}))
            .reply(&json!({"kind": "bigquery#tableDataInsertAllResponse"})),
        taped("POST", "/admin/api/graphql.json")
            .body(&json!({"query": update}))
            .reply(&json!({"data": {"productUpdate": {"product": product, "userErrors": []}}})),
    ]
}

fn life_of_an_order() -> Vec<Taped> {
    let order = |id: &str, status: &str, due: &str| json!({"id": id, "status": status, "due": due});
    let (due, later) = ("2026-03-02T09:30:00+01:00", "2026-03-05T18:00:00+01:00");
    vec![
        taped("GET", "/orders/17001").reply(&order("17001", "draft", due)),
        taped("PUT", "/orders/17001").body(&json!({"status": "sent"})).reply(&order("17001", "sent", due)),
        taped("GET", "/orders/17001").reply(&order("17001", "sent", due)),
        taped("GET", "/orders/17002").reply(&order("17002", "sent", later)),
    ]
}

fn refund() -> Vec<Taped> {
    vec![
        taped("GET", "/tools").reply(&json!({"tools": [{"name": "look_up_order", "description": "Looks up an order.",
            "input_schema": {"type": "object", "properties": {"order": {"type": "string"}}}}]})),
        taped_call(
            "look_up_order",
            false,
            &json!({"order": "ord_9f31c2"}),
            &json!({"order": "ord_9f31c2", "amount_cents": 4200, "note": "The customer says that the zip broke on the first day."}),
        ),
        taped("POST", "/approvals")
            .body(&json!({"action": "refund", "order": "ord_9f31c2", "amount_cents": 4200}))
            .status(201)
            .reply(&json!({"id": "apr_5b1d77", "status": "pending"})),
        taped("GET", "/approvals/apr_5b1d77").reply(&json!({"id": "apr_5b1d77", "status": "approved",
            "approved_by": "dana", "amount_cents": 4200, "token": "tok_c01dcafe42"})),
        taped("POST", "/refunds")
            .body(&json!({"order": "ord_9f31c2", "amount_cents": 4200, "approval": "tok_c01dcafe42"}))
            .status(201)
            .reply(&json!({"id": "ref_0d55e1", "status": "succeeded", "amount_cents": 4200})),
    ]
}

fn tools() -> Value {
    json!([{"type": "function", "function": {"name": "get_order", "description": "Looks up an order.",
        "parameters": {"type": "object", "properties": {"order": {"type": "string"}, "limit": {"type": "integer"}}, "required": ["order"]}}}])
}

fn call() -> Value {
    json!({"id": "call_u83v61", "type": "function",
        "function": {"name": "get_order", "arguments": "{\"order\": \"ord_9f31c2\", \"limit\": 10}"}})
}

fn question() -> Value {
    json!({"role": "user", "content": "Where is my order ord_9f31c2?"})
}

fn talk() -> Vec<Taped> {
    let usage = json!({"prompt_tokens": 80, "completion_tokens": 20, "total_tokens": 100});
    let completion = |id: &str, message: Value, finish: &str| {
        json!({"id": id, "object": "chat.completion", "created": 1_790_000_000, "model": "m-1",
            "choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": usage})
    };
    let ask = |messages: Value| json!({"model": "m-1", "messages": messages, "tools": tools()});
    let result = json!({"role": "tool", "tool_call_id": "call_u83v61", "content": "{\"status\":\"shipped\"}"});
    let calling = json!({"role": "assistant", "content": null, "tool_calls": [call()]});
    vec![
        taped("POST", "/v1/chat/completions").body(&ask(json!([question()]))).reply(&completion(
            "chatcmpl-1",
            calling.clone(),
            "tool_calls",
        )),
        taped("POST", "/v1/chat/completions").body(&ask(json!([question(), calling, result]))).reply(&completion(
            "chatcmpl-2",
            json!({"role": "assistant", "content": "It was shipped on Monday."}),
            "stop",
        )),
    ]
}

fn streamed_talk() -> Vec<Taped> {
    let ask = |messages: Value| json!({"model": "m-1", "messages": messages, "tools": tools(), "stream": true});
    let chunk = |delta: Value, finish: Option<&str>| {
        let chunk = json!({"id": "chatcmpl-3", "object": "chat.completion.chunk", "created": 1_790_000_000, "model": "m-1",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]});
        format!("data: {chunk}\n\n")
    };
    let done = "data: [DONE]\n\n".to_owned();
    let piece = |arguments: &str| json!({"tool_calls": [{"index": 0, "function": {"arguments": arguments}}]});
    let start = json!({"role": "assistant", "content": null, "tool_calls": [
        {"index": 0, "id": "call_u83v61", "type": "function", "function": {"name": "get_order", "arguments": ""}}]});
    let calls = [
        chunk(start, None),
        chunk(piece("{\"order\": "), None),
        chunk(piece("\"ord_9f31c2\", \"limit\": 10}"), None),
        chunk(json!({}), Some("tool_calls")),
        done.clone(),
    ];
    let says = [
        chunk(json!({"role": "assistant", "content": ""}), None),
        chunk(json!({"content": "It was shipped "}), None),
        chunk(json!({"content": "on Monday."}), None),
        chunk(json!({}), Some("stop")),
        done,
    ];
    let calling = json!({"role": "assistant", "content": null, "tool_calls": [call()]});
    let result = json!({"role": "tool", "tool_call_id": "call_u83v61", "content": "{\"status\":\"shipped\"}"});
    let stream = |messages: Value, frames: &[String]| {
        let frames: Vec<_> = frames.iter().map(String::as_str).collect();
        taped("POST", "/v1/chat/completions")
            .body(&ask(messages))
            .reply_frames(&frames)
            .reply_header("content-type", "text/event-stream")
    };
    vec![stream(json!([question()]), &calls), stream(json!([question(), calling, result]), &says)]
}

fn mcp() -> Vec<Taped> {
    let post = |body: Value, result: Value| {
        let id = body["id"].clone();
        let message = json!({"jsonrpc": "2.0", "id": id, "result": result});
        taped("POST", "/mcp")
            .body(&body)
            .header("accept", "application/json, text/event-stream")
            .header("mcp-session-id", "s-77ab01")
            .reply_header("content-type", "text/event-stream")
            .reply_frames(&[&format!("event: message\ndata: {message}\n\n")])
    };
    let request =
        |id: u32, method: &str, params: Value| json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    vec![
        post(request(1, "initialize", json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "a", "version": "1"}})),
            json!({"protocolVersion": "2025-06-18", "capabilities": {"tools": {"listChanged": true}}, "serverInfo": {"name": "weather", "version": "1"}}))
            .reply_header("mcp-session-id", "s-77ab01"),
        post(request(2, "tools/list", json!({})),
            json!({"tools": [{"name": "forecast", "description": "The weather of the coming days.", "inputSchema": schema}],
                "nextCursor": "dG9vbHM6Mg"})),
        post(request(3, "tools/list", json!({"cursor": "dG9vbHM6Mg"})),
            json!({"tools": [{"name": "climate", "description": "The weather of the last years.", "inputSchema": schema}]})),
        post(request(4, "tools/call", json!({"name": "forecast", "arguments": {"city": "Graz"}})),
            json!({"content": [{"type": "text", "text": "Sunny, 24 degrees, a light wind from the south."}], "isError": false})),
    ]
}
