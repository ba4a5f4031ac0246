//! Effects: done for the first time, done again, or in no recording.

use std::sync::Arc;
use std::time::Duration;

use checkagent_cassette::Request;
use checkagent_cassette::analysis::{Endpoint, nearest};

use super::{Reaction, Replay};
use crate::ledger::{Call, Outcome};
use crate::recording::{FollowUp, message};
use crate::world::substitute::{Sent, echo};
use crate::world::tape::Candidates;

impl Replay {
    pub(super) fn effect(
        &mut self,
        channel: &str,
        request: &Request,
        hit: Option<usize>,
        candidates: &Candidates<'_>,
        idempotency: Option<String>,
        call: &mut Call,
    ) -> (Outcome, Reaction) {
        let Some(number) = hit else {
            return match self.part_of_served_batch(channel, request) {
                Some((interaction, follow_up)) => self.followed_up(interaction, follow_up, call),
                None => self.unrecorded(channel, request),
            };
        };
        if self.tape.was_served(number) {
            let idempotent = call.hints.is_some_and(|hints| hints.idempotent);
            call.duplicate = if idempotent { None } else { self.done_twice(number, request, idempotency.as_deref()) };
        } else {
            self.once.insert(number, idempotency);
        }
        self.serve(number, None, candidates)
    }

    pub(super) fn followed_up(
        &mut self,
        interaction: usize,
        follow_up: FollowUp,
        call: &mut Call,
    ) -> (Outcome, Reaction) {
        let recording = Arc::clone(&self.recording);
        let again = self.overlay.items_done(interaction, &follow_up.items);
        let lasting = |item: &usize| recording.batch(interaction).is_none_or(|batch| !batch.is_idempotent(*item));
        let twice: Vec<_> = again.into_iter().filter(lasting).map(|item| (item + 1).to_string()).collect();
        call.duplicate = (!twice.is_empty()).then(|| format!("item {} had been done", twice.join(", ")));
        let outcome = Outcome::FollowedUp { interaction, items: follow_up.items };
        (outcome, Reaction::Reply(self.translated(follow_up.reply), Duration::ZERO))
    }

    /// Whether the request is a retry of a batch that was recorded too, of items that failed there: what became of them
    /// is known.
    pub(super) fn is_recorded_retry(&self, hit: Option<usize>, batch: usize) -> bool {
        let key = |number: usize| self.recording.interaction(number).key;
        self.recording.batch(batch).is_some()
            && hit.is_some_and(|hit| !self.tape.was_served(hit) && key(hit) != key(batch))
    }

    /// Some items of a batch again, by themselves: that is no new effect, but the same one once more.
    pub(super) fn part_of_served_batch(&self, channel: &str, request: &Request) -> Option<(usize, FollowUp)> {
        let endpoint = Endpoint::of_request(channel, request);
        let mut served = (1..=self.recording.interactions().len())
            .filter(|number| self.tape.was_served(*number) && *self.recording.endpoint(*number) == endpoint);
        served.find_map(|number| Some((number, self.recording.part_of_batch(number, request)?)))
    }

    /// Why a repeated effect is a duplicate; `None` if it is harmless.
    pub(super) fn done_twice(&self, number: usize, request: &Request, idempotency: Option<&str>) -> Option<String> {
        let first = self.once.get(&number).and_then(Option::as_deref);
        if idempotency.is_some() && idempotency == first {
            return None;
        }
        if !self.recording.interaction(number).reply.is_success() {
            return None;
        }
        let batch = self.recording.batch(number);
        let idempotent_items =
            batch.is_some_and(|batch| (0..batch.items().len()).all(|item| batch.is_idempotent(item)));
        (!is_idempotent(request) && !idempotent_items).then(|| format!("interaction {number} had been done"))
    }

    /// An effect that is not in the recording is evidence, not a gap: it is answered, so that the run can go on.
    pub(super) fn unrecorded(&mut self, channel: &str, request: &Request) -> (Outcome, Reaction) {
        let recording = Arc::clone(&self.recording);
        let endpoint = Endpoint::of_request(channel, request);
        let near = nearest(channel, request, recording.interactions());
        let alike = |number: &usize| *recording.endpoint(*number) == endpoint && recording.changed_something(*number);
        let model = near.as_ref().map(|near| near.number).filter(alike);
        let Some(model) = model.or_else(|| (1..=recording.interactions().len()).find(alike)) else {
            let reason = "this effect is not in the recording, and nothing like it is".to_owned();
            return (Outcome::Missed { nearest: near, reason }, Reaction::End);
        };
        let items = recording.batch(model).and_then(|batch| batch.items_in(request));
        let sent = Sent { instead_of: model, document: request.json().unwrap_or_default(), items };
        let reply = echo(&recording, &sent);
        self.sent.push(sent);
        let outcome = Outcome::Unrecorded { nearest: near, answered_like: model };
        (outcome, Reaction::Reply(self.translated(reply), recording.interaction(model).latency.unwrap_or_default()))
    }

    /// A recorded effect that asks the same of the same place.
    pub(super) fn like_this(&self, channel: &str, request: &Request, tool: Option<&str>) -> Option<usize> {
        let endpoint = Endpoint::of_request(channel, request);
        let same_tool = |number: usize| {
            let recorded = message::Asked::of(&self.recording.interaction(number).request);
            recorded.is_none_or(|recorded| recorded.tool() == tool)
        };
        let mut numbers = 1..=self.recording.interactions().len();
        numbers.find(|number| {
            *self.recording.endpoint(*number) == endpoint
                && self.recording.changed_something(*number)
                && same_tool(*number)
        })
    }
}

/// Whether doing it twice is the same as doing it once, by RFC 9110, 9.2.2.
pub(super) fn is_idempotent(request: &Request) -> bool {
    matches!(request, Request::Http(http) if matches!(http.method.as_str(), "PUT" | "DELETE"))
}
