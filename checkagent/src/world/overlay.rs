//! The bends of one case, carried out.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use checkagent_cassette::analysis::Endpoint;
use checkagent_cassette::key::Key;
use checkagent_cassette::{HttpReply, Reply, Request};

use crate::ledger::Outcome;
use crate::ledger::{Change, changes};
use crate::mutation::shape::Moment;
use crate::mutation::{Bend, Fault, FollowUp, Loss, Mutation, Refusal, Scope, Until};
use crate::recording::Recording;

/// What is different in this case's world, and how far that has come.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    bends: Vec<Active>,
    /// How many replies were made up so far.
    made_up: u64,
}

#[derive(Debug)]
struct Active {
    /// The position of the fault in the case.
    fault: usize,
    mutation: Mutation,
    bend: Bend,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Not met so far.
    Waiting,
    /// So many times still to come.
    Left(u32),
    /// A limit holds.
    Limited(Limit),
    /// The channel is down since then, for so many calls more.
    Down { since: Duration, left: u32 },
    /// A token is refused, or a rewrite is in force.
    On,
    /// Items of a batch that are not done.
    Undone(BTreeSet<usize>),
    /// It is over.
    Over,
}

/// What stands in front of the recorded reply.
pub(super) enum Front {
    Reply(HttpReply, Outcome),
    Stall(Outcome),
    Reset(Outcome),
}

/// What becomes of a recorded reply.
pub(super) enum After {
    /// It is given as it is or as this other one, changed in these ways, and so much later.
    Reply(Option<Reply>, Vec<Change>, Duration),
    PartlyDone(Reply, Vec<usize>, usize),
    Lost(Loss),
}

impl Overlay {
    pub(super) fn new(mutations: Vec<Mutation>, recording: &Recording) -> Self {
        let bends = mutations.into_iter().enumerate().flat_map(|(fault, mutation)| {
            let parts = mutation.operator.bend(&mutation.site, recording).parts();
            parts.into_iter().map(move |bend| {
                let state = State::before(&bend);
                Active { fault, mutation: mutation.clone(), state, bend }
            })
        });
        Self { bends: bends.collect(), made_up: 0 }
    }

    /// What the agent meets instead of the reply, if anything.
    pub(super) fn in_front(
        &mut self,
        channel: &str,
        key: Key,
        hit: Option<usize>,
        now: Duration,
        recording: &Recording,
    ) -> Option<Front> {
        let moment = Moment { wait: Duration::ZERO, now: SystemTime::now(), number: self.made_up + 1 };
        let front = self.bends.iter_mut().find_map(|active| {
            let concerned =
                recording.interactions().get(active.bend.interaction().checked_sub(1)?)?.channel == *channel;
            if concerned { active.hold(key, hit, now, &moment) } else { None }
        });
        let front = front.or_else(|| {
            let hit = hit?;
            self.bends.iter_mut().find_map(|active| active.meet(key, hit, now, &moment))
        });
        self.made_up += u64::from(front.is_some());
        front
    }

    /// The answer to a request that only a delivered fault provokes.
    pub(super) fn follow_up(
        &self,
        channel: &str,
        request: &Request,
        effect: bool,
        recording: &Recording,
    ) -> Option<(usize, FollowUp)> {
        let asked = Endpoint::of_request(channel, request);
        self.bends.iter().filter(|active| active.was_met()).find_map(|active| {
            let Mutation { operator, site } = &active.mutation;
            let endpoint = recording.endpoint(site.interaction);
            if endpoint.channel != channel || (effect && *endpoint != asked) {
                return None;
            }
            operator.follow_up(site, recording, request).map(|follow_up| (site.interaction, follow_up))
        })
    }

    /// The request that this one is under another name, where a delivered fault renamed it.
    pub(super) fn stands_for(&self, request: &Request, recording: &Recording) -> Option<Request> {
        let mut met = self.bends.iter().filter(|active| active.was_met());
        met.find_map(|active| active.mutation.operator.stands_for(&active.mutation.site, recording, request))
    }

