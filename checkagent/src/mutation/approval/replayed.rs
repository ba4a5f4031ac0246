//! The approval belongs to another request.

use std::collections::BTreeSet;

use checkagent_cassette::analysis::request_atoms;
use checkagent_cassette::json::{Edit, Pointer, leaves};
use serde_json::{Value, json};

use super::gates::{Gate, gated_effects, gates};
use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// An approval for something else. See [`approval_replayed`].
#[derive(Clone, Debug)]
pub struct ApprovalReplayed;

/// The reply approves, but carries the id of another request than was asked for; asked once more, it is the right one.
///
/// Places are found by value: what the request names and the reply repeats under the name of an id.
#[must_use]
pub fn approval_replayed() -> ApprovalReplayed {
    ApprovalReplayed
}

impl Operator for ApprovalReplayed {
    fn id(&self) -> &'static str {
        "approval_replayed"
    }

    fn family(&self) -> Family {
        Family::Approval
    }

    fn truth(&self) -> Truth {
        Truth::Changed
    }

    fn about(&self) -> About {
        About {
            what: "An approval comes that was given for another request.",
            seen: "runs that are resumed twice, queues that deliver an old answer, two requests at the same time",
            source: "LangGraph: a node runs again from its start when it is resumed; openai-agents-python, sticky decisions",
            sites: "ids in the reply to a read or query that approves, which its request had named",
            good: "compares the id, does nothing without an approval of its own, and asks again",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let gates = gates(recording);
        // Whoever asks a person once more, and has to send an effect for that, would do it twice.
        let reads = gates.iter().filter(|gate| !recording.asks_for_effect(gate.number));
        reads.flat_map(|gate| ids(gate, recording)).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let at = site.pointer.clone().unwrap_or_default();
        let gates = gates(recording);
        let own = gates.iter().find(|gate| gate.number == site.interaction);
        let id = own.and_then(|gate| value_at(gate, &at)).unwrap_or_default();
        // Another approval of the recording, if there is one.
        let known = gates.iter().filter_map(|gate| value_at(gate, &at)).find(|other| *other != id);
        let value = known.unwrap_or_else(|| another(&id));
        let reply = recording.interaction(site.interaction).reply.edited(&[Edit::Set { at, value }]);
        Bend::Replace { at: site.interaction, reply, times: Some(1) }
    }

    fn forbids(&self, site: &Site, recording: &Recording) -> Vec<usize> {
        gated_effects(site, recording)
    }
}

fn value_at(gate: &Gate, at: &Pointer) -> Option<Value> {
    at.resolve(&gate.document).first().map(|(_, value)| (*value).clone())
}

/// The ids in an approval that its request had named.
fn ids(gate: &Gate, recording: &Recording) -> Vec<Site> {
    let request = &recording.interaction(gate.number).request;
    let named: BTreeSet<String> = request_atoms(request).into_iter().map(|atom| atom.text).collect();
    let mut sites = Vec::new();
    leaves(&gate.document, &mut |place, value| {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return,
        };
        if place.field().is_some_and(is_id) && named.contains(&text) {
            let reason = format!("the approval is not the one for {text}");
            sites.push(gate.site().pointer(place.clone()).lie(Lie::Evident(reason)));
        }
    });
    sites
}

fn is_id(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower == "id" || lower == "token" || lower.ends_with("_id") || name.ends_with("Id") || lower.ends_with("_token")
}

/// An id of the same form: the one before.
fn another(id: &Value) -> Value {
    if let Some(number) = id.as_u64() {
        return json!(number.checked_sub(1).unwrap_or(1));
    }
    let mut text = id.as_str().unwrap_or_default().to_owned();
    let last = text.pop();
    text.push(match last {
        Some('0') => '9',
        Some('a') => 'f',
        Some('A') => 'F',
        Some(other) if other.is_ascii_alphanumeric() => char::from(other as u8 - 1),
        _ => '0',
    });
    json!(text)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{approved, said, unasked};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of, taped};

    #[test]
    fn an_id_that_was_asked_for_can_be_another_and_one_that_was_not_cannot() {
        let sites = approval_replayed().sites(&approved());
        assert_eq!(sites.iter().map(ToString::to_string).collect::<Vec<_>>(), ["3:id"]);
        assert!(approval_replayed().sites(&unasked()).is_empty());
        let fresh = taped("GET", "/approvals/latest").reply(&json!({"id": "apr-1", "status": "approved"}));
        assert!(approval_replayed().sites(&recording_of(vec![fresh])).is_empty());
        let posted = taped("POST", "/approvals").body(&json!({"id": "apr-1"}));
        let posted = posted.reply(&json!({"id": "apr-1", "status": "approved"}));
        assert!(approval_replayed().sites(&recording_of(vec![posted])).is_empty());
    }

    #[test]
    fn the_first_answer_is_for_another_request_and_the_next_is_the_right_one() {
        let mut session = Session::first(&approved(), approval_replayed());
        session.again(1);
        session.again(2);
        let mut other = said("approved");
        other["id"] = json!("apr-4710");
        assert_eq!(session.get("/approvals/apr-4711"), other);
        assert_eq!(session.get("/approvals/apr-4711"), said("approved"));
    }

    #[test]
    fn another_approval_of_the_recording_is_the_one_that_comes() {
        let of = |id: &str| {
            taped("GET", &format!("/approvals/{id}")).reply(&json!({"approval": {"id": id, "approved": true}}))
        };
        let two = recording_of(vec![of("x-17"), of("y-23")]);
        let mut session = Session::first(&two, approval_replayed());
        assert_eq!(session.get("/approvals/x-17")["approval"]["id"], "y-23");
        assert_eq!(delivered(&two, approval_replayed).bent_calls().count(), 1);
    }
}
