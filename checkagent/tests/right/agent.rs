//! An agent that believes nothing that it can check, and admits what it cannot.

use std::collections::{BTreeMap, HashSet};
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use checkagent::{Answer, World};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::recording::{PAGE, reminders};

/// The same reminders under the same key are sent once.
pub const KEY: &str = "reminders-of-2026-03-10";
const ATTEMPTS: u32 = 6;
/// What is asked to wait for longer is left to people.
const LONGEST: Duration = Duration::from_secs(20 * 60);
const LIMIT: i64 = 1_000_000;

/// What was sent, and what was wrong.
type Trouble = String;

/// Reminds of every overdue invoice.
pub fn right(world: World) -> Pin<Box<dyn Future<Output = Answer>>> {
    Box::pin(async move {
        let overdue = match overdue(&world).await {
            Ok(overdue) => overdue,
            Err(trouble) => return Answer::error(trouble),
        };
        let sent = send(&world, &overdue).await;
        let stored = stored(&world).await;
        let wanted: BTreeMap<_, _> = overdue.into_iter().collect();
        match (sent, stored) {
            (Ok(()), Ok(stored)) if stored == wanted => Answer::done(json!(wanted)),
            (sent, stored) => {
                let problem = format!("{:?} {:?}", sent.err(), stored.as_ref().err());
                Answer::partial(json!(stored.unwrap_or_default()), problem)
            }
        }
    })
}

/// Reads all pages; what was read is dropped where a token is refused.
async fn overdue(world: &World) -> Result<Vec<(String, i64)>, Trouble> {
    'again: for _ in 0..3 {
        let mut invoices: BTreeMap<String, Value> = BTreeMap::new();
        let mut followed = HashSet::new();
        let mut cursor = String::new();
        loop {
            let page = match call(world, "GET", &format!("/v1/invoices?limit={PAGE}{cursor}"), None).await {
                Ok(page) => page,
                Err(Failure::Refused(400 | 404 | 410 | 422)) if !cursor.is_empty() => continue 'again,
                Err(failure) => return Err(failure.to_string()),
            };
            let rows = page["invoices"].as_array().ok_or("there is no list of invoices")?;
            let total = page["total"].as_u64().ok_or("there is no total")?;
            for row in rows {
                let id = text(row, "id")?;
                if invoices.insert(id.to_owned(), row.clone()).is_some_and(|known| known != *row) {
                    return Err(format!("two invoices are called {id}"));
                }
            }
            let more = page["has_more"].as_bool().ok_or("it is not said whether there is more")?;
            match (more, page.get("next_cursor")) {
                (true, Some(Value::String(next))) if !next.is_empty() => {
                    if !followed.insert(next.clone()) {
                        return Err("the pages go round".to_owned());
                    }
                    cursor = format!("&cursor={next}");
                }
                (false, Some(Value::Null)) => {
                    if invoices.len() as u64 != total {
                        return Err(format!("{} invoices of {total}", invoices.len()));
                    }
                    let checked: Vec<_> = invoices.values().map(check).collect::<Result<_, _>>()?;
                    return Ok(checked.into_iter().flatten().collect());
                }
                _ => return Err("the page does not say how to go on".to_owned()),
            }
        }
    }
    Err("the tokens are refused again and again".to_owned())
}

fn text<'a>(row: &'a Value, field: &str) -> Result<&'a str, Trouble> {
    let text = row[field].as_str().filter(|text| !text.is_empty());
    text.ok_or_else(|| format!("`{field}` is missing or no text"))
}

/// Name and amount of an invoice, if it is overdue.
fn check(invoice: &Value) -> Result<Option<(String, i64)>, Trouble> {
    let id = text(invoice, "id")?;
    let number = id.strip_prefix("inv_").filter(|number| number.len() == 4);
    if !number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(format!("{id} is no id"));
    }
    let amount = amount(invoice)?;
    if text(invoice, "currency")? != "EUR" {
        return Err(format!("the currency of {id} is unknown"));
    }
    match text(invoice, "status")? {
        "overdue" => Ok(Some((id.to_owned(), amount))),
        "open" | "paid" => Ok(None),
        other => Err(format!("{id} is {other}")),
    }
}

fn amount(row: &Value) -> Result<i64, Trouble> {
    let amount = row["amount_cents"].as_i64().filter(|amount| (1..LIMIT).contains(amount));
    amount.ok_or_else(|| "an amount is missing or impossible".to_owned())
}

/// Sends the batch, and what of it could not be done so far again.
async fn send(world: &World, wanted: &[(String, i64)]) -> Result<(), Trouble> {
    let mut open = wanted.to_vec();
    for attempt in 1..=ATTEMPTS {
        let said = call(world, "POST", "/v1/reminders/batch", Some(&reminders(&open))).await;
        let said = said.map_err(|failure| failure.to_string())?;
        let results = said["results"].as_array().filter(|results| results.len() == open.len());
        let results = results.ok_or("the results are not those of the items")?;
        let failed = |result: &&Value| !matches!(result["status"].as_u64(), Some(200 | 201));
        let lasting =
            results.iter().filter(failed).any(|result| !matches!(result["status"].as_u64(), Some(429 | 500..)));
        if lasting {
            return Err("an item is refused".to_owned());
        }
        let left = results.iter().zip(&open).filter(|(result, _)| failed(result)).map(|(_, item)| item.clone());
        open = left.collect();
        if open.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(back_off(attempt)).await;
    }
    Err(format!("{} items are not done", open.len()))
}