    /// The faults of the case.
    pub(super) fn mutations(&self) -> Vec<Mutation> {
        let mut faults: Vec<_> = self.bends.iter().map(|active| (active.fault, &active.mutation)).collect();
        faults.dedup_by_key(|(fault, _)| *fault);
        faults.into_iter().map(|(_, mutation)| mutation.clone()).collect()
    }

    /// The faults that were delivered, by their position in the case.
    pub(super) fn met(&self) -> Vec<usize> {
        let met = self.bends.iter().filter(|active| active.was_met()).map(|active| active.fault);
        met.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Notes that items of a batch were done; returns those that had been done before.
    pub(super) fn items_done(&mut self, interaction: usize, items: &[usize]) -> Vec<usize> {
        let mut again = items.to_vec();
        for active in &mut self.bends {
            if let (State::Undone(undone), true) = (&mut active.state, active.bend.interaction() == interaction) {
                again.retain(|item| !undone.remove(item));
            }
        }
        again
    }

    /// The interaction and the items of batches that are not done.
    pub(super) fn undone_items(&self) -> Vec<(usize, usize)> {
        let undone = self.bends.iter().flat_map(|active| match &active.state {
            State::Undone(items) => {
                let interaction = active.bend.interaction();
                items.iter().map(|item| (interaction, *item)).collect()
            }
            _ => Vec::new(),
        });
        undone.collect()
    }

    /// What becomes of a reply that is about to be served.
    pub(super) fn after(&mut self, number: usize, reply: &Reply, recording: &Recording) -> After {
        let mut reply = Cow::Borrowed(reply);
        let mut bent = Vec::new();
        let mut late = Duration::ZERO;
        for active in &mut self.bends {
            match (&active.bend, &mut active.state) {
                (Bend::Lose { at, loss }, State::Waiting) if *at == number => {
                    active.state = State::Over;
                    return After::Lost(loss.clone());
                }
                (Bend::PartlyDone { at, failed, failure }, State::Waiting) if *at == number => {
                    let Some(batch) = recording.batch(number) else { continue };
                    let reply = batch.reply_with_failures(&reply, failed, *failure);
                    let undone = batch.not_done(failed);
                    active.state = State::Undone(undone.iter().copied().collect());
                    return After::PartlyDone(reply, undone, batch.items().len());
                }
                (Bend::Expire { issued_by, .. }, State::On) if *issued_by == number => active.state = State::Over,
                (Bend::Delay { at, by, .. }, State::Left(left @ 1..)) if *at == number => {
                    *left -= 1;
                    late += *by;
                    bent.push(Change::Late { by_ms: millis(*by) });
                }
                (Bend::Replace { at, reply: other, times }, state) if *at == number => {
                    if let (Some(_), State::Left(left)) = (times, state) {
                        let Some(less) = left.checked_sub(1) else { continue };
                        *left = less;
                    } else {
                        active.state = State::On;
                    }
                    bent.extend(changes(&reply, other));
                    reply = Cow::Owned(other.clone());
                }
                (Bend::Rewrite { at, scope, rewrite }, state) => {
                    let in_force = matches!(state, State::On);
                    let concerned = match scope {
                        Scope::Interaction => *at == number,
                        Scope::EndpointFrom(endpoint) => {
                            *at == number || (in_force && recording.endpoint(number) == endpoint)
                        }
                    };
                    if concerned {
                        let changed = rewrite.apply(&reply);
                        bent.extend(changes(&reply, &changed));
                        reply = Cow::Owned(changed);
                        active.state = State::On;
                    }
                }
                _ => {}
            }
        }
        let other = if let Cow::Owned(other) = reply { Some(other) } else { None };
        After::Reply(other, bent, late)
    }
}

/// A limit that holds.
#[derive(Debug)]
struct Limit {
    since: Duration,
    until: Duration,
    /// The requests that were refused at the moment when it began.
    refused: Vec<Key>,
}

impl Limit {
    /// Whether the agent could know of the limit. Another request at the same moment may have been under way; the same
    /// one again is a loop without waiting.
    fn is_early(&mut self, key: Key, now: Duration) -> bool {
        if now > self.since || self.refused.contains(&key) {
            return true;
        }
        self.refused.push(key);
        false
    }
}

impl State {
    fn before(bend: &Bend) -> Self {
        match bend {
            Bend::Fault { times, .. } | Bend::Delay { times, .. } | Bend::Replace { times: Some(times), .. } => {
                Self::Left(*times)
            }
            _ => Self::Waiting,
        }
    }
}

impl Active {
    fn was_met(&self) -> bool {
        match (&self.bend, &self.state) {
            (_, State::Waiting) => false,
            (
                Bend::Fault { times, .. } | Bend::Delay { times, .. } | Bend::Replace { times: Some(times), .. },
                State::Left(left),
            ) => left < times,
            _ => true,
        }
    }

