//! The service limits the client in mid-sequence.

use std::time::Duration;

use checkagent_cassette::Fidelity;

use super::transient;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::shape::{self, Shape, ShapeKind};
use crate::mutation::site::Site;
use crate::mutation::wait::Refusal;
use crate::recording::Recording;

/// A limit: from one interaction on, the channel answers 429 until the promised wait is over. See [`rate_limit`].
#[derive(Clone, Debug)]
pub struct RateLimit {
    wait: Duration,
    shape: Option<Shape>,
}

/// The service limits the client in mid-sequence, for 30 seconds of virtual time.
///
/// A limit is a state: a call before the wait is over gets the limit again and counts as a wait violation; more than
/// one makes the case `runaway`. Every site comes in two forms, `Retry-After` in seconds and as an HTTP-date.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use checkagent::mutation::rate_limit;
///
/// let patient = rate_limit().wait(Duration::from_secs(600)).shaped_like("msgraph.429");
/// ```
#[must_use]
pub fn rate_limit() -> RateLimit {
    RateLimit { wait: Duration::from_secs(30), shape: None }
}

const SECONDS: &str = "seconds";
const HTTP_DATE: &str = "http_date";

impl RateLimit {
    /// The wait that the service asks for.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Status and body of one vendor: `notion.429`, `attio.429`, `msgraph.429`, `github.rest.secondary`.
    ///
    /// # Panics
    ///
    /// If there is no such shape.
    #[must_use]
    pub fn shaped_like(mut self, id: &str) -> Self {
        self.shape = Some(shape::named(ShapeKind::Limit, id));
        self
    }
}

impl Operator for RateLimit {
    fn id(&self) -> &'static str {
        "rate_limit"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The service limits the client in mid-sequence: every call on the channel is refused until the promised wait is over.",
            seen: "every public API; a 429 at most, a 403 at GitHub, Google Workspace and SQS, a 400 in AWS's JSON protocol, a 503 at S3 and EC2",
            source: "the documentation of the vendors, by shape",
            sites: "every interaction but the first",
            good: "waits at least as long as it is told and goes on; if the wait is too long for it, it says so",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let sites = transient::sites(recording);
        sites.into_iter().flat_map(|site| [site.clone().variant(SECONDS), site.variant(HTTP_DATE)]).collect()
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        let usual = if site.variant == Some(HTTP_DATE) { "attio.429" } else { "notion.429" };
        let shape = self.shape.unwrap_or_else(|| shape::shape(usual));
        Bend::Limit { at: site.interaction, wait: self.wait, refusal: Refusal::Shaped(shape) }
    }
}
