//! Synthetic recordings of other kinds than [`synthetic`](crate::synthetic): a server of tools, models, batches.

use std::collections::BTreeMap;
use std::time::Duration;

use checkagent::Matching;
use checkagent::cassette::key::Key;
use checkagent::cassette::model::{Part, Saying, Streaming, Usage, Wire};
use checkagent::cassette::{
    Body, Cassette, Channel, ChannelKind, Content, Fidelity, Header, HttpReply, HttpRequest, Interaction, Reply,
    Request,
};
use serde_json::{Value, json};

use crate::synthetic::CHANNEL;

/// Tools that a server lists, and a model is offered.
const TOOLS: usize = 40;
/// Tools that a request to a model carries.
const OFFERED: usize = 5;
/// Turns of a conversation; each of them sends the turns before it again.
const TURNS: usize = 5;
/// What becomes of a record.
const STATES: [&str; 3] = ["open", "closed", "kept"];
/// Items of a batch.
const ITEMS: usize = 20;

/// A session with a server of tools (Model Context Protocol): it is greeted, its tools are listed, and then called.
#[must_use]
pub fn mcp(interactions: usize) -> Cassette {
    cassette((0..interactions).map(|number| {
        let rpc = |method: &str, params: Value| json!({"jsonrpc": "2.0", "id": number, "method": method, "params": params});
        let answer = |result: Value| json!({"jsonrpc": "2.0", "id": number, "result": result});
        let (asked, answered) = match number {
            0 => {
                let client = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}});
                let server = json!({"protocolVersion": "2025-06-18", "capabilities": {"tools": {"listChanged": true}},
                    "serverInfo": {"name": "records", "version": "2.1"}});
                (rpc("initialize", client), answer(server))
            }
            1 => (rpc("tools/list", json!({})), answer(json!({"tools": tools(TOOLS, "inputSchema")}))),
            _ => {
                let (name, record) = (tool(number % TOOLS), record(number));
                let text = json!({"record": record, "related": [record["owner"], format!("r-{}", number * 7)]});
                let call = json!({"name": name, "arguments": {"record": record["id"], "limit": 5, "note": "as agreed"}});
                let content = json!({"content": [{"type": "text", "text": text.to_string()}], "isError": false});
                (rpc("tools/call", call), answer(content))
            }
        };
        post("/mcp", &asked, whole(&answered))
    }))
}

/// Conversations with a model that calls a tool at every turn, answered in one piece.
#[must_use]
pub fn chat(interactions: usize) -> Cassette {
    conversations(interactions, Streaming::Whole)
}

/// The same, streamed: about 30 events a reply.
#[must_use]
pub fn streamed(interactions: usize) -> Cassette {
    conversations(interactions, Streaming::Sse)
}

/// Batches of 20 items in the forms of three vendors.
#[must_use]
pub fn batches(interactions: usize) -> Cassette {
    cassette((0..interactions).map(|number| {
        let items = || (number * ITEMS..(number + 1) * ITEMS).map(record);
        match number % 3 {
            0 => {
                let inputs: Vec<_> = items().map(|item| json!({"id": item["id"], "properties": item})).collect();
                let reply = json!({"status": "COMPLETE", "results": inputs, "startedAt": "2026-11-20T09:14:00Z"});
                post("/crm/v3/objects/contacts/batch/update", &json!({"inputs": inputs}), whole(&reply))
            }
            1 => {
                let done = |item: Value| json!({"id": item["id"], "status": 201, "version": 3});
                let reply = json!({"results": items().map(done).collect::<Vec<_>>()});
                post("/v1/records/batch", &json!({"records": items().collect::<Vec<_>>()}), whole(&reply))
            }
            _ => {
                let entries: Vec<_> = items()
                    .map(|item| json!({"Id": item["id"], "MessageBody": item.to_string()}))
                    .collect();
                let done = |item: Value| json!({"Id": item["id"], "MessageId": format!("m-{}", item["id"]), "MD5OfMessageBody": "9e107d9d372bb6826bd81d3542a419d6"});
                let reply = json!({"Successful": items().map(done).collect::<Vec<_>>()});
                let asked = json!({"QueueUrl": "https://queue.example/records", "Entries": entries});
                post("/", &asked, whole(&reply))
            }
        }
    }))
}

