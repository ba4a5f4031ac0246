//! One request at a time, to the model or the shop: deadlines, and attempts with the waits that are asked for.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, Request, redirect};
use tokio::time::{Instant, sleep};

use super::wait;
use crate::outcome::Trouble;

const TIMEOUT: Duration = Duration::from_secs(30);

/// The time for the whole ticket, all waits included.
const LONGEST_TICKET: Duration = Duration::from_secs(60 * 60);

/// The HTTP client, and how much time is left.
#[derive(Clone, Debug)]
pub(super) struct Http {
    client: Client,
    deadline: Instant,
}

/// A whole reply that says yes or a lasting no.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// An attempt that failed, and the wait that was asked for.
struct Failure {
    what: String,
    asked: Option<Duration>,
}

impl Http {
    pub(super) fn new() -> Result<Self, Trouble> {
        let client = Client::builder()
            .timeout(TIMEOUT)
            // Keys and refunds go to the server that was named, and nowhere else.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|error| Trouble::NoClient(error.to_string()))?;
        Ok(Self { client, deadline: Instant::now() + LONGEST_TICKET })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Sends a request that may be sent more than once: a read, or a write with an idempotency key. A reply of which
    /// `whole` says that it is none counts as a failed attempt.
    pub(super) async fn send(
        &self,
        call: &'static str,
        request: &Request,
        whole: impl Fn(&Reply) -> Result<(), String>,
    ) -> Result<Reply, Trouble> {
        let mut attempt = 1;
        loop {
            match self.attempt(request, &whole).await {
                Ok(reply) => return Ok(reply),
                Err(Failure { what, .. }) if attempt == wait::ATTEMPTS => {
                    return Err(Trouble::GaveUp { call, attempts: attempt, last: what });
                }
                Err(Failure { asked, .. }) => self.pause(call, attempt, asked).await?,
            }
            attempt += 1;
        }
    }

    /// Waits after a failed attempt, unless that would take too long.
    pub(super) async fn pause(&self, call: &'static str, attempt: u32, asked: Option<Duration>) -> Result<(), Trouble> {
        let wait = asked.unwrap_or_default().max(wait::back_off(attempt));
        if wait > wait::LONGEST || Instant::now() + wait >= self.deadline {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            return Err(Trouble::WaitTooLong { call, seconds });
        }
        sleep(wait).await;
        Ok(())
    }

    async fn attempt(&self, request: &Request, whole: impl Fn(&Reply) -> Result<(), String>) -> Result<Reply, Failure> {
        let failed = |what: &str| Failure { what: what.to_owned(), asked: None };
        let request = request.try_clone().ok_or_else(|| failed("a request that cannot be repeated"))?;
        let response = self.client.execute(request).await.map_err(|error| lost(&error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        if may_pass(status, headers.contains_key(RETRY_AFTER)) {
            return Err(Failure { what: format!("status {status}"), asked: wait::asked(&headers, SystemTime::now()) });
        }
        let body = response.bytes().await.map_err(|error| lost(&error))?.to_vec();
        let reply = Reply { status, headers, body };
        whole(&reply).map_err(|problem| failed(&problem))?;
        Ok(reply)
    }
}

/// Whether a status speaks of a state that may pass. A 403 is a lasting no, except with `Retry-After`: then it is how some
/// servers say "too many requests".
fn may_pass(status: u16, asks_to_wait: bool) -> bool {
    match status {
        408 | 425 | 429 => true,
        403 => asks_to_wait,
        501 | 505 => false,
        _ => status >= 500,
    }
}

fn lost(error: &reqwest::Error) -> Failure {
    let what = if error.is_timeout() { "timeout" } else { "connection lost" };
    Failure { what: what.to_owned(), asked: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overload_may_pass_and_a_plain_no_lasts() {
        for status in [408, 429, 500, 502, 503, 504, 529] {
            assert!(may_pass(status, false), "{status}");
        }
        for status in [200, 400, 401, 403, 404, 409, 410, 422, 501] {
            assert!(!may_pass(status, false), "{status}");
        }
        assert!(may_pass(403, true));
    }
}
