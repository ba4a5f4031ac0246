//! The reply to an effect comes late.

use std::time::Duration;

use checkagent_cassette::Request;

use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// Longer than most clients wait.
const LATE: Duration = Duration::from_secs(120);

/// A reply that comes when the client may have given up. See [`late_reply`].
#[derive(Clone, Debug)]
pub struct LateReply {
    by: Duration,
}

/// The reply to an effect comes two minutes late, in virtual time; what was asked for is done at once.
///
/// A client with a timeout that sends the same again does it twice, unless it uses an idempotency key or looks first.
/// For an effect whose reply never comes, see [`reply_lost`](crate::mutation::reply_lost).
#[must_use]
pub fn late_reply() -> LateReply {
    LateReply { by: LATE }
}

impl LateReply {
    /// How late the reply comes, in virtual time.
    #[must_use]
    pub fn by(mut self, by: Duration) -> Self {
        self.by = by;
        self
    }
}

impl Operator for LateReply {
    fn id(&self) -> &'static str {
        "late_reply"
    }

    fn family(&self) -> Family {
        Family::Order
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The reply to an effect comes two minutes late; what was asked for is done.",
            seen: "any service under load; requests that wait in a queue behind a proxy",
            source: "SoCC 2022, incidents of a large cloud: dependencies, infrastructure and network are 43 %",
            sites: "every effect that the service accepted",
            good: "waits, or looks whether it was done, or sends it again with the same idempotency key",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let effects = recording.interactions().iter().filter(|each| recording.changed_something(each.number));
        let mut sites: Vec<_> = effects
            .map(|effect| {
                // What may be done twice comes first.
                let harmless =
                    matches!(&effect.request, Request::Http(http) if matches!(&*http.method, "PUT" | "DELETE"));
                Site::at(effect.number).rank(if harmless { 60 } else { 90 })
            })
            .collect();
        sites.sort_by_key(|site| std::cmp::Reverse(site.rank));
        sites
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        Bend::Delay { at: site.interaction, by: self.by, times: 1 }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::{Session, delivered, recording, recording_of, taped};
    use crate::world::Reaction;

    #[test]
    fn the_reply_comes_once_two_minutes_late_and_doing_it_again_is_a_duplicate() {
        let recording = recording(&[("POST", "/pay", json!({"cents": 100}), json!({"id": 1}))]);
        let mut session = Session::first(&recording, late_reply());
        let times = [session.again(1), session.again(1)].map(|reaction| match reaction {
            Reaction::Reply(_, after) => after,
            other => panic!("no reply: {other:?}"),
        });
        assert_eq!(times, [Duration::from_millis(120_005), Duration::from_millis(5)]);
        assert!(session.outcome().1.is_some());
    }

    #[test]
    fn effects_that_may_not_be_done_twice_come_first() {
        let recording = recording_of(vec![taped("PUT", "/a"), taped("POST", "/b")]);
        let sites: Vec<_> = late_reply().sites(&recording).iter().map(|site| site.interaction).collect();
        assert_eq!(sites, [2, 1]);
    }

    #[test]
    fn reads_and_refused_effects_are_left_alone() {
        let recording = recording_of(vec![taped("GET", "/a"), taped("POST", "/b").status(409)]);
        assert!(late_reply().sites(&recording).is_empty());
    }

    #[test]
    fn it_is_delivered() {
        let recording = recording(&[("POST", "/a", json!({}), Value::Null)]);
        assert_eq!(delivered(&recording, || late_reply().by(Duration::from_secs(9))).bent_calls().count(), 1);
    }
}
