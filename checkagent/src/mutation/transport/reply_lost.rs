//! The effect is done, and the reply is lost.

use crate::mutation::bend::Bend;
use crate::mutation::fault::Loss;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// An effect that was done without the client hearing of it. See [`reply_lost`].
#[derive(Clone, Debug)]
pub struct ReplyLost;

/// The effect is done, but its reply never arrives: the connection is closed, or nothing comes any more.
///
/// Sending the same request again is a duplicate effect, unless it carries the same idempotency key or its method is
/// idempotent by RFC 9110.
#[must_use]
pub fn reply_lost() -> ReplyLost {
    ReplyLost
}

const RESET: &str = "reset";
const STALL: &str = "stall";

impl Operator for ReplyLost {
    fn id(&self) -> &'static str {
        "reply_lost"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "The effect is done, but its reply never arrives.",
            seen: "any write over a network; payment APIs offer idempotency keys for this reason",
            source: "docs.stripe.com/api/idempotent_requests; RFC 9110, 9.2.2",
            sites: "every recorded effect that was done",
            good: "looks whether it was done, or sends it again under the same idempotency key",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let effects = (1..=recording.interactions().len()).filter(|number| recording.changed_something(*number));
        effects
            .flat_map(|number| [Site::at(number).variant(RESET), Site::at(number).variant(STALL)])
            .map(|site| site.rank(110))
            .collect()
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        let loss = if site.variant == Some(STALL) { Loss::Stall } else { Loss::Reset };
        Bend::Lose { at: site.interaction, loss }
    }
}
