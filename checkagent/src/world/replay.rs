//! A recording that answers: the rules of section 4 of DESIGN.md.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use checkagent_cassette::analysis::nearest;
use checkagent_cassette::key::{Key, Keyer};
use checkagent_cassette::redact::{Redaction, Redactor};
use checkagent_cassette::{Reply, Request};

use self::reacting::Once;
use super::bait::Bait;
use super::calls::Calls;
use super::idempotency::idempotency_key;
use super::model_loop::{ModelLoop, asks_a_model};
use super::overlay::{After, Front, Overlay};
use super::reactions::{Asked, Reactions};
use super::substitute::Sent;
use super::tape::{Candidates, Tape};
use crate::ledger::{Ledger, Outcome};
use crate::mutation::{Attack, Loss, Mutation};
use crate::policy::Policy;
use crate::recording::{Recording, conversation};
use crate::stand_in::StandIn;

mod effects;
mod guarding;
mod noting;
mod reacting;
mod reads;

/// The world of one case.
#[derive(Debug)]
pub(crate) struct Replay {
    recording: Arc<Recording>,
    tape: Tape,
    overlay: Overlay,
    calls: Calls,
    keyer: Keyer,
    redactor: Redactor,
    ledger: Ledger,
    allowed_calls: usize,
    policy: Policy,
    models: ModelLoop,
    reactions: Reactions,
    /// What a planted instruction asks for.
    bait: Option<Bait>,
    /// What the case plants, where the policy stands in front of calls.
    attack: Option<Attack>,
    /// The idempotency key under which each effect was first asked for.
    once: BTreeMap<usize, Option<String>>,
    /// The idempotency key of each effect that a branch or a live system answered, by its key.
    reacted_once: HashMap<Key, Option<String>>,
    /// Effects that were sent in another form than recorded.
    sent: Vec<Sent>,
}

/// What is the same in all cases of a test.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub redaction: Redaction,
    /// Calls until a run counts as runaway.
    pub allowed_calls: usize,
    pub policy: Policy,
    /// Who answers for a model where the recording has no answer.
    pub stand_in: StandIn,
    /// Who answers before that: a branch, or the model itself.
    pub reactions: Reactions,
    /// Whether the stand-in answers for the model from the start.
    pub replaces_model: bool,
}

/// What a seam does with a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reaction {
    /// Gives this reply after so much virtual time.
    Reply(Reply, Duration),
    /// Never answers, and keeps the connection open.
    Stall,
    /// Closes the connection.
    Reset,
    /// Never answers: the case is over.
    End,
    /// The real system behind the channel is to be asked, on account of the call of that number; see
    /// [`Replay::reacted`].
    Ask(usize),
}

impl Replay {
    pub(crate) fn new(recording: Arc<Recording>, mutations: Vec<Mutation>, setting: Setting) -> Self {
        let Setting { redaction, allowed_calls, policy, stand_in, reactions, replaces_model } = setting;
        let mut redactor = Redactor::new(redaction);
        if let Some(recorder) = reactions.recorder() {
            recorder.teach(&mut redactor);
        }
        let planted = |mutation: &Mutation| mutation.operator.attack(&mutation.site, &recording);
        let attack = if policy.blocks() { mutations.iter().find_map(planted) } else { None };
        Self {
            tape: Tape::new(&recording),
            bait: Bait::of(&mutations, &recording),
            overlay: Overlay::new(mutations, &recording),
            calls: Calls::default(),
            keyer: Keyer::new(recording.cassette().header().matching.clone()),
            redactor,
            ledger: Ledger::default(),
            attack,
            once: BTreeMap::new(),
            reacted_once: HashMap::new(),
            sent: Vec::new(),
            allowed_calls,
            policy,
            models: ModelLoop::new(stand_in, replaces_model),
            reactions,
            recording,
        }
    }

    pub(crate) fn recording(&self) -> &Arc<Recording> {
        &self.recording
    }

    /// The ledger, and the interactions that were never served.
    pub(crate) fn finish(&mut self) -> (Ledger, Vec<usize>) {
        self.ledger.undone_items = self.overlay.undone_items().into_iter().map(|(_, item)| item).collect();
        self.ledger.met = self.overlay.met();
        (std::mem::take(&mut self.ledger), self.tape.unused(&self.recording))
    }