fn conversations(interactions: usize, streaming: Streaming) -> Cassette {
    let mut messages = Vec::new();
    cassette((0..interactions).map(|number| {
        if number % TURNS == 0 {
            let task = format!("Find the owner of every record of batch {number} and write down who is to be asked.");
            messages = vec![
                json!({"role": "system", "content": "You look after records. Never delete one. ".repeat(6)}),
                json!({"role": "user", "content": task}),
            ];
        }
        let asked = json!({"model": "m-1", "messages": messages, "tools": offered(), "stream": streaming == Streaming::Sse});
        let id = format!("call_{number:04}aB3xK9wQ2z");
        let arguments = json!({"record": record(number)["id"], "limit": 5, "note": "the owner, and who stands in for them"});
        let text = "I read the record and then ask for the one who owns it, because nobody else may change what is in it.";
        let saying = Saying {
            usage: Some(Usage { input: 900, output: 60, ..Usage::default() }),
            ..Saying::of("m-1", vec![Part::text(text), Part::call(&id, &tool(number % OFFERED), &arguments.to_string())])
        };
        let reply = Wire::OpenAiChat.compose(&saying, streaming).unwrap_or_default();
        let call = json!({"id": id, "type": "function", "function": {"name": tool(number % OFFERED), "arguments": arguments.to_string()}});
        messages.push(json!({"role": "assistant", "content": text, "tool_calls": [call]}));
        messages.push(json!({"role": "tool", "tool_call_id": id, "content": record(number).to_string()}));
        post("/v1/chat/completions", &asked, reply)
    }))
}

fn tool(number: usize) -> String {
    const VERBS: [&str; 5] = ["find", "read", "change", "list", "close"];
    format!("{}_record_{number}", VERBS[number % VERBS.len()])
}

fn tools(count: usize, schema: &str) -> Vec<Value> {
    let parameters = json!({"type": "object", "required": ["record"], "properties": {
        "record": {"type": "string", "description": "the id of the record"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 100},
        "note": {"type": "string", "description": "why it is done, for those who read the log"},
        "state": {"type": "string", "enum": STATES}}});
    let tool = |number| json!({"name": tool(number), "description": "Does what its name says to one record.", schema: parameters});
    (0..count).map(tool).collect()
}

fn offered() -> Vec<Value> {
    tools(OFFERED, "parameters").into_iter().map(|tool| json!({"type": "function", "function": tool})).collect()
}

fn record(number: usize) -> Value {
    json!({
        "id": format!("rec_{:06}aB3xK9wQ2z", number * 7919 % 1_000_000),
        "name": format!("Record of batch {number}"),
        "owner": format!("person.{}@example.org", number % 90),
        "amount": 1000 + number * 37 % 90_000,
        "state": STATES[number % STATES.len()],
        "created": format!("2026-{:02}-{:02}T09:14:00Z", 1 + number % 12, 1 + number % 28),
    })
}

fn whole(document: &Value) -> HttpReply {
    let headers = vec![("content-type".into(), "application/json".into())];
    HttpReply { status: 200, headers, content: Content::Whole(Body::from_json(document)), ..HttpReply::default() }
}

fn post(target: &str, asked: &Value, reply: HttpReply) -> (Request, Reply) {
    let headers = vec![
        ("accept".into(), "application/json, text/event-stream".into()),
        ("content-type".into(), "application/json".into()),
    ];
    let body = Body::from_json(asked);
    (Request::Http(HttpRequest { method: "POST".into(), target: target.into(), headers, body }), Reply::Http(reply))
}

fn cassette(exchanges: impl Iterator<Item = (Request, Reply)>) -> Cassette {
    let interactions = exchanges.map(|(request, reply)| Interaction {
        number: 0,
        channel: CHANNEL.into(),
        key: Key::default(),
        request,
        reply,
        latency: Some(Duration::from_millis(120)),
        fidelity: Fidelity::Wire,
    });
    let base = "https://api.sessions.example".to_owned();
    let header = Header {
        name: "sessions".to_owned(),
        recorded_at: "2026-11-20T09:14:00Z".to_owned(),
        recorder: "checkagent-benches".to_owned(),
        matching: Matching::default(),
        channels: BTreeMap::from([(CHANNEL.to_owned(), Channel { kind: ChannelKind::Http { base } })]),
    };
    Cassette::new(header, interactions.collect())
}

#[cfg(test)]
mod tests {
    use checkagent::Recording;

    use super::*;

    #[test]
    fn every_session_is_what_it_says() {
        let recording = |cassette| Recording::new(cassette, Vec::new());
        assert_eq!(recording(chat(9)).model_exchanges().len(), 9);
        assert!((1..=9).all(|number| recording(batches(9)).batch(number).is_some()));
        let events = |interaction: &Interaction| match &interaction.reply {
            Reply::Http(HttpReply { content: Content::Frames(frames), .. }) => frames.len(),
            _ => 0,
        };
        assert!(
            (20..50).contains(&events(&streamed(1).interactions()[0])),
            "{}",
            events(&streamed(1).interactions()[0])
        );
        let text = mcp(3).to_text();
        assert!(text.contains("tools/list") && text.contains(&tool(TOOLS - 1)) && text.contains("tools/call"));
    }
}
