//! The connection is closed before a reply.

use super::transient;
use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// A connection that is closed before a reply. See [`conn_reset`].
#[derive(Clone, Debug)]
pub struct ConnReset {
    times: u32,
}

/// The connection is closed before a reply; nothing was done, and a retry gets through.
///
/// For an effect that *was* done, see [`reply_lost`](crate::mutation::reply_lost).
///
/// # Examples
///
/// ```
/// use checkagent::mutation::conn_reset;
///
/// let stubborn = conn_reset().times(3);
/// ```
#[must_use]
pub fn conn_reset() -> ConnReset {
    ConnReset { times: 1 }
}

impl ConnReset {
    /// How often the connection is closed.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }
}

impl Operator for ConnReset {
    fn id(&self) -> &'static str {
        "conn_reset"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The connection is closed before a reply; nothing was done, and a retry gets through.",
            seen: "load balancers that drop idle connections, services that are restarted; outages are 24 % of the status incidents of two model vendors",
            source: "atlarge-research/llm-service-analysis, counted over 506 incidents",
            sites: "every interaction but the first",
            good: "tries a read again; looks before it writes again, or uses an idempotency key",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        transient::sites(recording)
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        Bend::Fault { at: site.interaction, fault: Fault::Reset, times: self.times }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{places, shop};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of};
    use crate::world::Reaction;

    #[test]
    fn it_applies_in_mid_sequence_and_nowhere_in_an_empty_recording() {
        assert_eq!(places(&shop(), &conn_reset()), ["2", "3", "4"]);
        assert!(conn_reset().sites(&recording_of(Vec::new())).is_empty());
    }

    #[test]
    fn nothing_was_done_and_a_retry_gets_through() {
        let ledger = delivered(&shop(), conn_reset);
        assert!(ledger.effects_done().is_empty());
        let mut session = Session::first(&shop(), conn_reset().times(2));
        assert_eq!(session.again(3), Reaction::Reset);
        assert_eq!(session.again(3), Reaction::Reset);
        assert!(matches!(session.again(3), Reaction::Reply(..)));
        let ledger = session.ledger();
        assert_eq!(ledger.effects_done(), [3]);
        assert!(ledger.calls.iter().all(|call| call.duplicate.is_none()));
    }
}
