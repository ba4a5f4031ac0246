//! A CRM for the unit tests: twelve customers on three pages, and faults at chosen requests. It lives
//! in the runtime of the test, so it works in paused time.

use std::collections::{BTreeMap, btree_map::Entry};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::crm::{CUSTOMERS, SUMMARIES};

/// What goes wrong with one request.
pub(crate) enum Fault {
    /// It is answered with this status and header line instead.
    Status(u16, &'static str),
    /// It is carried out, but the connection breaks before the reply.
    ReplyLost,
    /// It is never answered.
    Silence,
    /// It is answered, but the body is bent.
    Bend(fn(&mut Value)),
}

/// The server; requests are counted from 1.
pub(crate) struct FakeCrm {
    pub(crate) base: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    faults: BTreeMap<usize, Fault>,
    log: Vec<String>,
    summaries: BTreeMap<String, Value>,
}

impl FakeCrm {
    pub(crate) async fn start(faults: impl IntoIterator<Item = (usize, Fault)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let faults = faults.into_iter().collect();
        let state = Arc::new(Mutex::new(State { faults, ..State::default() }));
        let (url, shared) = (base.clone(), Arc::clone(&state));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, url.clone(), Arc::clone(&shared)));
            }
        });
        Self { base, state }
    }

    /// The requests so far: method, path and body.
    pub(crate) fn log(&self) -> Vec<String> {
        self.state.lock().unwrap().log.clone()
    }

    /// How often something was to be written.
    pub(crate) fn batches(&self) -> usize {
        self.log().iter().filter(|request| request.starts_with("POST")).count()
    }

    /// How many summaries are stored.
    pub(crate) fn stored(&self) -> usize {
        self.state.lock().unwrap().summaries.len()
    }
}

async fn serve(mut stream: TcpStream, base: String, state: Arc<Mutex<State>>) {
    let Some((head, body)) = receive(&mut stream).await else { return };
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let path = target.trim_start_matches("/v1");
    let fault = {
        let mut state = state.lock().unwrap();
        state.log.push(format!("{method} {path} {body}"));
        let number = state.log.len();
        state.faults.remove(&number)
    };
    let (status, header, mut reply) = match &fault {
        Some(Fault::Silence) => return std::future::pending().await,
        Some(Fault::Status(status, line)) => (*status, format!("{line}\r\n"), Value::Null),
        _ => {
            let (header, reply) = answer(method, path, &body, &base, &mut state.lock().unwrap());
            (200, header, reply)
        }
    };
    match fault {
        Some(Fault::ReplyLost) => return,
        Some(Fault::Bend(bend)) => bend(&mut reply),
        _ => {}
    }
    let body = if method == "HEAD" { String::new() } else { reply.to_string() };
    let reply =
        format!("HTTP/1.1 {status} X\r\n{header}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    let _ = stream.write_all(reply.as_bytes()).await;
}

/// The request line and headers, and the body.
async fn receive(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Some((head.to_owned(), body.to_owned()));
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// The header lines and the body of a reply without fault.
fn answer(method: &str, path: &str, body: &str, base: &str, state: &mut State) -> (String, Value) {
    if method == "HEAD" {
        return ("Total-Objects: 12\r\n".to_owned(), Value::Null);
    }
    if method == "POST" {
        return (String::new(), create(&serde_json::from_str(body).unwrap(), state));
    }
    if path.starts_with(SUMMARIES) {
        return (String::new(), json!({"data": state.summaries.values().collect::<Vec<_>>()}));
    }
    let start = path.split_once("_token=").map_or(0, |(_, token)| token.parse().unwrap());
    let end = 12.min(start + 5);
    let page: Vec<Value> = (start..end).map(customer).collect();
    let next = format!("Next-Page: {base}{CUSTOMERS}?_limit=5&_sort=id&_token={end}\r\n");
    (if end < 12 { next } else { String::new() }, json!({"data": page}))
}

fn customer(index: usize) -> Value {
    let region = ["EU-N", "EU-S", "US-E"][index % 3];
    json!({
        "id": format!("cust-{index:04}"),
        "name": "O'Leary Logistics",
        "region": region,
        "plan": "team",
        "amount": 100,
        "signed_up": "2020-11-17",
    })
}

fn create(batch: &Value, state: &mut State) -> Value {
    let mut responses = Vec::new();
    for request in batch["requests"].as_array().unwrap() {
        let mut data = request["body"]["data"].clone();
        let id = match request["path"].as_str() {
            Some(path) => path.rsplit('/').next().unwrap().to_owned(),
            None => format!("made-up-{}", state.summaries.len()),
        };
        data["id"] = json!(id);
        responses.push(match state.summaries.entry(id) {
            Entry::Occupied(_) => json!({"status": 412, "body": {}}),
            Entry::Vacant(place) => json!({"status": 201, "body": {"data": place.insert(data)}}),
        });
    }
    json!({"responses": responses})
}