    /// What a call on the channel meets while a limit or an outage holds.
    fn hold(&mut self, key: Key, hit: Option<usize>, now: Duration, moment: &Moment) -> Option<Front> {
        match (&self.bend, &mut self.state) {
            (Bend::Limit { refusal, .. }, State::Limited(limit)) if now < limit.until => {
                let early = limit.is_early(key, now) && refusal.tells_the_wait();
                Some(limited(refusal, hit, limit.until.saturating_sub(now), early, moment))
            }
            (Bend::Outage { fault, until, .. }, State::Down { since, left }) => {
                let holds = match until {
                    Until::Calls(_) => *left > 0,
                    Until::Elapsed(lasting) => now < *since + *lasting,
                    Until::Never => true,
                };
                *left = left.saturating_sub(1);
                if holds {
                    return Some(faulted(fault, hit, moment));
                }
                self.state = State::Over;
                None
            }
            (Bend::Limit { .. }, State::Limited(_)) => {
                self.state = State::Over;
                None
            }
            _ => None,
        }
    }

    /// What the interaction itself meets.
    fn meet(&mut self, key: Key, hit: usize, now: Duration, moment: &Moment) -> Option<Front> {
        match (&self.bend, &mut self.state) {
            (Bend::Fault { at, fault, .. }, State::Left(left @ 1..)) if *at == hit => {
                *left -= 1;
                Some(faulted(fault, Some(hit), moment))
            }
            (Bend::Limit { at, wait, refusal }, State::Waiting) if *at == hit => {
                let front = limited(refusal, Some(hit), *wait, false, moment);
                self.state = State::Limited(Limit { since: now, until: now + *wait, refused: vec![key] });
                Some(front)
            }
            (Bend::Outage { at, fault, until }, State::Waiting) if *at == hit => {
                let calls = if let Until::Calls(calls) = until { *calls } else { 0 };
                let front = faulted(fault, Some(hit), moment);
                self.state = State::Down { since: now, left: calls.saturating_sub(1) };
                Some(front)
            }
            (Bend::Expire { at, reply, .. }, State::Waiting | State::On) if *at == hit => {
                let front = faulted(&Fault::Reply(reply.clone()), Some(hit), moment);
                self.state = State::On;
                Some(front)
            }
            _ => None,
        }
    }
}

fn faulted(fault: &Fault, interaction: Option<usize>, moment: &Moment) -> Front {
    let outcome = |fault: &str| Outcome::Faulted { interaction, fault: fault.to_owned() };
    match (fault.reply(moment), fault) {
        (Some(reply), Fault::Shaped(shape)) => {
            let said = format!("{} ({})", reply.status, shape.id());
            Front::Reply(reply, outcome(&said))
        }
        (Some(reply), _) => {
            let said = reply.status.to_string();
            Front::Reply(reply, outcome(&said))
        }
        (None, Fault::Stall) => Front::Stall(outcome("no reply")),
        (None, _) => Front::Reset(outcome("connection closed")),
    }
}

fn limited(refusal: &Refusal, interaction: Option<usize>, wait: Duration, early: bool, moment: &Moment) -> Front {
    let reply = refusal.reply(&Moment { wait, ..*moment });
    Front::Reply(reply, Outcome::Limited { interaction, wait_ms: millis(wait), early })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
