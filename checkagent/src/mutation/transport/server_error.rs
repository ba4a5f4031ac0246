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

/// The service answers 500, 502, 503, 504 or 529 once, in the envelope of one vendor; nothing was done, a retry gets
/// through.
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

    /// Status and body of one vendor: `slack.fatal`, `github.graphql.timeout`, `aws.s3.slowdown`, `notion.529`,
    /// `anthropic.529`, `openai.500`.
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

fn failing(shape: &Shape) -> bool {
    shape.kind() == ShapeKind::ServerError
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

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let fitting = || shape::fitting(recording, site.interaction, failing);
        let shape = self.shape.or_else(fitting).unwrap_or_else(|| shape::shape("slack.fatal"));
        Bend::Fault { at: site.interaction, fault: Fault::Shaped(shape), times: self.times }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::super::fixture::{places, shop};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of, taped};

    #[test]
    fn it_applies_in_mid_sequence_and_nowhere_in_an_empty_recording() {
        assert_eq!(places(&shop(), &server_error()), ["2", "3", "4"]);
        assert!(server_error().sites(&recording_of(Vec::new())).is_empty());
    }

    #[test]
    fn the_sites_take_turns_with_the_vendors() {
        let recording = recording_of((0..9).map(|number| taped("GET", &format!("/{number}"))).collect());
        let sites = server_error().sites(&recording);
        let faults: BTreeSet<_> = sites
            .iter()
            .map(|site| format!("{:?}", server_error().bend(site, &recording)).replace(char::is_numeric, ""))
            .collect();
        assert!(faults.len() > 3, "{faults:?}");
    }

    #[test]
    fn nothing_was_done_and_a_retry_gets_through() {
        let ledger = delivered(&shop(), server_error);
        assert!(ledger.effects_done().is_empty());
        let mut session = Session::first(&shop(), server_error().times(2).shaped_like("notion.529"));
        let statuses = [(); 3].map(|()| session.ask("POST", "/orders", json!({"item": "lamp"})).0);
        assert_eq!(statuses, [529, 529, 201]);
        assert_eq!(session.ledger().effects_done(), [3]);
    }
}
