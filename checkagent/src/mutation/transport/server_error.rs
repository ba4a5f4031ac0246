//! The service fails for a moment.

use super::transient;
use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::shape::{self, Shape, ShapeKind};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// An error of the service in front of an interaction. See [`server_error`].
#[derive(Clone, Debug)]
pub struct ServerError {
    times: u32,
    shape: Option<Shape>,
}

/// The service answers 500, 502, 503 or 529 once, in the envelope of one vendor; nothing was done, a retry gets through.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::server_error;
///
/// let twice = server_error().times(2).shaped_like("notion.529");
/// ```
#[must_use]
pub fn server_error() -> ServerError {
    ServerError { times: 1, shape: None }
}

impl ServerError {
    /// How often it fails before it works.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Status and body of one vendor: `slack.fatal`, `github.graphql.timeout`, `aws.s3.slowdown`, `notion.529`.
    ///
    /// # Panics
    ///
    /// If there is no such shape.
    #[must_use]
    pub fn shaped_like(mut self, id: &str) -> Self {
        self.shape = Some(shape::named(ShapeKind::ServerError, id));
        self
    }
}

impl Operator for ServerError {
    fn id(&self) -> &'static str {
        "server_error"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The service answers with an error once; nothing was done, and a retry gets through.",
            seen: "53 % of the status incidents of two model vendors are elevated errors",
            source: "atlarge-research/llm-service-analysis, counted over 506 incidents",
            sites: "every interaction but the first",
            good: "tries again, not without end, and with the same idempotency key where it writes",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        transient::sites(recording)
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        // Another vendor at each site, always the same one at the same site.
        let shape = self.shape.unwrap_or_else(|| shape::rotated(ShapeKind::ServerError, site.interaction));
        Bend::Fault { at: site.interaction, fault: Fault::Shaped(shape), times: self.times }
    }
}
