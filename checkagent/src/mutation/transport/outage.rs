//! The service is down for longer than anybody retries.

use std::time::Duration;

use checkagent_cassette::Fidelity;

use super::transient;
use crate::mutation::bend::{Bend, Until};
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::shape::{self, Moment, Shape, ShapeKind};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// An outage of a whole channel. See [`outage`].
#[derive(Clone, Debug)]
pub struct Outage {
    lasting: Duration,
    shape: Option<Shape>,
}

/// The median incident of one large model vendor.
const MEDIAN: Duration = Duration::from_secs(74 * 60);

/// Every call on the channel gets a 503 for 74 minutes of virtual time, the median length of an incident.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use checkagent::mutation::outage;
///
/// let short = outage().lasting(Duration::from_secs(300)).shaped_like("notion.529");
/// ```
#[must_use]
pub fn outage() -> Outage {
    Outage { lasting: MEDIAN, shape: None }
}

impl Outage {
    /// How long it lasts, in virtual time.
    #[must_use]
    pub fn lasting(mut self, time: Duration) -> Self {
        self.lasting = time;
        self
    }

    /// Status, headers and body of one vendor or gateway: `google.503`, `ge.503`, `anthropic.529`,
    /// `gateway.nginx.503`.
    ///
    /// # Panics
    ///
    /// If there is no such shape.
    #[must_use]
    pub fn shaped_like(mut self, id: &str) -> Self {
        self.shape = Some(shape::named_among(&shape::shapes().filter(down).collect::<Vec<_>>(), id));
        self
    }
}

fn down(shape: &Shape) -> bool {
    matches!(shape.kind(), ShapeKind::ServerError | ShapeKind::Gateway)
}

fn unavailable(shape: &Shape) -> bool {
    down(shape) && shape.reply(&Moment::with_wait(Duration::ZERO)).status == 503
}

impl Operator for Outage {
    fn id(&self) -> &'static str {
        "outage"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "Every call on the channel gets a 503 for 74 minutes; nothing is done meanwhile.",
            seen: "incidents of model vendors last 74 and 46 minutes in the median; failures cluster in time",
            source: "atlarge-research/llm-service-analysis, time to resolve over 307 incidents",
            sites: "on each channel before the first effect, in the middle and before the last interaction",
            good: "stops trying after a while and says what is not done, or waits it out",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        transient::beginnings(recording, transient::sites(recording))
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let fitting = || shape::fitting(recording, site.interaction, unavailable);
        let shape = self.shape.or_else(fitting).unwrap_or_else(|| shape::shape("google.503"));
        Bend::Outage { at: site.interaction, fault: Fault::Shaped(shape), until: Until::Elapsed(self.lasting) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{places, shop};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of};
    use crate::ledger::Outcome;
    use crate::world::Reaction;

    #[test]
    fn it_begins_at_a_few_places_and_nowhere_in_an_empty_recording() {
        assert_eq!(places(&shop(), &outage()), ["3", "4"]);
        assert!(outage().sites(&recording_of(Vec::new())).is_empty());
    }

    #[test]
    fn the_whole_channel_is_down_until_the_outage_is_over() {
        delivered(&shop(), outage);
        let mut session = Session::first(&shop(), outage());
        for minute in [0, 1, 30, 73] {
            session.now = Duration::from_secs(minute * 60);
            let Reaction::Reply(checkagent_cassette::Reply::Http(reply), _) = session.again(3) else {
                panic!("a reply")
            };
            assert_eq!(reply.status, 503);
            session.again(1);
        }
        session.now = MEDIAN;
        session.again(3);
        let ledger = session.ledger();
        let down = ledger.calls.iter().filter(|call| matches!(call.outcome, Outcome::Faulted { .. })).count();
        assert_eq!((down, ledger.effects_done().as_slice()), (8, &[3][..]));
    }

    #[test]
    fn an_outage_promises_no_wait() {
        let recording = shop();
        for site in outage().sites(&recording) {
            let mut session = Session::at(&recording, outage(), &site);
            let Reaction::Reply(reply, _) = session.again(site.interaction) else { panic!("a reply") };
            assert!(reply.headers().iter().all(|(name, _)| *name != "retry-after"), "{reply:?}");
        }
    }
}