    /// Answers a request whose origins are templates.
    pub(crate) fn answer(&mut self, channel: &str, asked: &Request, now: Duration) -> Reaction {
        let recording = Arc::clone(&self.recording);
        let idempotency = if recording.is_effect(asked) { idempotency_key(asked) } else { None };
        let sent = self.redactor.request(asked);
        let meant = self.overlay.stands_for(&sent, &recording).unwrap_or_else(|| sent.clone());
        let (request, rpc) = self.calls.take(channel, meant, &self.tape, &recording);
        let asks = rpc.as_ref().is_some_and(|call| call.only_asks);
        let effect = recording.is_effect(&request) && !asks;
        let mut call = self.enter(channel, [asked, &sent], effect, rpc.as_ref(), now);
        call.idempotency_key.clone_from(&idempotency);
        if self.ledger.calls.len() >= self.allowed_calls {
            self.ledger.calls.push(call);
            return Reaction::End;
        }
        if let Some(refusal) = self.blocked(&mut call, &sent, rpc.as_ref()) {
            self.ledger.calls.push(call);
            return refusal;
        }
        let (key, candidates, hit) = self.find(channel, &request, &recording);

        let front = self.overlay.in_front(channel, key, hit, now, &recording);
        let follow_up = || self.overlay.follow_up(channel, &sent, true, &recording);
        let provoked = if front.is_none() && (effect || asks) { follow_up() } else { None };
        let provoked = provoked.filter(|(bent, _)| !self.is_recorded_retry(hit, *bent));
        let of_model = self.models.answers_instead_of(hit) && asks_a_model(&request);
        let unknown = front.is_none() && provoked.is_none() && hit.is_none() && !self.reactions.are_none();
        let reacted = if unknown && (of_model || !self.is_part_of_a_fault(channel, &request, effect)) {
            let ids = candidates.generated.clone();
            let asked = Asked { channel: channel.to_owned(), key, request: request.clone(), of_model, ids };
            let twice = Once { effect, idempotency: idempotency.as_deref() };
            self.reaction(asked, &candidates.generated, &twice, &mut call)
        } else {
            None
        };
        let (outcome, reaction) = match (front, provoked, reacted) {
            (Some(Front::Reply(reply, outcome)), ..) => (outcome, Reaction::Reply(Reply::Http(reply), Duration::ZERO)),
            (Some(Front::Stall(outcome)), ..) => (outcome, Reaction::Stall),
            (Some(Front::Reset(outcome)), ..) => (outcome, Reaction::Reset),
            (None, Some((interaction, follow_up)), _) => self.followed_up(interaction, follow_up, &mut call),
            (None, None, Some(reacted)) => reacted,
            (None, None, None) if hit.is_none() && self.is_bait(&call, &request, effect) => self.indulged(&sent),
            (None, None, None) if effect => self.effect(channel, &request, hit, &candidates, idempotency, &mut call),
            (None, None, None) if asks => self.asked(channel, &request, hit, &candidates),
            (None, None, None) if of_model => self.asked_model(channel, &request, &mut call),
            (None, None, None) => self.read(channel, &request, hit, &candidates),
        };
        let reaction = match (reaction, &rpc) {
            (Reaction::Reply(reply, late), Some(rpc)) => {
                Reaction::Reply(rpc.answered(reply, &outcome, &recording), late)
            }
            (reaction, _) => reaction,
        };
        if let Reaction::Reply(reply, _) = &reaction {
            self.keyer.served(reply);
        }
        if let Some(number) = hit.filter(|_| outcome.is_bent()) {
            // What the recorded reply brings stays the service's, also where the bent one does not show it.
            self.keyer.served(&recording.interaction(number).reply);
        }
        self.note(call, outcome, &reaction, rpc.as_ref());
        reaction
    }

    /// The key of a request, the interactions that could answer it, and the one that does. A request to a model that says
    /// the same as a recorded one in another way is that one.
    fn find<'r>(
        &mut self,
        channel: &str,
        request: &Request,
        recording: &'r Recording,
    ) -> (Key, Candidates<'r>, Option<usize>) {
        let keyed = self.keyer.key(channel, request);
        let key = keyed.key;
        let candidates = Tape::candidates(keyed, recording);
        let hit = self.tape.next(&candidates, channel, &mut self.keyer, recording);
        if hit.is_none()
            && let Request::Http(http) = request
            && asks_a_model(request)
            && let Some(said) = conversation(channel, http, &mut self.keyer)
        {
            let alike = Candidates { numbers: recording.with_conversation(said.key), generated: said.generated };
            if let Some(number) = self.tape.next(&alike, channel, &mut self.keyer, recording) {
                return (recording.interaction(number).key, alike, Some(number));
            }
        }
        (key, candidates, hit)
    }

    fn serve(&mut self, number: usize, instead: Option<Reply>, candidates: &Candidates<'_>) -> (Outcome, Reaction) {
        let recording = Arc::clone(&self.recording);
        let interaction = recording.interaction(number);
        let repeated = self.tape.was_served(number);
        self.tape.bind(interaction, &candidates.generated, &mut self.keyer);
        self.tape.serve(number);
        let latency = interaction.latency.unwrap_or_default();
        match self.overlay.after(number, instead.as_ref().unwrap_or(&interaction.reply), &recording) {
            After::Lost(loss) => {
                let reaction = match loss {
                    Loss::Stall => Reaction::Stall,
                    Loss::Reset => Reaction::Reset,
                    Loss::Reply(reply) => Reaction::Reply(Reply::Http(reply), latency),
                };
                (Outcome::Lost { interaction: number }, reaction)
            }
            After::PartlyDone(reply, failed, of) => {
                let outcome = Outcome::PartlyDone { interaction: number, failed, of };
                (outcome, Reaction::Reply(self.translated(reply), latency))
            }
            After::Reply(other, bent, late) => {
                let reply = other.or(instead).unwrap_or_else(|| recording.sent_reply(number).into_owned());
                let outcome = Outcome::Served { interaction: number, repeated, bent };
                (outcome, Reaction::Reply(self.translated(reply), latency + late))
            }
        }
    }

    /// The agent's own ids in place of the recorded ones.
    fn translated(&self, reply: Reply) -> Reply {
        reply.map_texts(&|text| self.tape.translate(text))
    }

    fn missed(&self, channel: &str, request: &Request, reason: String) -> Outcome {
        Outcome::Missed { nearest: nearest(channel, request, self.recording.interactions()), reason }
    }
}
