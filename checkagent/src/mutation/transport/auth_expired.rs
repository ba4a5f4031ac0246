//! The credentials are no longer accepted.

use std::time::Duration;

use checkagent_cassette::Fidelity;

use super::transient;
use crate::mutation::bend::{Bend, Until};
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::shape::{self, Fitting, Moment, Shape, ShapeKind};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// Credentials that are no longer accepted. See [`auth_expired`].
#[derive(Clone, Debug)]
pub struct AuthExpired {
    shape: Option<Shape>,
}

/// The credentials expire while the agent works: once, so that a new token helps (`refresh`), for good (`final`), or
/// they never had the right for it, which Slack says with status 200 (`missing_scope`).
///
/// # Examples
///
/// ```
/// use checkagent::mutation::auth_expired;
///
/// let like_graph = auth_expired().shaped_like("msgraph.401");
/// ```
#[must_use]
pub fn auth_expired() -> AuthExpired {
    AuthExpired { shape: None }
}

const REFRESH: &str = "refresh";
const FINAL: &str = "final";
const MISSING_SCOPE: &str = "missing_scope";

impl AuthExpired {
    /// Status and body of one vendor: `google.401`, `msgraph.401`, `salesforce.session`, `aws.expired_token`.
    ///
    /// # Panics
    ///
    /// If there is no such shape.
    #[must_use]
    pub fn shaped_like(mut self, id: &str) -> Self {
        self.shape = Some(shape::named(ShapeKind::Auth, id));
        self
    }
}

/// Says it by the status.
fn refused(shape: &Shape) -> bool {
    shape.kind() == ShapeKind::Auth && shape.reply(&Moment::with_wait(Duration::ZERO)).status >= 400
}

fn missing_scope(shape: &Shape) -> bool {
    shape.id() == "slack.missing_scope"
}

impl Operator for AuthExpired {
    fn id(&self) -> &'static str {
        "auth_expired"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The credentials are refused: once, for good, or for want of a right, which Slack says with status 200.",
            seen: "every API whose tokens expire; authentication is 5 % of the incidents of a large cloud product",
            source: "SoCC 2022, incidents of Microsoft Teams; slack_web_openapi_v2.json: missing_scope",
            sites: "once at every interaction but the first; for good at a few places of each channel",
            good: "gets a new token once and goes on, or says what is missing; it does not ask for more rights than it was given",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let all = transient::http_sites(recording);
        let mut sites: Vec<_> = all.iter().map(|site| site.clone().variant(REFRESH)).collect();
        let lasting = transient::beginnings(recording, all);
        let mut fitting = Fitting::new(recording, missing_scope);
        for site in lasting {
            if self.shape.is_none() && !fitting.at(site.interaction).shapes.is_empty() {
                let evident = Lie::Evident("the body says that a right is missing".to_owned());
                sites.push(site.clone().variant(MISSING_SCOPE).lie(evident));
            }
            sites.push(site.variant(FINAL));
        }
        sites
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let at = site.interaction;
        if site.variant == Some(MISSING_SCOPE) {
            let fault = Fault::Shaped(shape::shape("slack.missing_scope"));
            return Bend::Outage { at, fault, until: Until::Never };
        }
        let fitting = || shape::fitting(recording, at, refused);
        let fault = Fault::Shaped(self.shape.or_else(fitting).unwrap_or_else(|| shape::shape("google.401")));
        if site.variant == Some(FINAL) {
            Bend::Outage { at, fault, until: Until::Never }
        } else {
            Bend::Fault { at, fault, times: 1 }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fixture::{own_code, places, shop, talk};
    use super::*;
    use crate::fixture::{Session, delivered};

    #[test]
    fn a_token_may_expire_anywhere_and_for_good_at_a_few_places() {
        let expected =
            ["2:refresh", "3:final", "3:missing_scope", "3:refresh", "4:final", "4:missing_scope", "4:refresh"];
        assert_eq!(places(&shop(), &auth_expired()), expected);
    }

    #[test]
    fn models_know_no_scopes_and_own_code_needs_no_token() {
        assert_eq!(places(&talk(2), &auth_expired()), ["2:final", "2:refresh"]);
        assert!(auth_expired().sites(&own_code()).is_empty());
    }

    #[test]
    fn a_new_token_helps_once_and_nothing_helps_for_good() {
        delivered(&shop(), auth_expired);
        let recording = shop();
        let statuses = |variant| {
            let mut session = Session::at(&recording, auth_expired(), &Site::at(3).variant(variant));
            let order = || json!({"item": "lamp"});
            [(); 3].map(|()| session.ask("POST", "/orders", order()).0)
        };
        let [first, second, _] = statuses(REFRESH);
        assert!((400..=401).contains(&first) && second == 201);
        assert!(statuses(FINAL).iter().all(|status| (400..=401).contains(status)));
        assert_eq!(statuses(MISSING_SCOPE), [200; 3]);
    }

    #[test]
    fn a_missing_right_is_told_in_the_body() {
        let recording = shop();
        let mut session = Session::at(&recording, auth_expired(), &Site::at(3).variant(MISSING_SCOPE));
        let (_, body) = session.ask("POST", "/orders", json!({"item": "lamp"}));
        assert_eq!((&body["ok"], &body["needed"]), (&json!(false), &json!("channels:read")));
        assert!(session.ledger().effects_done().is_empty());
    }
}
