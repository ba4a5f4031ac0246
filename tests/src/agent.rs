//! The sample agents: an export job over HTTP, and small ones for single questions.
//!
//! What differs from run to run comes from the environment, so that a sample crate is compiled once:
//!
//! | variable | meaning |
//! |---|---|
//! | `SAMPLE_LOG` | a file that gets the process id, and a line after each complete reply |
//! | `SAMPLE_DETOUR` | a path that is read after a reply that was no success |
//! | `SAMPLE_REACTION` | what a reply that was no success leads to: `hang`, `spin`, `block` or `panic` |
//! | `SAMPLE_FIRST` | a path that is read before everything else |
//! | `SAMPLE_FAIL` | the job fails at its end |

use std::fs::OpenOptions;
use std::io::Write;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

const PATIENCE: Duration = Duration::from_secs(10);

/// Reads all records, five at a time, and stores one sum a region. It waits where it is told to, tries three times, and
/// believes every reply with status 200.
///
/// # Errors
///
/// If a page cannot be read or the sums cannot be stored.
pub async fn export(base: &str) -> Result<Value, String> {
    export_in_pages_of(5, base).await
}

/// As [`export`], with so many records a page.
///
/// # Errors
///
/// As [`export`].
pub async fn export_in_pages_of(size: usize, base: &str) -> Result<Value, String> {
    let mut client = Client::new();
    if let Ok(first) = std::env::var("SAMPLE_FIRST") {
        client.patiently(base, "GET", &format!("{base}{first}"), None).await?;
    }
    let mut records = Vec::new();
    let mut next = Some(format!("{base}/records?limit={size}"));
    while let Some(url) = next {
        let reply = client.patiently(base, "GET", &url, None).await?;
        next = reply.headers().get("next-page").and_then(|url| url.to_str().ok()).map(str::to_owned);
        records.extend(json_of(&reply)?["data"].as_array().cloned().unwrap_or_default());
    }
    let mut regions = std::collections::BTreeMap::<&str, i64>::new();
    for record in &records {
        *regions.entry(record["region"].as_str().unwrap_or("none")).or_default() +=
            record["amount"].as_i64().unwrap_or_default();
    }
    let total: i64 = regions.values().sum();
    let sums: Vec<_> = regions.iter().map(|(region, sum)| json!({"body": {"region": region, "sum": sum}})).collect();
    let stored = client.patiently(base, "POST", &format!("{base}/batch"), Some(json!({"requests": sums}))).await?;
    let stored = json_of(&stored)?;
    let responses = stored["responses"].as_array().ok_or("no responses")?;
    if responses.iter().any(|one| one["status"] != 201) {
        return Err("not all sums were stored".to_owned());
    }
    let stored: i64 = responses.iter().filter_map(|one| one["body"]["sum"].as_i64()).sum();
    if std::env::var_os("SAMPLE_FAIL").is_some() {
        return Err("failed as it was told to".to_owned());
    }
    Ok(json!({"records": records.len(), "total": total, "stored": stored}))
}

/// An HTTP client without a pool: one connection a request.
#[derive(Debug, Default)]
pub struct Client {
    /// Headers of every request.
    pub headers: Vec<(String, String)>,
}

impl Client {
    /// A client that has logged its process id.
    #[must_use]
    pub fn new() -> Self {
        log(&format!("pid {}", std::process::id()));
        Self::default()
    }

    /// Sends a request up to three times.
    async fn patiently(
        &mut self,
        base: &str,
        method: &str,
        url: &str,
        body: Option<Value>,
    ) -> Result<Response<Bytes>, String> {
        let mut attempt = 1;
        loop {
            let wait = match self.send(method, url, body.clone()).await {
                Ok(reply) if reply.status().is_success() => return Ok(reply),
                Ok(reply) if attempt == 3 => return Err(format!("{method} failed: {}", reply.status())),
                Ok(reply) if reply.status() == 429 => {
                    let told = reply.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
                    Duration::from_secs(told.unwrap_or(60))
                }
                Err(error) if attempt == 3 => return Err(error),
                Ok(_) | Err(_) => Duration::from_secs(1),
            };
            react().await;
            if let Ok(detour) = std::env::var("SAMPLE_DETOUR") {
                self.send("GET", &format!("{base}{detour}"), None).await?;
            }
            sleep(wait).await;
            attempt += 1;
        }
    }

    /// Sends a request once, and logs the reply when it is complete.
    ///
    /// # Errors
    ///
    /// If there is no complete reply within ten seconds.
    pub async fn send(&self, method: &str, url: &str, body: Option<Value>) -> Result<Response<Bytes>, String> {
        let exchange = timeout(PATIENCE, self.exchange(method, url, body)).await;
        let reply =
            exchange.map_err(|_| format!("{method}: no reply"))?.map_err(|error| format!("{method}: {error}"))?;
        let target = url.splitn(4, '/').nth(3).unwrap_or_default();
        log(&format!("{method} /{target} {}", reply.status().as_u16()));
        Ok(reply)
    }

    async fn exchange(
        &self,
        method: &str,
        url: &str,
        body: Option<Value>,
    ) -> Result<Response<Bytes>, Box<dyn std::error::Error>> {
        let uri: hyper::Uri = url.parse()?;
        let authority = uri.authority().ok_or("no host")?.as_str();
        let target = uri.path_and_query().ok_or("no path")?.as_str();
        let mut request = Request::builder().method(method).uri(target).header("host", authority);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let stream = TcpStream::connect(authority).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let (parts, body) = sender.send_request(request.body(Full::new(Bytes::from(body)))?).await?.into_parts();
        Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
    }
}

/// The JSON document of a reply.
///
/// # Errors
///
/// If it is none.
pub fn json_of(reply: &Response<Bytes>) -> Result<Value, String> {
    serde_json::from_slice(reply.body()).map_err(|error| format!("no JSON: {error}"))
}

/// Waits.
pub async fn pause(time: Duration) {
    sleep(time).await;
}

/// What bad agents do when something goes wrong.
async fn react() {
    match std::env::var("SAMPLE_REACTION").as_deref() {
        Ok("hang") => std::future::pending().await,
        Ok("spin") => loop {
            tokio::task::yield_now().await;
        },
        Ok("block") => loop {
            std::thread::sleep(PATIENCE);
        },
        Ok("panic") => panic!("nobody told me that this can happen"),
        _ => {}
    }
}

/// Adds a line to the log with one system call, so that a kill leaves whole lines.
///
/// # Panics
///
/// If the log cannot be written.
pub fn log(line: &str) {
    let Some(path) = std::env::var_os("SAMPLE_LOG") else { return };
    let file = OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes())).expect("the log can be written");
}
