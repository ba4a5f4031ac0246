//! The bends of one case, carried out.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use checkagent_cassette::analysis::{Difference, differences};
use checkagent_cassette::json::Edit;
use checkagent_cassette::key::Key;
use checkagent_cassette::{HttpReply, Reply, Request};

use super::ledger::Outcome;
use crate::mutation::{Bend, Fault, FollowUp, Loss, Operator, Scope, Site, WaitHint};
use crate::recording::Recording;

/// One fault of a case: an operator at a site.
#[derive(Clone, Debug)]
pub struct Mutation {
    /// The operator.
    pub operator: Arc<dyn Operator>,
    /// Where it applies.
    pub site: Site,
}

/// What is different in this case's world, and how far that has come.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    bends: Vec<Active>,
}

#[derive(Debug)]
struct Active {
    mutation: Mutation,
    bend: Bend,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Not met so far.
    Waiting,
    /// Faults that are still to come.
    Left(u32),
    /// A limit holds.
    Limited(Limit),
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
    Reply(Reply, Vec<Difference>),
    PartlyDone(Reply, Vec<usize>, usize),
    Lost(Loss),
}

impl Overlay {
    pub(super) fn new(mutations: Vec<Mutation>, recording: &Recording) -> Self {
        let bends = mutations.into_iter().map(|mutation| {
            let bend = mutation.operator.bend(&mutation.site, recording);
            let state = if let Bend::Fault { times, .. } = bend { State::Left(times) } else { State::Waiting };
            Active { mutation, bend, state }
        });
        Self { bends: bends.collect() }
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
        for active in &mut self.bends {
            let State::Limited(limit) = &mut active.state else { continue };
            let Bend::Limit { at, hint, reply, .. } = &active.bend else { continue };
            if recording.interaction(*at).channel == *channel {
                if now < limit.until {
                    let early = limit.is_early(key, now);
                    return Some(limited(reply, *hint, hit, limit.until.saturating_sub(now), early));
                }
                active.state = State::Over;
            }
        }
        let hit = hit?;
        self.bends.iter_mut().find_map(|active| active.meet(key, hit, now))
    }

    /// The answer to a request that only a delivered fault provokes.
    pub(super) fn follow_up(
        &self,
        channel: &str,
        request: &Request,
        recording: &Recording,
    ) -> Option<(usize, FollowUp)> {
        self.bends.iter().filter(|active| active.was_met()).find_map(|active| {
            let Mutation { operator, site } = &active.mutation;
            let endpoint = recording.endpoint(site.interaction);
            if *endpoint != checkagent_cassette::analysis::Endpoint::of_request(channel, request) {
                return None;
            }
            operator.follow_up(site, recording, request).map(|follow_up| (site.interaction, follow_up))
        })
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
    pub(super) fn after(&mut self, number: usize, reply: Reply, recording: &Recording) -> After {
        let mut reply = reply;
        let mut bent = Vec::new();
        for active in &mut self.bends {
            match (&active.bend, &active.state) {
                (Bend::Lose { at, loss }, State::Waiting) if *at == number => {
                    active.state = State::Over;
                    return After::Lost(*loss);
                }
                (Bend::PartlyDone { at, failed }, State::Waiting) if *at == number => {
                    let Some(batch) = recording.batch(number) else { continue };
                    let edits: Vec<_> = failed
                        .iter()
                        .map(|index| Edit::Set {
                            at: batch.reply_items.index(*index),
                            value: batch.failed_item(*index),
                        })
                        .collect();
                    let failed = failed.clone();
                    active.state = State::Undone(failed.iter().copied().collect());
                    return After::PartlyDone(reply.edited(&edits), failed, batch.answered.len());
                }
                (Bend::Expire { issued_by, .. }, State::On) if *issued_by == number => active.state = State::Over,
                (Bend::Rewrite { at, scope, edits }, state) => {
                    let in_force = matches!(state, State::On);
                    let concerned = match scope {
                        Scope::Interaction => *at == number,
                        Scope::EndpointFrom(endpoint) => {
                            *at == number || (in_force && recording.endpoint(number) == endpoint)
                        }
                    };
                    if concerned {
                        let changed = reply.edited(edits);
                        let (before, after) = (reply.json().unwrap_or_default(), changed.json().unwrap_or_default());
                        bent.extend(differences(&before, &after));
                        reply = changed;
                        active.state = State::On;
                    }
                }
                _ => {}
            }
        }
        After::Reply(reply, bent)
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

impl Active {
    fn was_met(&self) -> bool {
        !matches!(self.state, State::Waiting)
    }

    fn meet(&mut self, key: Key, hit: usize, now: Duration) -> Option<Front> {
        match (&self.bend, &self.state) {
            (Bend::Fault { at, fault, .. }, State::Left(left @ 1..)) if *at == hit => {
                let front = faulted(fault, hit);
                self.state = if *left > 1 { State::Left(left - 1) } else { State::Over };
                Some(front)
            }
            (Bend::Limit { at, wait, hint, reply }, State::Waiting) if *at == hit => {
                let front = limited(reply, *hint, Some(hit), *wait, false);
                self.state = State::Limited(Limit { since: now, until: now + *wait, refused: vec![key] });
                Some(front)
            }
            (Bend::Expire { at, reply, .. }, State::Waiting | State::On) if *at == hit => {
                let front = faulted(&Fault::Reply(reply.clone()), hit);
                self.state = State::On;
                Some(front)
            }
            _ => None,
        }
    }
}

fn faulted(fault: &Fault, interaction: usize) -> Front {
    let outcome = |fault: String| Outcome::Faulted { interaction, fault };
    match fault {
        Fault::Reply(reply) => Front::Reply(reply.clone(), outcome(reply.status.to_string())),
        Fault::Stall => Front::Stall(outcome("no reply".to_owned())),
        Fault::Reset => Front::Reset(outcome("connection closed".to_owned())),
    }
}

fn limited(reply: &HttpReply, hint: WaitHint, interaction: Option<usize>, wait: Duration, early: bool) -> Front {
    let mut reply = reply.clone();
    // Rounded up: a client that waits as told is never too early.
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let value = match hint {
        WaitHint::Seconds => seconds.to_string(),
        // Clients compare with the wall clock, which a virtual wait does not move.
        WaitHint::HttpDate => httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(seconds + 1)),
    };
    reply.headers.push(("retry-after".into(), value.into()));
    let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    Front::Reply(reply, Outcome::Limited { interaction, wait_ms, early })
}