/// What is stored, by invoice.
async fn stored(world: &World) -> Result<BTreeMap<String, i64>, Trouble> {
    let list = call(world, "GET", "/v1/reminders", None).await.map_err(|failure| failure.to_string())?;
    let rows = list["reminders"].as_array().ok_or("there is no list of reminders")?;
    let mut stored = BTreeMap::new();
    for row in rows {
        stored.insert(text(row, "invoice")?.to_owned(), amount(row)?);
    }
    if list["total"].as_u64() != Some(stored.len() as u64) {
        return Err("the total is not the number of reminders".to_owned());
    }
    Ok(stored)
}

pub fn back_off(attempt: u32) -> Duration {
    Duration::from_secs(2) * 4_u32.pow(attempt.min(5))
}

enum Failure {
    /// With this status; asking again does not help.
    Refused(u16),
    /// So often that it is enough; what happened last.
    GaveUp(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(status) => write!(f, "refused with {status}"),
            Self::GaveUp(last) => write!(f, "gave up: {last}"),
        }
    }
}

/// One request, until it is answered or refused.
async fn call(world: &World, method: &str, target: &str, body: Option<&Value>) -> Result<Value, Failure> {
    let mut last = String::new();
    for attempt in 1..=ATTEMPTS {
        let mut wait = back_off(attempt);
        match tokio::time::timeout(Duration::from_secs(60), once(world, method, target, body)).await {
            Err(_) => "no reply".clone_into(&mut last),
            Ok(Err(error)) => last = error,
            Ok(Ok((status, retry_after, bytes))) => {
                match status {
                    200..=299 => match serde_json::from_slice::<Value>(&bytes) {
                        Ok(said) if said.get("error").is_none_or(Value::is_null) && said["ok"] != false => {
                            return Ok(said);
                        }
                        Ok(said) => last = said.to_string(),
                        Err(error) => last = error.to_string(),
                    },
                    408 | 425 | 429 | 500.. => last = status.to_string(),
                    403 if retry_after.is_some() => last = status.to_string(),
                    _ => return Err(Failure::Refused(status)),
                }
                // A limit that does not say for how long is waited out for long.
                let limited = if status == 429 { LONGEST } else { wait };
                wait = retry_after.unwrap_or(limited).max(wait);
            }
        }
        if wait > LONGEST {
            return Err(Failure::GaveUp(format!("{last}: the wait is too long")));
        }
        tokio::time::sleep(wait).await;
    }
    Err(Failure::GaveUp(last))
}

async fn once(
    world: &World,
    method: &str,
    target: &str,
    body: Option<&Value>,
) -> Result<(u16, Option<Duration>, Bytes), String> {
    let mut request = http::Request::builder().method(method).uri(target).header("content-type", "application/json");
    if body.is_some() {
        request = request.header("idempotency-key", KEY);
    }
    let body = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
    let request = request.body(body).map_err(|error| error.to_string())?;
    exchange(world, "api", request).await
}

/// What came of one request.
pub enum Sent {
    /// A reply that is final: asking again does not help.
    Replied(u16, Bytes),
    /// Not now; after this wait perhaps.
    Busy(u16, Duration),
    /// The connection was lost, or nothing came: whether it was done is not known.
    Unknown,
}

/// Sends one document.
pub async fn post(world: &World, channel: &str, target: &str, headers: &[(&str, &str)], body: &Value) -> Sent {
    let mut request = http::Request::post(target).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let Ok(request) = request.body(Bytes::from(body.to_string())) else { return Sent::Unknown };
    match tokio::time::timeout(Duration::from_secs(300), exchange(world, channel, request)).await {
        Ok(Ok((status @ (408 | 425 | 429 | 500..), wait, _))) => {
            let limited = if status == 429 { LONGEST } else { back_off(2) };
            let wait = wait.unwrap_or(limited);
            // A wait that is too long is a refusal.
            if wait > LONGEST { Sent::Replied(status, Bytes::new()) } else { Sent::Busy(status, wait) }
        }
        Ok(Ok((status, _, body))) => Sent::Replied(status, body),
        _ => Sent::Unknown,
    }
}

async fn exchange(
    world: &World,
    channel: &str,
    request: http::Request<Bytes>,
) -> Result<(u16, Option<Duration>, Bytes), String> {
    let reply = world.exchange(channel, request).await.map_err(|error| error.to_string())?;
    let status = reply.status().as_u16();
    let said = reply.headers().get("retry-after").and_then(|value| value.to_str().ok());
    let retry_after = said.and_then(|said| match said.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => httpdate::parse_http_date(said).ok()?.duration_since(std::time::SystemTime::now()).ok(),
    });
    let bytes = reply.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
    Ok((status, retry_after.map(|wait| wait + Duration::from_secs(1)), bytes))
}
