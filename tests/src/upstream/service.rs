//! What the service does: records in pages, a batch, a login, and errors that echo what they should not.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A request.
#[derive(Debug)]
pub(super) struct Message {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Message {
    /// The value of a header, or nothing.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn parameter(&self, name: &str) -> &str {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let pair = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(known, _)| *known == name);
        pair.map_or("", |(_, value)| value)
    }
}

const RECORDS: usize = 12;

/// What the token of a page begins with.
const TOKEN: &str = "cGFnZS";

/// The access token that it gives out.
const ACCESS: &str = "tk-5ab0-access-token";

/// Status, header lines and body of the reply. `host` is what the service calls itself.
pub(super) fn answer(request: &Message, host: &str) -> (u16, String, String) {
    let path = request.target.split('?').next().unwrap_or_default();
    let (status, headers, body) = match (request.method.as_str(), path) {
        ("GET", "/v1/records") => page(request, host),
        ("POST", "/v1/batch") => (200, String::new(), batch(&request.body)),
        ("POST", "/v1/login") => {
            let cookie = format!("set-cookie: session={}; HttpOnly\r\n", request.header("x-next-session"));
            (200, cookie, json!({"welcome": true}))
        }
        ("GET", "/v1/account") => {
            let message = format!(
                "key {} of {} with {} may not see this",
                request.header("x-api-key"),
                request.header("authorization"),
                request.header("cookie")
            );
            (403, String::new(), json!({"error": message}))
        }
        ("GET", "/v1/whoami") => {
            let basic = request.header("authorization").strip_prefix("Basic ").unwrap_or_default();
            let login = STANDARD.decode(basic).unwrap_or_default();
            (403, String::new(), json!({"error": format!("your login is {}", String::from_utf8_lossy(&login))}))
        }
        ("POST", "/v1/token") => (200, String::new(), json!({"access_token": ACCESS, "expires_in": 3600})),
        ("GET", "/v1/private") if request.header("authorization") == format!("Bearer {ACCESS}") => {
            (200, String::new(), json!({"private": "matters"}))
        }
        ("GET", "/v1/private") => (401, String::new(), json!({"error": "who are you?"})),
        ("GET", "/v1/status") => (200, String::new(), json!({"status": "green"})),
        _ => (404, String::new(), json!({"error": "not found"})),
    };
    (status, headers, body.to_string())
}

/// Some records, and the absolute address of the next page.
fn page(request: &Message, host: &str) -> (u16, String, Value) {
    let limit = request.parameter("limit").parse().unwrap_or(RECORDS).max(1);
    let start = request.parameter("page").strip_prefix(TOKEN).map_or(0, |start| start.parse().unwrap_or(RECORDS));
    let end = RECORDS.min(start + limit);
    let records: Vec<_> = (start..end).map(record).collect();
    let next = format!("next-page: http://{host}/v1/records?limit={limit}&page={TOKEN}{end:04}\r\n");
    (200, if end < RECORDS { next } else { String::new() }, json!({"data": records}))
}

fn record(index: usize) -> Value {
    let region = ["EU-N", "EU-S", "US-E"][index % 3];
    json!({"id": format!("rec-{index:04}"), "region": region, "amount": 1000 + 37 * index})
}

fn batch(body: &str) -> Value {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let sent = body["requests"].as_array().cloned().unwrap_or_default();
    let done = sent.iter().map(|one| json!({"status": 201, "body": one["body"]}));
    json!({"responses": done.collect::<Vec<_>>()})
}
