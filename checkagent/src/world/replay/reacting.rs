//! What the recording has no answer for: a branch, a live system, or a stand-in says it.

use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use checkagent_cassette::key::Key;
use checkagent_cassette::{Reply, Request};

use super::effects::is_idempotent;
use super::noting::status;
use super::{Reaction, Replay};
use crate::ledger::{Call, Outcome, Tier};
use crate::record::BranchRecorder;
use crate::world::model_loop::{Around, reacted_turn};
use crate::world::reactions::{Asked, Source};

/// What decides whether an effect may be asked for twice.
pub(super) struct Once<'o> {
    pub effect: bool,
    pub idempotency: Option<&'o str>,
}

impl Replay {
    /// The answer to what the recording has no answer for, where it was recorded for this case, or can be asked for.
    pub(super) fn reaction(
        &mut self,
        asked: Asked,
        generated: &[String],
        once: &Once<'_>,
        call: &mut Call,
    ) -> Option<(Outcome, Reaction)> {
        let (key, idempotent) = (asked.key, is_idempotent(&asked.request));
        let (outcome, reaction) = self.answer_of(asked, generated, call)?;
        if once.effect {
            let refused = matches!(&reaction, Reaction::Reply(reply, _) if !reply.is_success());
            call.duplicate = self.reacted_twice(key, idempotent, once, refused);
        }
        Some((outcome, reaction))
    }

    fn answer_of(&mut self, asked: Asked, generated: &[String], call: &mut Call) -> Option<(Outcome, Reaction)> {
        match self.reactions.next(&asked.channel, asked.key, asked.of_model)? {
            Source::Branch(interaction) => {
                self.tape.bind(&interaction, generated, &mut self.keyer);
                let (latency, reply) = (interaction.latency.unwrap_or_default(), self.translated(interaction.reply));
                call.model = reacted_turn(&asked.request, &reply, Tier::Branch);
                Some((Outcome::Reacted { tier: Tier::Branch }, Reaction::Reply(reply, latency)))
            }
            Source::Live => {
                let number = self.ledger.calls.len();
                self.reactions.asking(number, asked);
                Some((Outcome::Reacted { tier: Tier::Live }, Reaction::Ask(number)))
            }
        }
    }

    /// Whether what was recorded of a bent interaction answers the request: no other system needs to be asked.
    pub(super) fn is_part_of_a_fault(&self, channel: &str, request: &Request, effect: bool) -> bool {
        if effect {
            self.part_of_served_batch(channel, request).is_some()
        } else {
            self.overlay.follow_up(channel, request, false, &self.recording).is_some()
        }
    }

    /// What the real system said on account of a call, with the origins of services as templates, and how long that took;
    /// or why it said nothing.
    pub(crate) fn reacted(&mut self, call: usize, said: Result<(Reply, Duration), String>) -> Reaction {
        let clean = match &said {
            Ok((reply, latency)) => Ok((self.redactor.reply(reply), *latency)),
            Err(problem) => Err(problem.clone()),
        };
        let Some((asked, kept)) = self.reactions.answered(call, clean) else { return Reaction::End };
        if !kept.is_success() {
            // Nothing was done: it may be tried again.
            self.reacted_once.remove(&asked.key);
        }
        self.keyer.served(&kept);
        if let Some(call) = self.ledger.calls.get_mut(call) {
            call.model = reacted_turn(&asked.request, &kept, Tier::Live);
            call.status = status(&kept);
            if self.policy.reads_reply(call) {
                call.reply = kept.json();
            }
        }
        said.map_or(Reaction::End, |(reply, latency)| Reaction::Reply(reply, latency))
    }

    /// Who records what live systems say, if anybody does.
    pub(crate) fn recorder(&self) -> Option<&Arc<BranchRecorder>> {
        self.reactions.recorder()
    }

    /// A model is asked what nobody asked it when it was recorded.
    pub(super) fn asked_model(&mut self, channel: &str, request: &Request, call: &mut Call) -> (Outcome, Reaction) {
        let recording = Arc::clone(&self.recording);
        let mutations = self.overlay.mutations();
        let around = Around { recording: &recording, tape: &self.tape, ledger: &self.ledger, mutations: &mutations };
        let Request::Http(http) = request else { return self.unrecorded_read(channel, request) };
        if let Some((reply, turn)) = self.models.stand_in(channel, http, &around) {
            let outcome = Outcome::Reacted { tier: turn.tier };
            call.model = Some(turn);
            (outcome, Reaction::Reply(Reply::Http(reply), Duration::ZERO))
        } else {
            let reason = "what the model says to this is not recorded".to_owned();
            (self.missed(channel, request, reason), Reaction::End)
        }
    }

    /// Why an effect that the recording does not have is a duplicate; `None` if it is the first, or harmless.
    fn reacted_twice(&mut self, key: Key, idempotent: bool, once: &Once<'_>, refused: bool) -> Option<String> {
        match self.reacted_once.entry(key) {
            Entry::Vacant(_) if refused => None,
            Entry::Vacant(first) => {
                first.insert(once.idempotency.map(str::to_owned));
                None
            }
            Entry::Occupied(first) => {
                let same = once.idempotency.is_some() && once.idempotency == first.get().as_deref();
                (!same && !idempotent).then(|| "the same had been done".to_owned())
            }
        }
    }
}
