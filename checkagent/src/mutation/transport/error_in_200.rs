//! A success by its status, an error by its body.

use checkagent_cassette::Fidelity;

use super::transient;
use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::shape::{self, Fitting, Shape, ShapeKind};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// An error with status 200. See [`error_in_200`].
#[derive(Clone, Debug)]
pub struct ErrorIn200 {
    times: u32,
    shape: Option<Shape>,
}

/// The status says 200, the body that it failed; nothing was done, and a retry gets through.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::error_in_200;
///
/// let throttled = error_in_200().shaped_like("shopify.graphql.throttled");
/// ```
#[must_use]
pub fn error_in_200() -> ErrorIn200 {
    ErrorIn200 { times: 1, shape: None }
}

impl ErrorIn200 {
    /// How often it fails before it works.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// The body of one vendor: `slack.ratelimited_200`, `github.graphql.primary`, `shopify.graphql.throttled`,
    /// `aws.s3.slowdown_200`.
    ///
    /// # Panics
    ///
    /// If there is no such shape.
    #[must_use]
    pub fn shaped_like(mut self, id: &str) -> Self {
        self.shape = Some(shape::named(ShapeKind::ErrorIn200, id));
        self
    }
}

fn in_200(shape: &Shape) -> bool {
    shape.kind() == ShapeKind::ErrorIn200
}

impl Operator for ErrorIn200 {
    fn id(&self) -> &'static str {
        "error_in_200"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The status is 200 and the body an error, once; nothing was done, and a retry gets through.",
            seen: "Slack, every GraphQL API, Shopify, S3 CopyObject and CompleteMultipartUpload",
            source: "slack_web_openapi_v2.json; botocore, the model of S3; github/docs, rate limits of the GraphQL API",
            sites: "every interaction but the first that is no call of a model",
            good: "reads the body, does not take it for a result, and tries again or says that it failed",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let mut fitting = Fitting::new(recording, in_200);
        let mut sites = transient::http_sites(recording);
        sites.retain(|site| self.shape.is_some() || !fitting.at(site.interaction).shapes.is_empty());
        let evident = || Lie::Evident("the body says that it failed".to_owned());
        sites.into_iter().map(|site| site.lie(evident())).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let fitting = || shape::fitting(recording, site.interaction, in_200);
        let shape = self.shape.or_else(fitting).unwrap_or_else(|| shape::shape("slack.request_timeout"));
        Bend::Fault { at: site.interaction, fault: Fault::Shaped(shape), times: self.times }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fixture::{places, shop, talk};
    use super::*;
    use crate::fixture::{Session, delivered};

    #[test]
    fn it_applies_to_services() {
        assert_eq!(places(&shop(), &error_in_200()), ["2", "3", "4"]);
    }

    #[test]
    fn it_does_not_apply_to_models_which_say_it_by_the_status() {
        assert!(error_in_200().sites(&talk(2)).is_empty());
    }

    #[test]
    fn nothing_is_done_and_a_retry_gets_through() {
        let ledger = delivered(&shop(), error_in_200);
        assert!(ledger.effects_done().is_empty());
        let mut session = Session::first(&shop(), error_in_200().shaped_like("github.graphql.primary"));
        let (status, body) = session.ask("POST", "/orders", json!({"item": "lamp"}));
        assert_eq!((status, &body["errors"][0]["type"]), (200, &json!("RATE_LIMITED")));
        assert_eq!(session.ask("POST", "/orders", json!({"item": "lamp"})).0, 201);
        assert_eq!(session.ledger().effects_done(), [3]);
    }
}
