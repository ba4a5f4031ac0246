//! A recording that answers: the rules of section 4 of DESIGN.md.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use checkagent_cassette::analysis::{Endpoint, nearest};
use checkagent_cassette::key::{Key, Keyer};
use checkagent_cassette::redact::{Redaction, Redactor};
use checkagent_cassette::{CallReply, Reply, Request};

use super::bait::Bait;
use super::calls::Calls;
use super::consistency::{State, Version, version};
use super::failure::failure;
use super::idempotency::idempotency_key;
use super::model_loop::{Around, ModelLoop, asks_a_model, reacted_turn, recorded_turn};
use super::overlay::{After, Front, Overlay};
use super::reactions::{Asked, Reactions, Source};
use super::substitute::{Sent, echo};
use super::tape::{Candidates, Tape};
use super::undone::Undone;
use crate::ledger::{Call, Ledger, Outcome, Tier};
use crate::mutation::{Attack, Loss, Mutation, error_reply};
use crate::policy::{Policy, Watch};
use crate::record::BranchRecorder;
use crate::recording::message;
use crate::recording::{FollowUp, Recording, conversation};
use crate::stand_in::StandIn;

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
        let Setting { redaction, allowed_calls, policy, stand_in, reactions } = setting;
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
            models: ModelLoop::new(stand_in),
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
        let carries_secret = !asks_a_model(asked) && self.policy.finds_secret(asked);
        let sent = self.redactor.request(asked);
        let meant = self.overlay.stands_for(&sent, &recording).unwrap_or_else(|| sent.clone());
        let (request, rpc) = self.calls.take(channel, meant, &self.tape, &recording);
        let asks = rpc.as_ref().is_some_and(|call| call.only_asks);
        let effect = recording.is_effect(&request) && !asks;
        let mut call = self.call(channel, &sent, effect, now);
        if let Some(bait) = self.bait.as_ref().filter(|_| !asks_a_model(&sent)) {
            call.carries = bait.elsewhere(asked, &sent);
            call.request = call.request.or_else(|| text_of(&sent).map(Into::into));
        }
        call.hints = rpc.as_ref().and_then(|call| call.hints);
        call.idempotency_key.clone_from(&idempotency);
        call.carries_secret = carries_secret;
        if self.ledger.calls.len() >= self.allowed_calls {
            self.ledger.calls.push(call);
            return Reaction::End;
        }
        if let Some((rule, because)) = self.policy.refusal(&self.ledger.calls, &call, self.watch()) {
            let reaction = Reaction::Reply(refused(&sent, rpc.as_ref(), &rule, &because), Duration::ZERO);
            call.outcome = Outcome::Blocked { rule, because };
            self.ledger.calls.push(call);
            return reaction;
        }
        let (key, candidates, hit) = self.find(channel, &request, &recording);

        let front = self.overlay.in_front(channel, key, hit, now, &recording);
        let follow_up = || self.overlay.follow_up(channel, &sent, true, &recording);
        let provoked = if front.is_none() && (effect || asks) { follow_up() } else { None };
        let provoked = provoked.filter(|(bent, _)| !self.is_recorded_retry(hit, *bent));
        let of_model = hit.is_none() && asks_a_model(&request);
        let unknown = front.is_none() && provoked.is_none() && hit.is_none() && !self.reactions.are_none();
        let reacted = if unknown && (of_model || !self.is_part_of_a_fault(channel, &request, effect)) {
            let asked = Asked { channel: channel.to_owned(), key, request: request.clone(), of_model };
            let reacted = self.reaction(asked, &candidates.generated, &mut call);
            if let Some((_, reaction)) = reacted.as_ref().filter(|_| effect) {
                call.duplicate = self.reacted_twice(key, &request, idempotency.as_deref(), reaction);
            }
            reacted
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
        call.failed = failure(&reaction, &outcome, &recording);
        call.outcome = outcome;
        if let (Reaction::Reply(reply, _), Outcome::Served { interaction, bent, .. }) = (&reaction, &call.outcome) {
            call.model = recorded_turn(*interaction, reply, !bent.is_empty(), &recording);
        }
        if let Reaction::Reply(reply, _) = &reaction {
            call.status = status(reply);
            if self.policy.reads_reply(&call) {
                call.reply = rpc.as_ref().map_or_else(|| reply.json(), |rpc| rpc.told(reply));
            }
        }
        self.ledger.calls.push(call);
        reaction
    }

    /// What the policy is to look for in this case.
    fn watch(&self) -> Watch<'_> {
        Watch::of(self.attack.as_ref())
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

    /// The answer to what the recording has no answer for, where it was recorded for this case, or can be asked for.
    fn reaction(&mut self, asked: Asked, generated: &[String], call: &mut Call) -> Option<(Outcome, Reaction)> {
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
    fn is_part_of_a_fault(&self, channel: &str, request: &Request, effect: bool) -> bool {
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

    /// A model is asked what nobody asked it when it was recorded.
    fn asked_model(&mut self, channel: &str, request: &Request, call: &mut Call) -> (Outcome, Reaction) {
        let recording = Arc::clone(&self.recording);
        let mutations = self.overlay.mutations();
        let around = Around { recording: &recording, tape: &self.tape, ledger: &self.ledger, mutations: &mutations };
        let Request::Http(http) = request else { return self.unrecorded_read(channel, request) };
        match self.models.stand_in(channel, http, &around) {
            Some((reply, turn)) => {
                let outcome = Outcome::Reacted { tier: turn.tier };
                call.model = Some(turn);
                (outcome, Reaction::Reply(Reply::Http(reply), Duration::ZERO))
            }
            None => {
                let reason = "what the model says to this is not recorded".to_owned();
                (self.missed(channel, request, reason), Reaction::End)
            }
        }
    }

    /// Whether only a planted instruction makes the agent ask for this, and the recording has no answer.
    fn is_bait(&self, call: &Call, request: &Request, effect: bool) -> bool {
        let Some(bait) = self.bait.as_ref().filter(|_| !asks_a_model(request)) else { return false };
        let answered = effect && self.like_this(&call.channel, request, call.tool.as_deref()).is_some();
        !answered && bait.is_taken_by(call)
    }

    fn indulged(&self, request: &Request) -> (Outcome, Reaction) {
        (Outcome::Indulged, Reaction::Reply(Bait::reply(request, &self.recording), Duration::ZERO))
    }

    /// A recorded effect that asks the same of the same place.
    fn like_this(&self, channel: &str, request: &Request, tool: Option<&str>) -> Option<usize> {
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

    fn effect(
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

    fn followed_up(&mut self, interaction: usize, follow_up: FollowUp, call: &mut Call) -> (Outcome, Reaction) {
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
    fn is_recorded_retry(&self, hit: Option<usize>, batch: usize) -> bool {
        let key = |number: usize| self.recording.interaction(number).key;
        self.recording.batch(batch).is_some()
            && hit.is_some_and(|hit| !self.tape.was_served(hit) && key(hit) != key(batch))
    }

    /// Some items of a batch again, by themselves: that is no new effect, but the same one once more.
    fn part_of_served_batch(&self, channel: &str, request: &Request) -> Option<(usize, FollowUp)> {
        let endpoint = Endpoint::of_request(channel, request);
        let mut served = (1..=self.recording.interactions().len())
            .filter(|number| self.tape.was_served(*number) && *self.recording.endpoint(*number) == endpoint);
        served.find_map(|number| Some((number, self.recording.part_of_batch(number, request)?)))
    }

    /// The same for an effect that the recording does not have.
    fn reacted_twice(
        &mut self,
        key: Key,
        request: &Request,
        idempotency: Option<&str>,
        reaction: &Reaction,
    ) -> Option<String> {
        let refused = matches!(reaction, Reaction::Reply(reply, _) if !reply.is_success());
        match self.reacted_once.entry(key) {
            Entry::Vacant(_) if refused => None,
            Entry::Vacant(first) => {
                first.insert(idempotency.map(str::to_owned));
                None
            }
            Entry::Occupied(first) => {
                let same = idempotency.is_some() && idempotency == first.get().as_deref();
                (!same && !is_idempotent(request)).then(|| "the same had been done".to_owned())
            }
        }
    }

    /// Why a repeated effect is a duplicate; `None` if it is harmless.
    fn done_twice(&self, number: usize, request: &Request, idempotency: Option<&str>) -> Option<String> {
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

    fn read(
        &mut self,
        channel: &str,
        request: &Request,
        hit: Option<usize>,
        candidates: &Candidates<'_>,
    ) -> (Outcome, Reaction) {
        let recording = Arc::clone(&self.recording);
        let Some(next) = hit else { return self.unrecorded_read(channel, request) };
        let state = State { recording: &recording, tape: &self.tape, undone: self.undone(), sent: &self.sent };
        match version(&state, candidates.numbers, next) {
            Version::Recorded(number) => self.serve(number, None, candidates),
            Version::Without(number, reply) => self.serve(number, Some(reply), candidates),
            Version::None(reason) => {
                let outcome = Outcome::Missed { nearest: None, reason };
                (outcome, Reaction::End)
            }
        }
    }

    /// A message of MCP that changes nothing. All of them go to one path, which says nothing of what they are about.
    fn asked(
        &mut self,
        channel: &str,
        request: &Request,
        hit: Option<usize>,
        candidates: &Candidates<'_>,
    ) -> (Outcome, Reaction) {
        match hit {
            Some(number) => self.serve(number, None, candidates),
            None => self.unrecorded_read(channel, request),
        }
    }

    fn unrecorded_read(&self, channel: &str, request: &Request) -> (Outcome, Reaction) {
        let recording = Arc::clone(&self.recording);
        if let Some((interaction, follow_up)) = self.overlay.follow_up(channel, request, false, &recording) {
            let outcome = Outcome::FollowedUp { interaction, items: follow_up.items };
            return (outcome, Reaction::Reply(self.translated(follow_up.reply), Duration::ZERO));
        }
        let reason = "this read is not in the recording".to_owned();
        (self.missed(channel, request, reason), Reaction::End)
    }

    fn undone(&self) -> Undone {
        let mut undone = Undone::default();
        let items = self.overlay.undone_items();
        for number in items.iter().map(|(number, _)| *number).collect::<BTreeSet<_>>() {
            let of_batch: Vec<_> = items.iter().filter(|(other, _)| *other == number).map(|(_, item)| *item).collect();
            undone.add(&self.recording, number, &of_batch);
        }
        undone
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

    /// An effect that is not in the recording is evidence, not a gap: it is answered, so that the run can go on.
    fn unrecorded(&mut self, channel: &str, request: &Request) -> (Outcome, Reaction) {
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

    fn missed(&self, channel: &str, request: &Request, reason: String) -> Outcome {
        Outcome::Missed { nearest: nearest(channel, request, self.recording.interactions()), reason }
    }
}

/// A body that is no JSON.
fn text_of(request: &Request) -> Option<&str> {
    let Request::Http(http) = request else { return None };
    http.body.text().filter(|text| !text.is_empty())
}

/// What the agent is told of a call that the policy stopped.
fn refused(request: &Request, rpc: Option<&super::calls::Call>, rule: &str, because: &str) -> Reply {
    let message = format!("blocked by policy: {because} ({rule})");
    if let Some(answer) = rpc.and_then(|call| call.refused(&message)) {
        return answer;
    }
    match request {
        Request::Http(_) => Reply::Http(error_reply(403, &json!({"error": message}).to_string(), &[])),
        Request::Call(_) => Reply::Call(CallReply::Failed(message)),
    }
}

/// Whether doing it twice is the same as doing it once, by RFC 9110, 9.2.2.
fn is_idempotent(request: &Request) -> bool {
    matches!(request, Request::Http(http) if matches!(http.method.as_str(), "PUT" | "DELETE"))
}

fn status(reply: &Reply) -> Option<u16> {
    match reply {
        Reply::Http(http) => Some(http.status),
        Reply::Call(_) => None,
    }
}
