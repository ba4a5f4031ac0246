//! The service fails for a moment.

use super::bend::{Bend, Fault};
use super::operator::{Family, Operator, Truth};
use super::shape::{self, SERVER_ERRORS, Shape};
use super::site::Site;
use super::transient;
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
        self.shape = Some(shape::named(&SERVER_ERRORS, id));
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

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        transient::sites(recording)
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        // Another vendor at each site, always the same one at the same site.
        let shape = self.shape.unwrap_or(SERVER_ERRORS[site.interaction % SERVER_ERRORS.len()]);
        Bend::Fault { at: site.interaction, fault: Fault::Reply(shape.reply()), times: self.times }
    }
}
