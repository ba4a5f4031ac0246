//! A write is accepted, which is not the same as done.

use checkagent_cassette::{Fidelity, HttpReply, Reply};

use crate::mutation::bend::Bend;
use crate::mutation::fault::{Fault, error_reply};
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// A write that is only accepted. See [`accepted_not_done`].
#[derive(Clone, Debug)]
pub struct AcceptedNotDone;

/// The service answers a write with 202 and `pending`. It is done soon, and later reads show it (`later`); or it is never
/// done unless it is asked for again (`never`).
///
/// # Examples
///
/// ```
/// use checkagent::mutation::{Operator, accepted_not_done};
///
/// assert_eq!(accepted_not_done().id(), "accepted_not_done");
/// ```
#[must_use]
pub fn accepted_not_done() -> AcceptedNotDone {
    AcceptedNotDone
}

const LATER: &str = "later";
const NEVER: &str = "never";

fn accepted() -> HttpReply {
    error_reply(202, r#"{"status":"pending"}"#, &[])
}

impl Operator for AcceptedNotDone {
    fn id(&self) -> &'static str {
        "accepted_not_done"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "A write is answered 202 and `pending`: it is done soon, or never unless it is asked for again.",
            seen: "services that moved a write into a queue; GitHub documents 202 beside 200 and 204 for such writes",
            source: "RFC 9110, 15.3.3: a 202 is noncommittal",
            sites: "every recorded effect that was answered 200, 201 or 204, in both forms",
            good: "looks whether it was done before it says so, and does not send it again without looking",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let numbers = (1..=recording.interactions().len()).filter(|number| {
            let done = |status| matches!(status, 200 | 201 | 204);
            let answered = &recording.interaction(*number).reply;
            recording.changed_something(*number) && matches!(answered, Reply::Http(reply) if done(reply.status))
        });
        let both = |number| {
            let never = Lie::Evident("a 202 does not say that it was done".to_owned());
            [Site::at(number).variant(LATER).rank(90), Site::at(number).variant(NEVER).rank(95).lie(never)]
        };
        numbers.flat_map(both).collect()
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        let at = site.interaction;
        if site.variant == Some(NEVER) {
            Bend::Fault { at, fault: Fault::Reply(accepted()), times: 1 }
        } else {
            Bend::Replace { at, reply: Reply::Http(accepted()), times: Some(1) }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fixture::{places, shop};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of, taped};
    use crate::recording::Recording as Recorded;

    /// A list, a write, and the list again with what was written.
    fn list_and_write() -> std::sync::Arc<Recorded> {
        let old = json!({"id": "ord_11aa22bb", "item": "desk"});
        let new = json!({"id": "ord_7f3a9c21", "item": "lamp"});
        recording_of(vec![
            taped("GET", "/orders").reply(&json!({ "orders": [old] })),
            taped("POST", "/orders").body(&json!({"item": "lamp", "id": "ord_7f3a9c21"})).reply(&new).status(201),
            taped("GET", "/orders").reply(&json!({"orders": [old, new]})),
        ])
    }

    fn orders(session: &mut Session) -> usize {
        session.get("/orders")["orders"].as_array().map_or(0, Vec::len)
    }

    #[test]
    fn it_applies_to_writes_that_were_done_at_once() {
        assert_eq!(places(&shop(), &accepted_not_done()), ["3:later", "3:never"]);
    }

    #[test]
    fn it_does_not_apply_to_reads_or_to_what_was_only_accepted_when_recorded() {
        let recording = recording_of(vec![
            taped("GET", "/items"),
            taped("POST", "/jobs").status(202),
            taped("POST", "/orders").status(422),
        ]);
        assert!(accepted_not_done().sites(&recording).is_empty());
    }

    #[test]
    fn later_reads_show_what_was_accepted() {
        let recording = list_and_write();
        let mut session = Session::at(&recording, accepted_not_done(), &Site::at(2).variant(LATER));
        assert_eq!(orders(&mut session), 1);
        let order = json!({"item": "lamp", "id": "ord_7f3a9c21"});
        assert_eq!(session.ask("POST", "/orders", order), (202, json!({"status": "pending"})));
        assert_eq!(orders(&mut session), 2);
        assert_eq!(session.ledger().effects_done(), [2]);
    }

    #[test]
    fn what_is_never_done_is_not_shown_until_it_is_asked_for_again() {
        delivered(&list_and_write(), accepted_not_done);
        let recording = list_and_write();
        let mut session = Session::at(&recording, accepted_not_done(), &Site::at(2).variant(NEVER));
        assert_eq!(orders(&mut session), 1);
        let order = || json!({"item": "lamp", "id": "ord_7f3a9c21"});
        assert_eq!(session.ask("POST", "/orders", order()).0, 202);
        assert_eq!(orders(&mut session), 1);
        assert_eq!(session.ask("POST", "/orders", order()).0, 201);
        assert_eq!(orders(&mut session), 2);
        let ledger = session.ledger();
        assert_eq!(ledger.effects_done(), [2]);
        assert!(ledger.calls.iter().all(|call| call.duplicate.is_none()));
    }
}
