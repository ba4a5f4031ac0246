//! The effect is done, and the reply is lost.

use std::time::Duration;

use checkagent_cassette::{Fidelity, Request};

use crate::mutation::bend::Bend;
use crate::mutation::fault::Loss;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::shape::{self, Moment};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// An effect that was done without the client hearing of it. See [`reply_lost`].
#[derive(Clone, Debug)]
pub struct ReplyLost;

/// The effect is done, but its reply never arrives: the connection is closed, nothing comes any more, or a gateway says
/// 504 because the service took too long for it.
///
/// Sending the same request again is a duplicate effect, unless it carries the same idempotency key or its method is
/// idempotent by RFC 9110.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::{Operator, reply_lost};
///
/// assert_eq!(reply_lost().id(), "reply_lost");
/// ```
#[must_use]
pub fn reply_lost() -> ReplyLost {
    ReplyLost
}

const RESET: &str = "reset";
const STALL: &str = "stall";
const GATEWAY: &str = "gateway_timeout";

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
            what: "The effect is done, but its reply never arrives: a reset, silence, or a gateway's 504.",
            seen: "any write over a network; payment APIs offer idempotency keys for this reason",
            source: "docs.stripe.com/api/idempotent_requests; RFC 9110, 9.2.2",
            sites: "every recorded effect that was done",
            good: "looks whether it was done, or sends it again under the same idempotency key",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let effects = (1..=recording.interactions().len()).filter(|number| recording.changed_something(*number));
        let forms = |number| {
            let interaction = recording.interaction(number);
            let http = matches!(interaction.request, Request::Http(_)) && interaction.fidelity >= Fidelity::Normalised;
            let gateway = http.then_some(GATEWAY);
            [RESET, STALL].into_iter().chain(gateway).map(move |form| Site::at(number).variant(form).rank(110))
        };
        effects.flat_map(forms).collect()
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        let loss = match site.variant {
            Some(STALL) => Loss::Stall,
            Some(GATEWAY) => Loss::Reply(shape::shape("gateway.nginx.504").reply(&Moment::with_wait(Duration::ZERO))),
            _ => Loss::Reset,
        };
        Bend::Lose { at: site.interaction, loss }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fixture::{ORDER, places, shop};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of, request, taped, taped_call, with_header};
    use crate::ledger::Outcome;
    use crate::world::Reaction;

    #[test]
    fn it_applies_to_effects_and_a_gateway_stands_only_before_http() {
        assert_eq!(places(&shop(), &reply_lost()), ["3:gateway_timeout", "3:reset", "3:stall"]);
        let call = taped_call("insert", true, &json!(1), &json!(2));
        assert_eq!(places(&recording_of(vec![call]), &reply_lost()), ["1:reset", "1:stall"]);
    }

    #[test]
    fn a_write_that_was_refused_cannot_be_lost() {
        let recording = recording_of(vec![taped("GET", "/items"), taped("POST", "/orders").status(422)]);
        assert!(reply_lost().sites(&recording).is_empty());
    }

    #[test]
    fn the_effect_is_done_whatever_the_gateway_says() {
        let ledger = delivered(&shop(), reply_lost);
        assert_eq!(ledger.effects_done(), [3]);
        let recording = shop();
        let mut session = Session::at(&recording, reply_lost(), &Site::at(3).variant(GATEWAY));
        assert_eq!(session.ask("POST", "/orders", json!({"item": "lamp"})).0, 504);
        assert_eq!(session.outcome().0, Outcome::Lost { interaction: 3 });
        assert_eq!(session.get(&format!("/orders/{ORDER}"))["id"], ORDER, "the service has it");
    }

    #[test]
    fn sending_it_again_is_a_duplicate_but_not_under_the_same_key() {
        let duplicate = |key: Option<&str>| {
            let recording = shop();
            let mut session = Session::at(&recording, reply_lost(), &Site::at(3).variant(RESET));
            let order = || {
                let request = request("POST", "/orders", &json!({"item": "lamp"}));
                key.map_or(request.clone(), |key| with_header(request, "idempotency-key", key))
            };
            assert_eq!(session.send(&order()), Reaction::Reset);
            session.send(&order());
            session.outcome().1.is_some()
        };
        assert!(duplicate(None));
        assert!(!duplicate(Some("k-1")));
    }
}
