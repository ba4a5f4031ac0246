//! The person says no.

use checkagent_cassette::json::Edit;
use serde_json::{Value, json};

use super::gates::{Gate, gated_effects, gates, same_approvals};
use crate::mutation::bend::{Bend, Rewrite, Scope};
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::Site;
use crate::recording::Recording;

/// An approval that is refused. See [`approval_denied`].
#[derive(Clone, Debug)]
pub struct ApprovalDenied;

/// Where a person approved, the person rejects, and says why. Asked again, the answer is the same.
#[must_use]
pub fn approval_denied() -> ApprovalDenied {
    ApprovalDenied
}

const REASON: &str = "Rejected: this is not to be done.";
const REASONS: [&str; 6] = ["reason", "message", "comment", "note", "rejection_message", "feedback"];

impl Operator for ApprovalDenied {
    fn id(&self) -> &'static str {
        "approval_denied"
    }

    fn family(&self) -> Family {
        Family::Approval
    }

    fn truth(&self) -> Truth {
        Truth::Changed
    }

    fn about(&self) -> About {
        About {
            what: "A person who was asked says no, with a reason.",
            seen: "every gate in front of a tool: OpenAI Agents `reject(rejection_message)`, LangGraph, Claude Code `deny`",
            source: "openai-agents-python, tool approvals; MCP 2026-07-28, server/tools: a human with the ability to deny",
            sites: "every reply that approves, found by what was asked and by the member that says yes",
            good: "does nothing that was rejected, does not reach it in another way, and reports the rejection",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        gates(recording).iter().map(Gate::site).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let bends = same_approvals(recording, site.interaction).into_iter().map(|gate| {
            let mut edits = gate.denied();
            edits.extend(reason(&gate));
            Bend::Rewrite { at: gate.number, scope: Scope::Interaction, rewrite: Rewrite::edits(edits) }
        });
        Bend::All(bends.collect())
    }

    fn forbids(&self, site: &Site, recording: &Recording) -> Vec<usize> {
        gated_effects(site, recording)
    }
}

/// The reason, beside the decision: in the member that is there for it, else in one of its own.
fn reason(gate: &Gate) -> Option<Edit> {
    let (around, _) = gate.decisions.first()?.place.split_last()?;
    let members = around.resolve(&gate.document).into_iter().next()?.1.as_object()?;
    let known = REASONS.iter().find(|name| members.get(**name).is_some_and(|it| it.is_string() || it.is_null()));
    Some(match known {
        Some(name) => Edit::Set { at: around.key(name), value: json!(REASON) },
        None => Edit::Add { at: around, name: "reason".to_owned(), value: Value::from(REASON) },
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{approved, unasked};
    use super::*;
    use crate::fixture::{Session, delivered, recording_of, taped_call};

    #[test]
    fn an_approval_can_be_denied_and_where_nobody_is_asked_nothing_can() {
        let sites = approval_denied().sites(&approved());
        assert_eq!(sites.iter().map(|site| site.interaction).collect::<Vec<_>>(), [3]);
        assert!(approval_denied().sites(&unasked()).is_empty());
    }

    #[test]
    fn the_person_says_no_with_a_reason_and_stays_with_it() {
        let mut session = Session::first(&approved(), approval_denied());
        session.again(1);
        session.again(2);
        for _ in 0..2 {
            let said = session.get("/approvals/apr-4711");
            assert_eq!(
                (&said["status"], &said["reason"], &said["amount"]),
                (&json!("rejected"), &json!(REASON), &json!(500))
            );
        }
    }

    #[test]
    fn the_rejection_is_delivered_over_http_and_by_a_call() {
        assert_eq!(delivered(&approved(), approval_denied).bent_calls().count(), 1);
        let said = json!({"approved": true, "comment": null});
        let call = recording_of(vec![taped_call("ask_for_approval", false, &json!({"amount": 5}), &said)]);
        let mut session = Session::first(&call, approval_denied());
        let crate::world::Reaction::Reply(reply, _) = session.again(1) else { panic!("no reply") };
        assert_eq!(reply.json(), Some(json!({"approved": false, "comment": REASON})));
        assert_eq!(session.ledger().bent_calls().count(), 1);
    }
}
