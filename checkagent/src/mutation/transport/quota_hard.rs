//! A quota is used up, and does not come back while the agent works.

use std::time::Duration;

use checkagent_cassette::Fidelity;

use super::transient;
use crate::mutation::bend::{Bend, Until};
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::shape::{self, Shape, ShapeKind};
use crate::mutation::site::Site;
use crate::mutation::wait::Refusal;
use crate::recording::Recording;

/// A quota that does not come back. See [`quota_hard`].
#[derive(Clone, Debug)]
pub struct QuotaHard {
    shape: Option<Shape>,
}

/// A quota is used up: the status of a limit, but no retry helps today.
///
/// Some vendors say when it comes back; then it does, in virtual time, and calls before count as wait violations.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::quota_hard;
///
/// let empty_account = quota_hard().shaped_like("openai.429.quota");
/// ```
#[must_use]
pub fn quota_hard() -> QuotaHard {
    QuotaHard { shape: None }
}

/// What was left of the day in a captured reply of GitHub Models.
const REST_OF_THE_DAY: Duration = Duration::from_secs(78_883);

impl QuotaHard {
    /// Status, headers and body of one vendor: `openai.429.quota`, `anthropic.429.spend`, `salesforce.request_limit`,
    /// `github_models.429.day`, `hubspot.429.daily`.
    ///
    /// # Panics
    ///
    /// If there is no such shape.
    #[must_use]
    pub fn shaped_like(mut self, id: &str) -> Self {
        self.shape = Some(shape::named(ShapeKind::Quota, id));
        self
    }
}

fn quota(shape: &Shape) -> bool {
    shape.kind() == ShapeKind::Quota
}

impl Operator for QuotaHard {
    fn id(&self) -> &'static str {
        "quota_hard"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A quota is used up: every call on the channel is refused for the rest of the day, with the status of a limit.",
            seen: "OpenAI insufficient_quota, Anthropic spend limits, the daily limits of Salesforce, HubSpot and GitHub Models",
            source: "continuedev/continue#10410; pnp/proxy-samples, github-models-throttling; gist rickysaltzer/4542457",
            sites: "on each channel before the first effect, in the middle and before the last interaction",
            good: "stops after one retry at most and says what is not done",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        transient::beginnings(recording, transient::http_sites(recording))
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let fitting = || shape::fitting(recording, site.interaction, quota);
        let shape = self.shape.or_else(fitting).unwrap_or_else(|| shape::shape("salesforce.request_limit"));
        if shape.tells_the_wait() {
            let refusal = Refusal::Shaped(shape);
            return Bend::Limit { at: site.interaction, wait: REST_OF_THE_DAY, refusal };
        }
        Bend::Outage { at: site.interaction, fault: Fault::Shaped(shape), until: Until::Never }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{own_code, places, reply, shop};
    use super::*;
    use crate::fixture::{Session, delivered};
    use crate::ledger::Outcome;

    #[test]
    fn it_applies_where_something_is_still_to_come() {
        assert_eq!(places(&shop(), &quota_hard()), ["3", "4"]);
    }

    #[test]
    fn the_agents_own_code_has_no_quota() {
        assert!(quota_hard().sites(&own_code()).is_empty());
    }

    #[test]
    fn no_retry_helps_however_late_it_comes() {
        let ledger = delivered(&shop(), quota_hard);
        assert!(ledger.effects_done().is_empty());
        let mut session = Session::first(&shop(), quota_hard().shaped_like("hubspot.429.daily"));
        for hour in 0..30 {
            session.now = Duration::from_secs(hour * 3600);
            session.again(3);
        }
        let ledger = session.ledger();
        let refused =
            |outcome: &Outcome| matches!(outcome, Outcome::Faulted { fault, .. } if fault == "429 (hubspot.429.daily)");
        assert!(ledger.calls.iter().all(|call| refused(&call.outcome)), "{ledger:?}");
    }

    #[test]
    fn a_quota_that_says_when_it_comes_back_does() {
        for id in ["github_models.429.day", "resend.429.day"] {
            let mut session = Session::first(&shop(), quota_hard().shaped_like(id));
            assert_eq!(reply(session.again(3)).header("retry-after"), Some("78883"), "{id}");
            session.now = Duration::from_secs(78_000);
            assert_eq!(reply(session.again(3)).header("retry-after"), Some("883"), "{id}");
            session.now = Duration::from_secs(78_883);
            assert_eq!(reply(session.again(3)).status, 201, "{id}");
            assert_eq!(session.ledger().wait_violations(), 1, "{id}");
        }
    }
}
