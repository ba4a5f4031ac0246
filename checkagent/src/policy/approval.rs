//! How a person approves.

use std::fmt;

use serde_json::Value;

use checkagent_cassette::json::Pointer;

use super::calls::{Calls, calls};
use super::document::{said, same};
use super::key::Key;
use crate::mutation::{Consent, consent};

/// How it is told that somebody approved: by the replies to these calls.
///
/// # Examples
///
/// ```
/// use checkagent::policy::{Policy, approval, calls};
///
/// let asked = approval(calls("POST /approvals")).token("/approval_id").covers(["/order_id", "/amount_cents"]);
/// let policy = Policy::new().ask(calls("POST /refunds"), asked);
/// assert_eq!(policy.rules().collect::<Vec<_>>(), ["ask POST /approvals before POST /refunds"]);
/// ```
#[derive(Clone, Debug)]
pub struct Approval {
    pub(super) calls: Calls,
    granted: Option<(Pointer, Value)>,
    pub(super) token: Option<Pointer>,
    pub(super) covers: Option<Vec<Pointer>>,
    problems: Vec<String>,
}

/// The call of [`World::approvals`](crate::World::approvals).
pub(crate) const IN_PROCESS: &str = "ask_approval";

/// Approvals are the replies to these calls: of the one that asks, and where it is looked at again later, of the ones
/// that look (`calls("* /approvals*")`).
#[must_use]
pub fn approval(calls: Calls) -> Approval {
    Approval { calls, granted: None, token: None, covers: None, problems: Vec::new() }
}

impl Approval {
    /// Those of [`World::approvals`](crate::World::approvals).
    #[must_use]
    pub fn in_process() -> Self {
        approval(calls(IN_PROCESS))
    }

    /// What a reply says where it approves. Without this it is told by usual words: `"status": "approved"`,
    /// `"approved": true`.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "`json!` values read best without a reference")]
    pub fn granted_when(mut self, place: &str, value: Value) -> Self {
        self.granted = Some((self.place(place), value.clone()));
        self
    }

    /// Where the reply has the token that the approved call must carry. Without this a call need not carry any; if it
    /// carries a value of an approval, it is made under that approval.
    #[must_use]
    pub fn token(mut self, place: &str) -> Self {
        self.token = Some(self.place(place));
        self
    }

    /// The values that have to agree between what was asked and what is done. Where the reply has them too, the reply's
    /// count: people edit what they are asked. Without this it is every value that both have.
    #[must_use]
    pub fn covers<'p>(mut self, places: impl IntoIterator<Item = &'p str>) -> Self {
        let places: Vec<_> = places.into_iter().map(|place| self.place(place)).collect();
        self.covers = Some(places);
        self
    }

    fn place(&mut self, text: &str) -> Pointer {
        self.problems.extend(Key::problem(text));
        Pointer::parse(text)
    }

    pub(super) fn problems(&self) -> Vec<String> {
        self.calls.problems().into_iter().chain(self.problems.iter().cloned()).collect()
    }

    /// Why a reply is no approval.
    pub(super) fn refused(&self, reply: &Value) -> Option<String> {
        if let Some((place, value)) = &self.granted {
            let found = said(reply, place);
            return match found {
                Some(found) if same(found, value) => None,
                Some(found) => Some(format!("says {found} at `{place}`")),
                None => Some(format!("says nothing at `{place}`")),
            };
        }
        let because = match consent(reply) {
            Some(Consent::Granted) => return None,
            Some(Consent::Denied) => "was denied",
            Some(Consent::Pending) => "is not decided yet",
            Some(Consent::Over) => "holds no more",
            None => "does not say in usual words that it is granted",
        };
        Some(because.to_owned())
    }
}

impl fmt::Display for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.calls.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reply_approves_in_usual_words_or_as_the_test_says() {
        let usual = approval(calls("x"));
        for (reply, refused) in [
            (json!({"status": "approved"}), None),
            (json!({"status": "rejected"}), Some("was denied")),
            (json!({"status": "pending"}), Some("is not decided yet")),
            (json!({"status": "expired"}), Some("holds no more")),
            (json!({"ok": 1}), Some("does not say in usual words that it is granted")),
        ] {
            assert_eq!(usual.refused(&reply).as_deref(), refused, "{reply}");
        }
        let own = approval(calls("x")).granted_when("/state", json!(1));
        for (reply, refused) in [
            (json!({"state": 1}), None),
            (json!({"data": {"state": "1"}}), None),
            (json!({"state": 2}), Some("says 2 at `/state`")),
            (json!({"status": "approved"}), Some("says nothing at `/state`")),
        ] {
            assert_eq!(own.refused(&reply).as_deref(), refused, "{reply}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_told() {
        assert!(Approval::in_process().problems().is_empty());
        let wrong = approval(calls("")).token("id").covers(["/a", "b"]).granted_when("c", json!(1));
        assert_eq!(wrong.problems().len(), 4, "{:?}", wrong.problems());
    }
}
