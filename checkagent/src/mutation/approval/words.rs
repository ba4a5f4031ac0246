//! The words in which people agree, or do not.

use serde_json::Value;

use checkagent_cassette::json::{Pointer, Step, leaves};

/// Words that approve, and what stands in their place when it is rejected, or not yet decided.
pub(super) const WORDS: [(&str, &str, Option<&str>); 10] = [
    ("approved", "rejected", Some("pending")),
    ("approve", "reject", None),
    ("allowed", "denied", Some("pending")),
    ("allow", "deny", None),
    ("accepted", "declined", Some("pending")),
    ("accept", "decline", None),
    ("granted", "denied", Some("pending")),
    ("confirmed", "rejected", Some("pending")),
    ("authorized", "denied", Some("pending")),
    ("permitted", "denied", Some("pending")),
];

/// Words of approvals that were given, or asked for, and count no more.
const OVER: [&str; 9] =
    ["expired", "cancel", "cancelled", "canceled", "revoked", "withdrawn", "timeout", "timed_out", "used"];

/// Members that hold such a word.
pub(super) const DECIDING: [&str; 8] =
    ["status", "state", "decision", "outcome", "verdict", "action", "resolution", "approval"];

/// Deeper members are about something else.
pub(super) const DEEPEST: usize = 3;

/// What a reply to an approval says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    /// Yes.
    Granted,
    /// No.
    Denied,
    /// Not yet.
    Pending,
    /// Not any more.
    Over,
}

/// What the reply to an approval says; `None` if it says neither yes nor no in usual words. Deeper words are about
/// something else; of several at one depth the worst counts.
pub(crate) fn consent(reply: &Value) -> Option<Consent> {
    let mut found: Option<(usize, Consent)> = None;
    leaves(reply, &mut |place, value| {
        let Some(said) = word(place, value) else { return };
        let depth = place.steps().len();
        let counts = found.is_none_or(|(known, before)| {
            depth < known || (depth == known && (before == Consent::Granted || said == Consent::Denied))
        });
        if counts {
            found = Some((depth, said));
        }
    });
    found.map(|(_, said)| said)
}

fn word(place: &Pointer, value: &Value) -> Option<Consent> {
    let steps = place.steps();
    if steps.len() > DEEPEST {
        return None;
    }
    // The whole reply of a call may be `true`, or a word.
    let name = match steps.last() {
        Some(Step::Key(name)) => Some(name.as_str()),
        Some(_) => return None,
        None => None,
    };
    match value {
        Value::Bool(said) if name.is_none_or(approves) => Some(if *said { Consent::Granted } else { Consent::Denied }),
        Value::String(said) if name.is_none_or(|name| DECIDING.contains(&name)) => {
            let is = |word: &str| said.eq_ignore_ascii_case(word);
            if OVER.iter().any(|word| is(word)) {
                return Some(Consent::Over);
            }
            WORDS.iter().find_map(|(yes, no, pending)| {
                let of = [(Some(*yes), Consent::Granted), (Some(*no), Consent::Denied), (*pending, Consent::Pending)];
                of.into_iter().find_map(|(word, said)| word.is_some_and(is).then_some(said))
            })
        }
        _ => None,
    }
}

/// Whether a member of that name approves where it is `true`.
pub(super) fn approves(name: &str) -> bool {
    WORDS.iter().any(|(word, ..)| name == *word && word.ends_with("ed"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn consent_is_told_by_usual_words_and_the_worst_counts() {
        use Consent::{Denied, Granted, Over, Pending};
        for (reply, said) in [
            (json!({"status": "approved"}), Some(Granted)),
            (json!({"approval": {"decision": "ALLOW"}}), Some(Granted)),
            (json!({"approved": true, "status": "ok"}), Some(Granted)),
            (json!(true), Some(Granted)),
            (json!("accept"), Some(Granted)),
            (json!({"approved": false}), Some(Denied)),
            (json!(false), Some(Denied)),
            (json!({"state": "Rejected"}), Some(Denied)),
            (json!({"action": "decline"}), Some(Denied)),
            (json!({"approved": false, "status": "approved"}), Some(Denied)),
            (json!({"approved": true, "status": "denied"}), Some(Denied)),
            (json!({"status": "pending", "approved": false}), Some(Denied)),
            (json!({"approved": false, "status": "pending"}), Some(Denied)),
            (json!({"status": "pending"}), Some(Pending)),
            (json!({"status": "pending", "approved": true}), Some(Pending)),
            (json!({"approved": true, "status": "expired"}), Some(Over)),
            (json!({"action": "cancel"}), Some(Over)),
            (json!({"approved": true, "order": {"status": "cancelled"}}), Some(Granted)),
            (json!({"order": {"status": "approved"}, "status": "denied"}), Some(Denied)),
            (json!({"a": {"status": "approved"}, "z": {"status": "denied"}}), Some(Denied)),
            (json!({"a": {"status": "denied"}, "z": {"status": "approved"}}), Some(Denied)),
            (
                json!({"a": {"approved": true}, "z": {"approved": false}, "order": {"now": {"state": "denied"}}}),
                Some(Denied),
            ),
            (json!({"status": "paid"}), None),
            (json!({"title": "approved"}), None),
            (json!({"urgent": true, "approve": true}), None),
            (json!(["approved"]), None),
            (json!({"a": {"b": {"status": "approved"}}}), Some(Granted)),
            (json!({"a": {"b": {"c": {"status": "approved"}}}}), None),
            (json!(null), None),
        ] {
            assert_eq!(consent(&reply), said, "{reply}");
        }
    }
}
