//! What was recorded for one case alone, and who is asked where that has no answer either.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use checkagent_cassette::key::Key;
use checkagent_cassette::{Body, Fidelity, HttpRequest, Interaction, Reply, Request};
use serde_json::json;

use crate::mutation::Mutation;
use crate::plan::{branch_name, branch_of, versions};
use crate::record::BranchRecorder;
use crate::recording::Recording;

/// The answers to what the recording has no answer for: those of a branch, or of live systems.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reactions {
    known: Vec<Interaction>,
    /// How many were given to requests of each key.
    given: HashMap<Key, usize>,
    live: Option<Live>,
}

/// A branch that is being recorded.
#[derive(Clone, Debug)]
struct Live {
    recorder: Arc<BranchRecorder>,
    branch: String,
    /// What is asked at this moment, by the number of the call.
    under_way: HashMap<usize, Asked>,
}

/// A request to a live system.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub channel: String,
    pub key: Key,
    /// Without secrets.
    pub request: Request,
    pub of_model: bool,
    /// Ids of the agent's own that stand in the request.
    pub ids: Vec<String>,
}

impl Asked {
    /// What is kept of the request. A conversation holds again all that was said before, and is found by its key: of it
    /// only the ids are kept that may stand in the answer, too.
    fn kept(&self) -> Request {
        match &self.request {
            Request::Http(http) if self.of_model => {
                let body = if self.ids.is_empty() { Body::Empty } else { Body::from_json(&json!({"ids": self.ids})) };
                Request::Http(HttpRequest { body, ..http.clone() })
            }
            request => request.clone(),
        }
    }
}

/// Where an answer comes from.
#[derive(Debug)]
pub(super) enum Source {
    /// It was recorded for this case.
    Branch(Box<Interaction>),
    /// A live system is to be asked.
    Live,
}

impl Reactions {
    /// What the recording has for these faults.
    pub(crate) fn recorded(faults: &[Mutation], recording: &Recording) -> Self {
        let known = branch_of(faults, recording).map(|branch| branch.interactions.clone()).unwrap_or_default();
        Self { known, ..Self::default() }
    }

    /// What is known for these faults so far; the rest is asked for.
    pub(crate) fn live(faults: &[Mutation], recorder: &Arc<BranchRecorder>) -> Self {
        let branch = branch_name(faults);
        let known = recorder.begin(&branch, versions(faults));
        let live = Live { recorder: Arc::clone(recorder), branch, under_way: HashMap::new() };
        Self { known, given: HashMap::new(), live: Some(live) }
    }

    /// The recorder of the branch, while it is recorded.
    pub(super) fn recorder(&self) -> Option<&Arc<BranchRecorder>> {
        self.live.as_ref().map(|live| &live.recorder)
    }

    /// Whether there is nothing but the recording.
    pub(super) fn are_none(&self) -> bool {
        self.live.is_none() && self.known.is_empty()
    }

    /// Where the answer to a request comes from; `None` if there is none. What is asked again after the last answer gets
    /// that one once more, unless a live system can say something else.
    pub(super) fn next(&mut self, channel: &str, key: Key, of_model: bool) -> Option<Source> {
        let given = self.given.entry(key).or_default();
        let mut same = self.known.iter().filter(|known| known.key == key);
        let found = match &self.live {
            Some(_) => same.nth(*given),
            None => same.clone().nth(*given).or_else(|| same.next_back()),
        };
        match (found, &self.live) {
            (Some(found), live) => {
                if let Some(live) = live {
                    live.recorder.used(&live.branch);
                }
                *given += 1;
                Some(Source::Branch(Box::new(found.clone())))
            }
            (None, Some(live)) if of_model || live.recorder.is_live(channel) => {
                *given += 1;
                Some(Source::Live)
            }
            (None, _) => None,
        }
    }

    /// A live system is asked, on account of the call of that number.
    pub(super) fn asking(&mut self, call: usize, asked: Asked) {
        if let Some(live) = &mut self.live {
            live.under_way.insert(call, asked);
        }
    }

    /// The answer of the live system, without secrets: what was asked, if the answer can be kept.
    pub(super) fn answered(&mut self, call: usize, reply: Result<(Reply, Duration), String>) -> Option<(Asked, Reply)> {
        let live = self.live.as_mut()?;
        let asked = live.under_way.remove(&call)?;
        let kept = reply.and_then(|(reply, latency)| {
            match BranchRecorder::refusal(&asked.request.label(), &reply, asked.of_model) {
                Some(refusal) => Err(refusal),
                None => Ok((reply, latency)),
            }
        });
        match kept {
            Ok((reply, latency)) => {
                let interaction = Interaction {
                    number: 0,
                    channel: asked.channel.as_str().into(),
                    key: asked.key,
                    request: asked.kept(),
                    reply: reply.clone(),
                    latency: Some(latency),
                    fidelity: Fidelity::Wire,
                };
                live.recorder.completed(&live.branch, interaction);
                Some((asked, reply))
            }
            Err(problem) => {
                live.recorder.fail(problem);
                None
            }
        }
    }
}
