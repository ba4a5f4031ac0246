//! What the ledger has of a call.

use std::time::Duration;

use checkagent_cassette::{Reply, Request};

use super::{Reaction, Replay};
use crate::ledger::{Call, Outcome};
use crate::recording::message;
use crate::world::calls;
use crate::world::failure::failure;
use crate::world::model_loop::{asks_a_model, recorded_turn};

impl Replay {
    /// A call before it met anything: as it was asked, and as it may be written down.
    pub(super) fn enter(
        &self,
        channel: &str,
        [asked, sent]: [&Request; 2],
        effect: bool,
        rpc: Option<&calls::Call>,
        now: Duration,
    ) -> Call {
        let mut call = self.call(channel, sent, effect, now);
        call.hints = rpc.and_then(|call| call.hints);
        if asks_a_model(asked) {
            return call;
        }
        call.carries_secret = self.policy.finds_secret(asked);
        if let Some(bait) = &self.bait {
            call.carries = bait.elsewhere(asked, sent);
            call.request = call.request.or_else(|| text_of(sent).map(Into::into));
        }
        call
    }

    /// A call as the ledger has it, before it met anything.
    fn call(&self, channel: &str, sent: &Request, effect: bool, now: Duration) -> Call {
        let asked = message::Asked::of(sent);
        let (target, tool) = match sent {
            Request::Http(http) => {
                (http.target.to_string(), asked.as_ref().and_then(|asked| asked.tool()).map(str::to_owned))
            }
            Request::Call(call) => (call.name.to_string(), Some(call.name.to_string())),
        };
        let request = match asked {
            Some(asked) if tool.is_some() => asked.params.get("arguments").cloned(),
            _ if asks_a_model(sent) => None,
            _ => sent.json(),
        };
        let outcome = Outcome::OverBudget { allowed: self.allowed_calls };
        let at_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        Call { at_ms, target, tool, effect, request, ..Call::new(channel, &sent.label(), outcome) }
    }

    /// Writes down what a call met.
    pub(super) fn note(&mut self, mut call: Call, outcome: Outcome, reaction: &Reaction, rpc: Option<&calls::Call>) {
        call.failed = failure(reaction, &outcome, &self.recording);
        if let (Reaction::Reply(reply, _), Outcome::Served { interaction, bent, .. }) = (reaction, &outcome) {
            call.model = recorded_turn(*interaction, reply, !bent.is_empty(), &self.recording);
        }
        call.outcome = outcome;
        if let Reaction::Reply(reply, _) = reaction {
            call.status = status(reply);
            if self.policy.reads_reply(&call) {
                call.reply = rpc.map_or_else(|| reply.json(), |rpc| rpc.told(reply));
            }
        }
        self.ledger.calls.push(call);
    }
}

/// A body that is no JSON.
fn text_of(request: &Request) -> Option<&str> {
    let Request::Http(http) = request else { return None };
    http.body.text().filter(|text| !text.is_empty())
}

pub(super) fn status(reply: &Reply) -> Option<u16> {
    match reply {
        Reply::Http(http) => Some(http.status),
        Reply::Call(_) => None,
    }
}
