//! A write collides with somebody else's.

use checkagent_cassette::{Fidelity, Request};

use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::shape::{self, Fitting, Shape, ShapeKind};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// A write that collides. See [`conflict`].
#[derive(Clone, Debug)]
pub struct Conflict {
    times: u32,
    shape: Option<Shape>,
}

/// A write is refused once, because somebody else holds the thing or changed it; nothing was done, and a retry gets
/// through.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::conflict;
///
/// let locked = conflict().shaped_like("stripe.lock_timeout");
/// ```
#[must_use]
pub fn conflict() -> Conflict {
    Conflict { times: 1, shape: None }
}

impl Conflict {
    /// How often it collides.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Status and body of one vendor: `notion.409`, `couchdb.409`, `stripe.lock_timeout`, `aws.s3.precondition`.
    ///
    /// # Panics
    ///
    /// If there is no such shape.
    #[must_use]
    pub fn shaped_like(mut self, id: &str) -> Self {
        self.shape = Some(shape::named(ShapeKind::Conflict, id));
        self
    }
}

fn collides(shape: &Shape) -> bool {
    shape.kind() == ShapeKind::Conflict
}

impl Operator for Conflict {
    fn id(&self) -> &'static str {
        "conflict"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A write is refused once, because somebody else holds the thing or changed it; nothing was done.",
            seen: "Notion and CouchDB with a 409, S3 with a 412, Stripe's lock_timeout with a 429, DynamoDB with a 400",
            source: "developers.notion.com/reference/status-codes; stripe-php#718; botocore, _retry.json",
            sites: "every recorded effect that was done",
            good: "reads what is there now, and writes again if that is still right; or says that it did not",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let mut fitting = Fitting::new(recording, collides);
        let numbers = (1..=recording.interactions().len()).filter(|number| {
            recording.changed_something(*number)
                && matches!(recording.interaction(*number).request, Request::Http(_))
                && (self.shape.is_some() || !fitting.at(*number).shapes.is_empty())
        });
        numbers.map(|number| Site::at(number).rank(100)).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let fitting = || shape::fitting(recording, site.interaction, collides);
        let shape = self.shape.or_else(fitting).unwrap_or_else(|| shape::shape("notion.409"));
        Bend::Fault { at: site.interaction, fault: Fault::Shaped(shape), times: self.times }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fixture::{places, shop};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of, taped, taped_call};

    #[test]
    fn it_applies_to_writes() {
        assert_eq!(places(&shop(), &conflict()), ["3"]);
    }

    #[test]
    fn it_does_not_apply_to_reads_refused_writes_and_own_code() {
        let recording = recording_of(vec![
            taped("GET", "/items"),
            taped("POST", "/orders").status(422),
            taped_call("insert", true, &json!(1), &json!(2)),
        ]);
        assert!(conflict().sites(&recording).is_empty());
    }

    #[test]
    fn nothing_was_done_and_a_retry_gets_through() {
        let ledger = delivered(&shop(), conflict);
        assert!(ledger.effects_done().is_empty());
        for shape in shape::of_kind(ShapeKind::Conflict) {
            let mut session = Session::first(&shop(), conflict().shaped_like(shape.id()));
            assert!(session.ask("POST", "/orders", json!({"item": "lamp"})).0 >= 400);
            assert_eq!(session.ask("POST", "/orders", json!({"item": "lamp"})).0, 201);
            let ledger = session.ledger();
            assert!(ledger.calls.iter().all(|call| call.duplicate.is_none()), "{ledger:?}");
        }
    }
}
