//! A gateway answers in the place of the service, in its own format.

use checkagent_cassette::Fidelity;

use super::transient;
use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::shape::{self, Shape, ShapeKind};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// An error page of a gateway. See [`gateway_html`].
#[derive(Clone, Debug)]
pub struct GatewayHtml {
    times: u32,
    shape: Option<Shape>,
}

/// A gateway answers with a page of HTML, or plain text, where JSON is expected; nothing was done, a retry gets through.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::gateway_html;
///
/// let plain = gateway_html().shaped_like("gateway.envoy.503");
/// ```
#[must_use]
pub fn gateway_html() -> GatewayHtml {
    GatewayHtml { times: 1, shape: None }
}

impl GatewayHtml {
    /// How often it answers before the service does.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// The page of one gateway: `gateway.nginx.502`, `gateway.haproxy.503`, `gateway.envoy.503`.
    ///
    /// # Panics
    ///
    /// If there is no such shape.
    #[must_use]
    pub fn shaped_like(mut self, id: &str) -> Self {
        self.shape = Some(shape::named(ShapeKind::Gateway, id));
        self
    }
}

impl Operator for GatewayHtml {
    fn id(&self) -> &'static str {
        "gateway_html"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A gateway answers 502, 503 or 504 once, with HTML or plain text where JSON is expected.",
            seen: "nginx, haproxy and envoy, in front of most services",
            source: "nginx, ngx_http_special_response.c; haproxy, examples/errorfiles; envoy, its integration tests",
            sites: "every interaction but the first",
            good: "looks at the status before it reads the body, tries again, and never passes the page on as a result",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        transient::http_sites(recording)
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        let shape = self.shape.unwrap_or_else(|| shape::rotated(ShapeKind::Gateway, site.interaction));
        Bend::Fault { at: site.interaction, fault: Fault::Shaped(shape), times: self.times }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::fixture::{own_code, places, shop};
    use super::*;
    use crate::fixture::{Session, delivered};

    #[test]
    fn it_applies_to_http() {
        assert_eq!(places(&shop(), &gateway_html()), ["2", "3", "4"]);
    }

    #[test]
    fn there_is_no_gateway_in_front_of_the_agents_own_code() {
        assert!(gateway_html().sites(&own_code()).is_empty());
    }

    #[test]
    fn the_body_is_no_json_and_nothing_was_done() {
        let ledger = delivered(&shop(), gateway_html);
        assert!(ledger.effects_done().is_empty());
        let mut session = Session::first(&shop(), gateway_html().times(2));
        for _ in 0..2 {
            let (status, body) = session.ask("POST", "/orders", json!({"item": "lamp"}));
            assert!(status >= 502 && body == Value::Null, "{status} {body}");
        }
        assert_eq!(session.ask("POST", "/orders", json!({"item": "lamp"})).0, 201);
    }
}
