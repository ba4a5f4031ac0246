//! The reply comes late.

use std::time::Duration;

use super::transient;
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// A reply that comes late. See [`slow`].
#[derive(Clone, Debug)]
pub struct Slow {
    by: Option<Duration>,
    times: u32,
}

/// The reply takes five or sixty times as long as recorded, but at least some seconds, and is right.
///
/// What was asked for is done: a client that gives up on a write and sends it again does it twice.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use checkagent::mutation::slow;
///
/// let minutes = slow().by(Duration::from_secs(180));
/// ```
#[must_use]
pub fn slow() -> Slow {
    Slow { by: None, times: 1 }
}

/// Name, factor, and the least time.
const BRIEF: (&str, u32, Duration) = ("x5", 5, Duration::from_secs(5));
const LONG: (&str, u32, Duration) = ("x60", 60, Duration::from_secs(45));

impl Slow {
    /// The time on top of the recorded latency.
    #[must_use]
    pub fn by(mut self, time: Duration) -> Self {
        self.by = Some(time);
        self
    }

    /// How many replies are late.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }
}

impl Operator for Slow {
    fn id(&self) -> &'static str {
        "slow"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The reply takes five or sixty times as long as recorded, but at least 5 or 45 seconds, and is right.",
            seen: "8 % of the status incidents of two model vendors are about latency",
            source: "atlarge-research/llm-service-analysis, counted over 506 incidents",
            sites: "every interaction but the first; short and long delays in turn",
            good: "waits as long as it has time, and does not send a write again without looking",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let sites = transient::sites(recording);
        if self.by.is_some() {
            return sites;
        }
        let variant = |site: &Site| if site.interaction.is_multiple_of(2) { BRIEF.0 } else { LONG.0 };
        sites.into_iter().map(|site| site.clone().variant(variant(&site))).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let (_, factor, least) = if site.variant == Some(LONG.0) { LONG } else { BRIEF };
        let latency = recording.interaction(site.interaction).latency.unwrap_or_default();
        let by = self.by.unwrap_or_else(|| (latency * (factor - 1)).max(least));
        Bend::Delay { at: site.interaction, by, times: self.times }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{places, shop};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of};
    use crate::world::Reaction;

    #[test]
    fn short_and_long_delays_take_turns() {
        assert_eq!(places(&shop(), &slow()), ["2:x5", "3:x60", "4:x5"]);
        assert_eq!(places(&shop(), &slow().by(Duration::from_secs(9))), ["2", "3", "4"]);
        assert!(slow().sites(&recording_of(Vec::new())).is_empty());
    }

    #[test]
    fn the_reply_is_right_and_late_once() {
        let ledger = delivered(&shop(), slow);
        assert_eq!(ledger.effects_done(), [3], "what was asked for is done");
        let recording = shop();
        let mut session = Session::first(&recording, slow());
        let Reaction::Reply(reply, after) = session.again(3) else { panic!("a reply") };
        assert_eq!(reply, recording.interaction(3).reply);
        assert!(after > Duration::from_secs(45), "{after:?}");
        let Reaction::Reply(_, after) = session.again(3) else { panic!("a reply") };
        assert!(after < Duration::from_secs(1), "{after:?}");
    }
}
