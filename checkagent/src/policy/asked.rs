//! Whether somebody was asked before a call: with a valid approval, for these arguments, used once.

use serde_json::Value;

use checkagent_cassette::json::{Pointer, leaves};
use checkagent_cassette::redact::is_idempotency_field;

use super::approval::Approval;
use super::document::{carries, plain, said, same};
use super::done::{is_answered, is_done, is_harmless_repeat};
use super::rule::{Sentry, Sight};
use crate::ledger::Call;

/// Which calls are made only with an approval.
type Gated<'p> = Box<dyn Fn(&Call) -> bool + 'p>;

/// Follows the approvals of a run, and the calls that they stand in front of.
pub(super) struct Ask<'p> {
    gated: Gated<'p>,
    approval: &'p Approval,
    given: Vec<Given<'p>>,
}

/// One approval, as it is known so far.
struct Given<'l> {
    token: Option<String>,
    /// The call that asked for it.
    ask: &'l Call,
    /// The last answer.
    reply: &'l Value,
    /// Why it is none (any more).
    refused: Option<String>,
    /// What was done under it.
    uses: Vec<&'l Call>,
}

/// Members by which an approval is named, where the test does not say.
const NAMES: [&str; 4] = ["/approval_id", "/approval_token", "/token", "/id"];

static NOTHING: Value = Value::Null;

impl<'p> Ask<'p> {
    pub(super) fn new(gated: Gated<'p>, approval: &'p Approval) -> Self {
        Self { gated, approval, given: Vec::new() }
    }

    /// An answer of somebody who was asked.
    fn answered(&mut self, call: &'p Call) {
        let reply = call.reply.as_ref().filter(|_| is_answered(call));
        let token = reply.and_then(|reply| self.token(reply));
        let refused = match reply {
            Some(reply) => self.approval.refused(reply),
            None => Some("was answered by an error".to_owned()),
        };
        let request = |call: &'p Call| call.request.as_ref().filter(|request| !request.is_null());
        // A reply without its own token is about the approval that was asked for by it, or about the same question.
        let is_about = |given: &Given<'_>| match (&token, &given.token) {
            (Some(token), Some(known)) => token == known,
            (None, Some(known)) => carries(call, known) || is_same_question(call, given.ask),
            (_, None) => is_same_question(call, given.ask),
        };
        let reply = reply.unwrap_or(&NOTHING);
        let Some(known) = self.given.iter_mut().rev().find(|given| is_about(given)) else {
            self.given.push(Given { token, ask: call, reply, refused, uses: Vec::new() });
            return;
        };
        // Asked anew, and not only looked at, it may be used again.
        let looks = !call.effect && (request(call).is_none() || is_same_question(call, known.ask));
        if !looks {
            (known.ask, known.uses) = (call, Vec::new());
        }
        (known.reply, known.refused) = (reply, refused);
        known.token = token.or(known.token.take());
    }

    fn token(&self, reply: &Value) -> Option<String> {
        match &self.approval.token {
            Some(place) => said(reply, place).and_then(plain),
            None => NAMES.iter().find_map(|name| said(reply, &Pointer::parse(name)).and_then(plain)),
        }
    }

    /// The approval that a call is made under, by position; or why there is none.
    fn made_under(&self, call: &Call) -> Result<usize, String> {
        let Some(last) = self.given.len().checked_sub(1) else {
            return Err(format!("nobody was asked before (`{}`)", self.approval));
        };
        let by_name = |given: &Given<'_>| {
            let own = |token: &&String| is_long(token) && !carries(given.ask, token);
            given.token.as_ref().filter(own).is_some_and(|token| carries(call, token))
        };
        if self.approval.token.is_some() {
            let carried = |given: &Given<'_>| given.token.as_ref().is_some_and(|token| carries(call, token));
            return self
                .given
                .iter()
                .rposition(carried)
                .ok_or_else(|| "it carries the token of no approval that was given in this run".to_owned());
        }
        if let Some(carried) = self.given.iter().rposition(|given| by_name(given) || carries_of_reply(call, given)) {
            return Ok(carried);
        }
        // It need not carry any: the last that fits counts, else the last.
        Ok(self.given.iter().rposition(|given| self.objection(given, call).is_none()).unwrap_or(last))
    }

    /// What is wrong with a call under an approval.
    fn objection(&self, given: &Given<'_>, call: &Call) -> Option<String> {
        if let Some(refused) = &given.refused {
            return Some(format!("its approval {refused}"));
        }
        if let Some(because) = self.not_covered(given, call) {
            return Some(because);
        }
        let again = given.uses.iter().any(|used| !is_harmless_repeat(call, used));
        again.then(|| "its approval had been used".to_owned())
    }

    /// A value that differs from what was approved.
    fn not_covered(&self, given: &Given<'_>, call: &Call) -> Option<String> {
        let asked = given.ask.request.as_ref().unwrap_or(&NOTHING);
        let document = call.request.as_ref().unwrap_or(&NOTHING);
        let differs = |place: &Pointer, done: &Value, approved: &Value| {
            (!same(done, approved)).then(|| format!("`{place}` is {done}, approved was {approved}"))
        };
        let Some(covers) = &self.approval.covers else {
            let mut found = None;
            leaves(document, &mut |place, done| {
                if found.is_some() || place.steps().is_empty() || place.field().is_some_and(is_idempotency_field) {
                    return;
                }
                if let Some(asked) = said(asked, place) {
                    found = differs(place, done, said(given.reply, place).unwrap_or(asked));
                }
            });
            return found;
        };
        covers.iter().find_map(|place| {
            let Some(approved) = said(given.reply, place).or_else(|| said(asked, place)) else {
                return Some(format!("its approval says nothing of `{place}`"));
            };
            match said(document, place) {
                Some(done) => differs(place, done, approved),
                // A path may say it as well.
                None if plain(approved).is_some_and(|approved| carries(call, &approved)) => None,
                None => Some(format!("has nothing at `{place}`, approved was {approved}")),
            }
        })
    }
}

impl<'p> Sentry<'p> for Ask<'p> {
    fn see(&mut self, call: &'p Call) -> Sight {
        if self.approval.calls.select(call) {
            self.answered(call);
            return Sight::Nothing;
        }
        if !(self.gated)(call) {
            return Sight::Nothing;
        }
        let under = match self.made_under(call) {
            Ok(under) => under,
            Err(because) => return Sight::Violation(because),
        };
        let Some(given) = self.given.get(under) else { return Sight::Nothing };
        let objection = self.objection(given, call);
        if is_done(call)
            && let Some(given) = self.given.get_mut(under)
        {
            given.uses.push(call);
        }
        objection.map_or(Sight::Fine, Sight::Violation)
    }
}

fn is_same_question(call: &Call, as_call: &Call) -> bool {
    call.label == as_call.label && call.tool == as_call.tool && call.request == as_call.request
}

/// Whether a call carries a telling value of the reply that was not asked for.
fn carries_of_reply(call: &Call, given: &Given<'_>) -> bool {
    let mut found = false;
    leaves(given.reply, &mut |_, value| {
        let told = plain(value).filter(|value| is_telling(value));
        found = found || told.is_some_and(|value| !carries(given.ask, &value) && carries(call, &value));
    });
    found
}

/// Short values stand in calls for many reasons.
fn is_long(value: &str) -> bool {
    value.len() >= 4
}

/// So do words.
fn is_telling(value: &str) -> bool {
    is_long(value) && value.bytes().any(|byte| byte.is_ascii_digit())
}
