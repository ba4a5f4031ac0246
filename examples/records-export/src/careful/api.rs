//! One request to the CRM at a time: login, deadlines, retries.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, StatusCode, redirect};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::wait;
use crate::crm::{BATCH, PASSWORD, TIMEOUT, USER};
use crate::outcome::{Call, Setback, Trouble};

/// The time for the whole export, all waits included.
const LONGEST_EXPORT: Duration = Duration::from_secs(60 * 60);

/// The server, and how much time is left for it.
pub(super) struct Crm {
    client: Client,
    base: String,
    deadline: Instant,
}

/// A reply that can be worked with: it is complete, and says yes or a lasting no.
pub(super) struct Reply {
    /// Never one that may pass, see [`may_pass`].
    pub(super) status: StatusCode,
    /// All headers.
    pub(super) headers: HeaderMap,
    /// The body; null where there is none, or where the status is not a success.
    pub(super) body: Value,
}

impl Reply {
    /// This reply, or the trouble if the server said no.
    pub(super) fn granted(self, call: Call) -> Result<Self, Trouble> {
        if self.status.is_success() { Ok(self) } else { Err(Trouble::Refused { call, status: self.status.as_u16() }) }
    }
}

/// An attempt that failed, and the wait that the server asked for.
pub(super) struct Failure {
    pub(super) setback: Setback,
    pub(super) asked: Option<Duration>,
}

impl Crm {
    /// The CRM at this base URL.
    pub(super) fn at(base: &str) -> Result<Self, Trouble> {
        let client = Client::builder()
            .timeout(TIMEOUT)
            // Login and writes go to the server that was named, and nowhere else.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|error| Trouble::NoClient(error.to_string()))?;
        let base = base.trim_end_matches('/').to_owned();
        Ok(Self { client, base, deadline: Instant::now() + LONGEST_EXPORT })
    }

    /// The full address of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Whether a link given by the server stays below the base URL.
    pub(super) fn owns(&self, url: &str) -> bool {
        url.strip_prefix(&self.base).is_some_and(|path| path.starts_with('/'))
    }

    /// Reads with `GET` or `HEAD`. Reading twice does no harm, so it is repeated freely.
    pub(super) async fn read(&self, method: Method, url: &str, call: Call) -> Result<Reply, Trouble> {
        let mut attempt = 1;
        loop {
            match self.send(self.client.request(method.clone(), url)).await {
                Ok(reply) => return Ok(reply),
                Err(Failure { setback, .. }) if attempt == wait::ATTEMPTS => {
                    return Err(Trouble::GaveUp { call, attempts: attempt, last: setback });
                }
                Err(Failure { asked, .. }) => self.pause(call, attempt, asked).await?,
            }
            attempt += 1;
        }
    }

    /// Sends a batch once. What a failure means for the writes in it is for the caller to find out.
    pub(super) async fn batch(&self, batch: &Value) -> Result<Reply, Failure> {
        self.send(self.client.request(Method::POST, self.url(BATCH)).json(batch)).await
    }

    /// Waits after a failed attempt, unless that would take too long.
    pub(super) async fn pause(&self, call: Call, attempt: u32, asked: Option<Duration>) -> Result<(), Trouble> {
        let wait = asked.unwrap_or_default().max(wait::back_off(attempt));
        if wait > wait::LONGEST {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            return Err(Trouble::WaitTooLong { call, seconds });
        }
        if Instant::now() + wait >= self.deadline {
            return Err(Trouble::OutOfTime(call));
        }
        sleep(wait).await;
        Ok(())
    }

    async fn send(&self, request: RequestBuilder) -> Result<Reply, Failure> {
        let request = request.basic_auth(USER, Some(PASSWORD));
        let response = request.send().await.map_err(|error| lost(&error))?;
        let status = response.status();
        let headers = response.headers().clone();
        if may_pass(status.as_u16(), headers.contains_key(RETRY_AFTER)) {
            let asked = wait::asked(&headers, SystemTime::now());
            return Err(Failure { setback: Setback::Busy(status.as_u16()), asked });
        }
        let bytes = response.bytes().await.map_err(|error| lost(&error))?;
        let body = if !status.is_success() || bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).map_err(|_| Failure { setback: Setback::Unreadable, asked: None })?
        };
        Ok(Reply { status, headers, body })
    }
}

/// Whether a status speaks of a state that may pass. A 403 is a lasting no, except with `Retry-After`:
/// then it is how some servers say "too many requests".
pub(super) fn may_pass(status: u16, asks_to_wait: bool) -> bool {
    match status {
        408 | 425 | 429 => true,
        403 => asks_to_wait,
        501 | 505 => false,
        _ => status >= 500,
    }
}

fn lost(error: &reqwest::Error) -> Failure {
    let setback = if error.is_timeout() { Setback::Timeout } else { Setback::ConnectionLost };
    Failure { setback, asked: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overload_may_pass_and_a_plain_no_lasts() {
        for status in [408, 429, 500, 502, 503, 504, 529] {
            assert!(may_pass(status, false), "{status}");
        }
        for status in [200, 400, 401, 403, 404, 410, 412, 422, 501] {
            assert!(!may_pass(status, false), "{status}");
        }
        assert!(may_pass(403, true));
    }

    #[test]
    fn links_to_other_servers_are_told_apart() {
        let crm = Crm::at("http://127.0.0.1:8888/v1/").unwrap();
        assert!(crm.owns("http://127.0.0.1:8888/v1/buckets?_token=x"));
        assert!(!crm.owns("http://127.0.0.1:8888/v10/buckets"));
        assert!(!crm.owns("http://127.0.0.1:8889/v1/buckets"));
        assert!(!crm.owns("/v1/buckets"));
    }
}
