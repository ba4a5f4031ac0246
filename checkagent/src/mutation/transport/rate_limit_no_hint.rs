//! The service limits the client and does not say for how long.

use std::time::Duration;

use checkagent_cassette::Fidelity;

use super::transient;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::shape::{self, Shape, ShapeKind};
use crate::mutation::site::Site;
use crate::mutation::wait::Refusal;
use crate::recording::Recording;

/// A limit without a hint. See [`rate_limit_no_hint`].
#[derive(Clone, Debug)]
pub struct RateLimitNoHint {
    wait: Duration,
    shape: Option<Shape>,
}

/// The service limits the client for ten seconds and does not say so: no `Retry-After`, a 403 or a 400 perhaps.
///
/// No wait is promised, so none can be violated; an agent that tries again without a pause runs into its budget of calls.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::rate_limit_no_hint;
///
/// let like_stripe = rate_limit_no_hint().shaped_like("stripe.rate_limit");
/// ```
#[must_use]
pub fn rate_limit_no_hint() -> RateLimitNoHint {
    RateLimitNoHint { wait: Duration::from_secs(10), shape: None }
}

fn untold(shape: &Shape) -> bool {
    shape.kind() == ShapeKind::Limit && !shape.tells_the_wait()
}

impl RateLimitNoHint {
    /// How long the limit holds.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Status, headers and body of one vendor: `stripe.rate_limit`, `hubspot.429.tensec`, `aws.json.throttling`,
    /// `github.rest.secondary.no_hint`.
    ///
    /// # Panics
    ///
    /// If there is no such shape.
    #[must_use]
    pub fn shaped_like(mut self, id: &str) -> Self {
        self.shape = Some(shape::named_among(&shape::shapes().filter(untold).collect::<Vec<_>>(), id));
        self
    }
}

impl Operator for RateLimitNoHint {
    fn id(&self) -> &'static str {
        "rate_limit_no_hint"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The service limits the client and does not say for how long; ten seconds later it answers again.",
            seen: "Stripe, HubSpot, Salesforce, Airtable, AWS; GitHub and Microsoft Graph now and then",
            source: "stripe-python, _http_client.py; botocore, _retry.json; hub4j/github-api#1805",
            sites: "every interaction but the first",
            good: "tries again after growing pauses, not without end, and says so if it gives up",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        transient::sites(recording)
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let fitting = || shape::fitting(recording, site.interaction, untold);
        let shape = self.shape.or_else(fitting).unwrap_or_else(|| shape::shape("stripe.rate_limit"));
        Bend::Limit { at: site.interaction, wait: self.wait, refusal: Refusal::Shaped(shape) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{places, shop};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of};
    use crate::ledger::Outcome;

    #[test]
    fn it_applies_in_mid_sequence() {
        assert_eq!(places(&shop(), &rate_limit_no_hint()), ["2", "3", "4"]);
        assert!(rate_limit_no_hint().sites(&recording_of(Vec::new())).is_empty());
    }

    #[test]
    fn it_holds_but_a_wait_of_which_nobody_told_is_not_violated() {
        delivered(&shop(), rate_limit_no_hint);
        let mut session = Session::first(&shop(), rate_limit_no_hint());
        for second in [0, 1, 3, 7, 10] {
            session.now = Duration::from_secs(second);
            session.again(3);
        }
        let ledger = session.ledger();
        let limited = ledger.calls.iter().filter(|call| matches!(call.outcome, Outcome::Limited { .. })).count();
        assert_eq!((limited, ledger.wait_violations()), (4, 0));
        assert_eq!(ledger.effects_done(), [3]);
    }

    #[test]
    fn no_header_tells_the_wait() {
        let recording = shop();
        for site in rate_limit_no_hint().sites(&recording) {
            let Bend::Limit { refusal, .. } = rate_limit_no_hint().bend(&site, &recording) else { panic!("a limit") };
            let reply = refusal.reply(&shape::Moment::with_wait(Duration::from_secs(10)));
            assert_eq!(reply.header("retry-after"), None, "{reply:?}");
        }
    }
}
