//! What of a call was done.

use crate::ledger::{Call, Change, Outcome};

/// Whether it changed something outside, or may have: what certainly did nothing counts for no rule.
pub(super) fn is_done(call: &Call) -> bool {
    match &call.outcome {
        Outcome::Faulted { .. }
        | Outcome::Limited { .. }
        | Outcome::Blocked { .. }
        | Outcome::Missed { .. }
        | Outcome::OverBudget { .. } => false,
        // What the service said before the case bent it.
        Outcome::Served { bent, .. } => {
            let recorded = bent.iter().find_map(|change| match change {
                Change::Status { before, .. } => Some(*before),
                _ => None,
            });
            recorded.or(call.status).is_none_or(|status| status < 400)
        }
        // The rest of a batch is the same effect, not a new one.
        Outcome::FollowedUp { .. } => call.duplicate.is_some(),
        Outcome::Lost { .. }
        | Outcome::PartlyDone { .. }
        | Outcome::Unrecorded { .. }
        | Outcome::Reacted { .. }
        | Outcome::Indulged => true,
    }
}

/// Whether the agent got an answer that is no error. A reply that counts as lost, and can be read all the same by a client
/// that does not look at how it says it is encoded, is one.
pub(super) fn is_answered(call: &Call) -> bool {
    let readable = matches!(call.outcome, Outcome::Lost { .. }) && call.reply.is_some();
    let answered = readable
        || matches!(
            call.outcome,
            Outcome::Served { .. }
                | Outcome::PartlyDone { .. }
                | Outcome::FollowedUp { .. }
                | Outcome::Unrecorded { .. }
                | Outcome::Reacted { .. }
                | Outcome::Indulged
        );
    answered && call.status.is_none_or(|status| status < 400)
}

/// Whether a call is an earlier one once more, and the service does it only once: under the same idempotency key, by
/// its method (RFC 9110, 9.2.2), or because the tool says so.
pub(super) fn is_harmless_repeat(again: &Call, of: &Call) -> bool {
    let same = again.channel == of.channel
        && again.label == of.label
        && again.target == of.target
        && again.tool == of.tool
        && again.request == of.request;
    let keyed = again.idempotency_key.is_some() && again.idempotency_key == of.idempotency_key;
    let by_method = again.tool.is_none() && matches!(again.method(), Some("PUT" | "DELETE"));
    same && (keyed || by_method || again.hints.is_some_and(|hints| hints.idempotent))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{carrying, faulted, met, served, tool};
    use super::*;
    use crate::ledger::{Hints, Tier};

    #[test]
    fn what_certainly_did_nothing_is_not_done_and_an_answer_is_no_error() {
        let bent = |before, after| Outcome::Served {
            interaction: 1,
            repeated: false,
            bent: vec![Change::Late { by_ms: 5 }, Change::Status { before, after }],
        };
        let with = |outcome, status| Call { status, outcome, ..served(1, "POST /x") };
        let followed_up = || Outcome::FollowedUp { interaction: 1, items: vec![1] };
        for (call, done, answered) in [
            (served(1, "POST /x"), true, true),
            (with(super::super::testing::outcome(1), None), true, true),
            (with(super::super::testing::outcome(1), Some(399)), true, true),
            (with(super::super::testing::outcome(1), Some(400)), false, false),
            (with(bent(200, 500), Some(500)), true, false),
            (with(bent(409, 200), Some(200)), false, true),
            (with(faulted(), Some(503)), false, false),
            (with(Outcome::Limited { interaction: None, wait_ms: 1, early: false }, None), false, false),
            (with(Outcome::Blocked { rule: String::new(), because: String::new() }, Some(200)), false, false),
            (with(Outcome::Missed { nearest: None, reason: String::new() }, None), false, false),
            (with(Outcome::OverBudget { allowed: 1 }, None), false, false),
            (with(Outcome::Lost { interaction: 1 }, None), true, false),
            (Call { reply: Some(json!(1)), ..with(Outcome::Lost { interaction: 1 }, Some(200)) }, true, true),
            (Call { reply: Some(json!(1)), ..with(Outcome::Lost { interaction: 1 }, Some(504)) }, true, false),
            (with(Outcome::PartlyDone { interaction: 1, failed: vec![], of: 1 }, Some(200)), true, true),
            (with(Outcome::Unrecorded { nearest: None, answered_like: 1 }, Some(200)), true, true),
            (with(Outcome::Reacted { tier: Tier::Live }, Some(200)), true, true),
            (with(Outcome::Indulged, Some(200)), true, true),
            (with(followed_up(), Some(200)), false, true),
            (Call { duplicate: Some("item 1".to_owned()), ..with(followed_up(), Some(200)) }, true, true),
        ] {
            assert_eq!((is_done(&call), is_answered(&call)), (done, answered), "{call:?}");
        }
    }

    #[test]
    fn a_repeat_is_harmless_where_the_service_does_it_once() {
        let keyed = |call: Call, key: &str| Call { idempotency_key: Some(key.to_owned()), ..call };
        let paid = || carrying(1, "POST /pay", json!({"n": 1}));
        let idempotent = |call: Call| Call { hints: Some(Hints { idempotent: true, ..Hints::default() }), ..call };
        let send = || tool(1, "POST /mcp", "send");
        let pairs = [
            (paid(), paid(), false),
            (keyed(paid(), "k"), keyed(paid(), "k"), true),
            (keyed(paid(), "k"), keyed(paid(), "l"), false),
            (keyed(paid(), "k"), paid(), false),
            (keyed(carrying(1, "POST /pay", json!({"n": 2})), "k"), keyed(paid(), "k"), false),
            (keyed(Call { channel: "b".to_owned(), ..paid() }, "k"), keyed(paid(), "k"), false),
            (keyed(Call { target: "/pay?x".to_owned(), ..paid() }, "k"), keyed(paid(), "k"), false),
            (keyed(Call { label: "PATCH /pay".to_owned(), ..paid() }, "k"), keyed(paid(), "k"), false),
            (served(1, "DELETE /x"), served(1, "DELETE /x"), true),
            (served(1, "PUT /x"), served(1, "PUT /x"), true),
            (served(1, "PATCH /x"), served(1, "PATCH /x"), false),
            (send(), send(), false),
            (tool(1, "DELETE /mcp", "send"), tool(1, "DELETE /mcp", "send"), false),
            (idempotent(send()), idempotent(send()), true),
            (idempotent(tool(1, "POST /mcp", "post")), idempotent(send()), false),
            (Call { hints: Some(Hints::default()), ..send() }, send(), false),
        ];
        for (again, of, harmless) in pairs {
            assert_eq!(is_harmless_repeat(&again, &of), harmless, "{again:?} after {of:?}");
        }
        assert!(!is_done(&met(paid(), faulted())));
    }
}
