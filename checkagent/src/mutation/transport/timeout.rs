//! No reply comes.

use super::transient;
use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// A request that is never answered, and was never carried out. See [`timeout`].
#[derive(Clone, Debug)]
pub struct Timeout {
    times: u32,
}

/// No reply comes, and the connection stays open; nothing was done. A client without a timeout of its own hangs.
///
/// For an effect that *was* done, see [`reply_lost`](crate::mutation::reply_lost).
///
/// # Examples
///
/// ```
/// use checkagent::mutation::timeout;
///
/// let twice = timeout().times(2);
/// ```
#[must_use]
pub fn timeout() -> Timeout {
    Timeout { times: 1 }
}

impl Timeout {
    /// How often no reply comes.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }
}

impl Operator for Timeout {
    fn id(&self) -> &'static str {
        "timeout"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "No reply comes, and the connection stays open; nothing was done.",
            seen: "any service behind a load balancer or a network that drops packets",
            source: "SoCC 2022, incidents of a large cloud: dependencies, infrastructure and network are 43 %",
            sites: "every interaction but the first",
            good: "has a timeout of its own, and looks before it writes again",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        transient::sites(recording)
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        Bend::Fault { at: site.interaction, fault: Fault::Stall, times: self.times }
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
        assert_eq!(places(&shop(), &timeout()), ["2", "3", "4"]);
        assert!(timeout().sites(&recording_of(Vec::new())).is_empty());
    }

    #[test]
    fn nothing_comes_nothing_was_done_and_a_retry_gets_through() {
        let ledger = delivered(&shop(), timeout);
        assert!(ledger.effects_done().is_empty());
        let mut session = Session::first(&shop(), timeout());
        assert_eq!(session.again(3), Reaction::Stall);
        assert!(matches!(session.again(3), Reaction::Reply(..)));
        let ledger = session.ledger();
        assert_eq!(ledger.effects_done(), [3]);
        assert!(ledger.calls.iter().all(|call| call.duplicate.is_none()));
    }
}
