//! An endpoint was removed.

use checkagent_cassette::{Fidelity, Interaction, Request};

use super::endpoints;
use crate::mutation::bend::Bend;
use crate::mutation::fault::Fault;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// An endpoint that is gone from the k-th call on. See [`endpoint_gone`].
#[derive(Clone, Debug)]
pub struct EndpointGone;

/// From the second call of an endpoint on, it answers 410: it was removed, and asking again does not help. Nothing is
/// done by it.
#[must_use]
pub fn endpoint_gone() -> EndpointGone {
    EndpointGone
}

const BODY: &str = r#"{"error":{"code":"gone","message":"This endpoint was removed."}}"#;

impl Operator for EndpointGone {
    fn id(&self) -> &'static str {
        "endpoint_gone"
    }

    fn family(&self) -> Family {
        Family::Drift
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "From the second call of an endpoint on, it answers 410: it was removed.",
            seen: "Jira removed its search; 25 % of 41,627 APIs removed operations without a word before",
            source: "Jira's `POST /rest/api/3/search`; Di Lauro and others, ECSA 2022; RFC 9110, section 15.5.11",
            sites: "every endpoint of HTTP that was called",
            good: "does not ask again, and says what it could not do",
        }
    }

    fn needs(&self) -> Fidelity {
        Fidelity::Normalised
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let is_http = |each: &&Interaction| matches!(each.request, Request::Http(_));
        let calls = recording.interactions().iter().filter(is_http);
        endpoints::seconds(recording, calls).map(|at| Site::at(at.number).rank(45)).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let gone =
            |each: &Interaction| Bend::Fault { at: each.number, fault: Fault::status(410, BODY), times: u32::MAX };
        Bend::All(endpoints::from(recording, site.interaction).map(gone).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::{Session, delivered, recording, recording_of, taped_call};

    #[test]
    fn an_endpoint_is_gone_from_its_second_call_on_and_stays_gone() {
        let recording = recording(&[
            ("GET", "/a?n=1", json!(null), json!({"n": 1})),
            ("POST", "/b", json!({"x": 1}), json!({"ok": true})),
            ("GET", "/a?n=2", json!(null), json!({"n": 2})),
            ("GET", "/a?n=3", json!(null), json!({"n": 3})),
        ]);
        delivered(&recording, endpoint_gone);
        let site = endpoint_gone().sites(&recording).into_iter().find(|site| site.interaction == 3).unwrap();
        let mut session = Session::at(&recording, endpoint_gone(), &site);
        let mut status = |target: &str| session.ask("GET", target, Value::Null).0;
        let asked = ["/a?n=1", "/a?n=2", "/a?n=2", "/a?n=3"];
        assert_eq!(asked.map(&mut status), [200, 410, 410, 410]);
        assert_eq!(session.ask("POST", "/b", json!({"x": 1})).0, 200);
    }

    #[test]
    fn what_is_gone_does_nothing() {
        let recording = recording(&[("POST", "/b", json!({"x": 1}), json!({"ok": true}))]);
        let mut session = Session::first(&recording, endpoint_gone());
        session.play();
        assert!(session.ledger().effects_done().is_empty());
    }

    #[test]
    fn calls_of_own_code_have_no_endpoint_that_could_go() {
        assert!(endpoint_gone().sites(&recording_of(vec![taped_call("f", false, &json!({}), &json!(1))])).is_empty());
    }
}
