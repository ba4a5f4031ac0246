//! What stands between a call and its answer: the policy, and the bait of a planted instruction.

use std::time::Duration;

use serde_json::json;

use checkagent_cassette::{CallReply, Reply, Request};

use super::{Reaction, Replay};
use crate::ledger::{Call, Outcome};
use crate::mutation::error_reply;
use crate::policy::Watch;
use crate::world::bait::Bait;
use crate::world::calls;
use crate::world::model_loop::asks_a_model;

impl Replay {
    /// The answer to a call that the policy stops, if it does; the call says so from then on.
    pub(super) fn blocked(&self, call: &mut Call, sent: &Request, rpc: Option<&calls::Call>) -> Option<Reaction> {
        let watch = Watch::of(self.attack.as_ref());
        let (rule, because) = self.policy.refusal(&self.ledger.calls, call, watch)?;
        let reply = refused(sent, rpc, &rule, &because);
        call.outcome = Outcome::Blocked { rule, because };
        Some(Reaction::Reply(reply, Duration::ZERO))
    }

    /// Whether only a planted instruction makes the agent ask for this, and the recording has no answer.
    pub(super) fn is_bait(&self, call: &Call, request: &Request, effect: bool) -> bool {
        let Some(bait) = self.bait.as_ref().filter(|_| !asks_a_model(request)) else { return false };
        let answered = effect && self.like_this(&call.channel, request, call.tool.as_deref()).is_some();
        !answered && bait.is_taken_by(call)
    }

    pub(super) fn indulged(&self, request: &Request) -> (Outcome, Reaction) {
        (Outcome::Indulged, Reaction::Reply(Bait::reply(request, &self.recording), Duration::ZERO))
    }
}

/// What the agent is told of a call that the policy stopped.
fn refused(request: &Request, rpc: Option<&calls::Call>, rule: &str, because: &str) -> Reply {
    let message = format!("blocked by policy: {because} ({rule})");
    if let Some(answer) = rpc.and_then(|call| call.refused(&message)) {
        return answer;
    }
    match request {
        Request::Http(_) => Reply::Http(error_reply(403, &json!({"error": message}).to_string(), &[])),
        Request::Call(_) => Reply::Call(CallReply::Failed(message)),
    }
}
