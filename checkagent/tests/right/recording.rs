//! Invoices in pages, reminders for those that are overdue as one batch, and the reminders read back.

use std::collections::BTreeMap;
use std::time::Duration;

use checkagent::cassette::key::Key;
use checkagent::cassette::{
    Body, Cassette, Channel, ChannelKind, Content, Fidelity, Header, HttpReply, HttpRequest, Interaction, Reply,
    Request,
};
use serde_json::{Value, json};

/// How many invoices a page has.
pub const PAGE: usize = 3;

const INVOICES: [(&str, i64, &str); 8] = [
    ("paid", 12_500, "2026-01-05"),
    ("overdue", 9_900, "2026-01-09"),
    ("open", 48_000, "2026-03-02"),
    ("overdue", 152_000, "2026-01-17"),
    ("paid", 7_300, "2026-02-11"),
    ("overdue", 23_450, "2026-02-01"),
    ("open", 61_200, "2026-03-04"),
    ("paid", 18_000, "2026-02-20"),
];

fn invoice(index: usize) -> Value {
    let (status, amount, day) = INVOICES[index];
    json!({
        "id": format!("inv_{:04}", index + 1), "status": status, "amount_cents": amount, "currency": "EUR",
        "issued_on": day, "customer": {"id": format!("cus_{:03}", index % 4 + 1), "name": format!("Customer {}", index % 4 + 1)},
        "memo": "Thank you for your order, please pay within thirty days.",
    })
}

/// The batch that reminds of these invoices, with their amounts.
pub fn reminders(overdue: &[(String, i64)]) -> Value {
    let items = overdue.iter().map(|(invoice, amount)| json!({"invoice": invoice, "amount_cents": amount}));
    json!({"items": items.collect::<Vec<_>>()})
}

fn exchange(method: &str, target: &str, asked: Option<&Value>, answered: &Value) -> Interaction {
    let headers = vec![("content-type".into(), "application/json".into())];
    let body = asked.map_or(Body::Empty, Body::from_json);
    let mut request = HttpRequest { method: method.into(), target: target.into(), headers: headers.clone(), body };
    if asked.is_some() {
        request.headers.push(("idempotency-key".into(), super::agent::KEY.into()));
    }
    let content = Content::Whole(Body::from_json(answered));
    Interaction {
        number: 0,
        channel: "api".into(),
        key: Key::default(),
        request: Request::Http(request),
        reply: Reply::Http(HttpReply { status: 200, headers, content, ..HttpReply::default() }),
        latency: Some(Duration::from_millis(4)),
        fidelity: Fidelity::Wire,
    }
}

/// The recording.
pub fn reminding() -> Vec<Interaction> {
    let tokens = [None, Some("cur_b81f20a7c3"), Some("cur_5d9e04c6f1")];
    let mut interactions = Vec::new();
    for (page, token) in tokens.iter().enumerate() {
        let next = tokens.get(page + 1).copied().flatten();
        let all: Vec<_> = (page * PAGE..INVOICES.len().min((page + 1) * PAGE)).map(invoice).collect();
        let cursor = token.map_or_else(String::new, |token| format!("&cursor={token}"));
        let answered =
            json!({"invoices": all, "has_more": next.is_some(), "next_cursor": next, "total": INVOICES.len()});
        interactions.push(exchange("GET", &format!("/v1/invoices?limit={PAGE}{cursor}"), None, &answered));
    }
    let overdue: Vec<_> = (0..INVOICES.len()).filter(|index| INVOICES[*index].0 == "overdue").collect();
    let wanted: Vec<_> = overdue.iter().map(|index| (format!("inv_{:04}", index + 1), INVOICES[*index].1)).collect();
    let made = |(number, (invoice, amount)): (usize, &(String, i64))| json!({"id": format!("rem_{:04}", number + 71), "invoice": invoice, "amount_cents": amount});
    let results = wanted.iter().enumerate().map(|each| json!({"status": 201, "reminder": made(each)}));
    let results = json!({"results": results.collect::<Vec<_>>()});
    interactions.push(exchange("POST", "/v1/reminders/batch", Some(&reminders(&wanted)), &results));
    let stored: Vec<_> = wanted.iter().enumerate().map(made).collect();
    interactions.push(exchange("GET", "/v1/reminders", None, &json!({"reminders": stored, "total": wanted.len()})));
    interactions
}

/// A cassette of these interactions.
pub fn cassette(interactions: Vec<Interaction>) -> Cassette {
    let http = |name: &str| {
        let kind = ChannelKind::Http { base: format!("http://{name}.example/v1") };
        (name.to_owned(), Channel { kind })
    };
    let mut channels = BTreeMap::from(["api", "model", "mcp"].map(http));
    channels.insert("code".to_owned(), Channel { kind: ChannelKind::Code });
    let header = Header {
        name: "right".to_owned(),
        recorded_at: "2026-03-10T08:00:00Z".to_owned(),
        recorder: "test".to_owned(),
        matching: checkagent::Matching::default(),
        channels,
    };
    Cassette::new(header, interactions)
}
