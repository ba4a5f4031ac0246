//! The handle that a test gets.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use checkagent_cassette::origin::{from_template, origin_of, to_template};
use checkagent_cassette::{Reply, Request};

use super::replay::{Reaction, Replay};
use crate::record::{BranchRecorder, Recorder};
use crate::sync::lock;

/// What an agent talks to during one case: a recording, one case's mutations, a clock and a ledger.
///
/// Cheap to clone; every clone is the same world.
///
/// # Examples
///
/// ```no_run
/// use checkagent::{Answer, World, agent_test};
///
/// #[agent_test(layer = "replay", cassette = "cassettes/export.json", upstream(records = "http://localhost:8888/v1"))]
/// async fn export(world: World) -> Answer {
///     let base = world.http("records"); // for any client that takes a base URL
///     Answer::done(my_agent(&base).await)
/// }
/// # async fn my_agent(_: &str) -> u32 { 0 }
/// ```
#[derive(Clone)]
pub struct World {
    shared: Arc<Shared>,
}

struct Shared {
    session: Session,
    /// The base URL of each channel that is being served.
    bases: Mutex<BTreeMap<String, String>>,
    upstream_origins: OnceLock<Vec<(String, String)>>,
    served_origins: OnceLock<Vec<(String, String)>>,
    notes: Mutex<Vec<String>>,
    started: Instant,
    over: Notify,
    /// How many calls of own code run for real, in real time.
    for_real: AtomicUsize,
}

/// A call of own code that runs for real.
pub(crate) struct ForReal<'w> {
    world: &'w World,
    recorder: Option<Arc<BranchRecorder>>,
}

impl Drop for ForReal<'_> {
    fn drop(&mut self) {
        if let Some(recorder) = &self.recorder {
            recorder.answered();
        }
        // A call may be dropped together with its runtime.
        let is_last = self.world.shared.for_real.fetch_sub(1, Ordering::SeqCst) == 1;
        if is_last && tokio::runtime::Handle::try_current().is_ok() {
            tokio::time::pause();
        }
    }
}

/// What stands behind a world.
pub(crate) enum Session {
    Replay(Box<Mutex<Replay>>),
    Record(Arc<Recorder>),
}

/// The panic payload of a test that asks the world for something it cannot have.
pub(crate) struct SetupError(pub String);

impl World {
    /// A world inside the current runtime.
    pub(crate) fn new(session: Session) -> Self {
        let shared = Shared {
            session,
            bases: Mutex::default(),
            upstream_origins: OnceLock::new(),
            served_origins: OnceLock::new(),
            notes: Mutex::default(),
            started: Instant::now(),
            over: Notify::new(),
            for_real: AtomicUsize::new(0),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Virtual time since the start of the case (real time while recording).
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.shared.started.elapsed()
    }

    /// Notes something that is shown if the case fails.
    pub fn note(&self, text: impl Into<String>) {
        lock(&self.shared.notes).push(format!("{:?}  {}", self.elapsed(), text.into()));
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.shared.notes))
    }

    pub(crate) fn session(&self) -> &Session {
        &self.shared.session
    }

    /// Answers a request in replay; waits out the virtual latency.
    pub(crate) async fn react(&self, channel: &str, request: Request) -> Reaction {
        let Session::Replay(replay) = &self.shared.session else { return Reaction::End };
        let origins = self.known_origins();
        let request = request.map_texts(&|text| to_template(text, origins));
        let reaction = lock(replay).answer(channel, &request, self.elapsed());
        self.delivered(reaction).await
    }

    /// Takes what the real system said on account of a call, with its own origins, and how long that took. So much of it
    /// has passed in the world already.
    pub(crate) async fn reacted(
        &self,
        call: usize,
        said: Result<(Reply, Duration), String>,
        passed: Duration,
    ) -> Reaction {
        let Session::Replay(replay) = &self.shared.session else { return Reaction::End };
        let there = self.recorder().map(|recorder| recorder.origins()).unwrap_or_default();
        let said = said.map(|(reply, latency)| (reply.map_texts(&|text| to_template(text, &there)), latency));
        let reaction = match lock(replay).reacted(call, said) {
            Reaction::Reply(reply, after) => Reaction::Reply(reply, after.saturating_sub(passed)),
            other => other,
        };
        self.delivered(reaction).await
    }

    /// Who records what live systems say to a case, if anybody does.
    pub(crate) fn recorder(&self) -> Option<Arc<BranchRecorder>> {
        match &self.shared.session {
            Session::Replay(replay) => lock(replay).recorder().cloned(),
            Session::Record(_) => None,
        }
    }

    /// The agent's own code runs for real: until the result is dropped, time passes by itself.
    pub(crate) fn run_for_real(&self) -> ForReal<'_> {
        if self.shared.for_real.fetch_add(1, Ordering::SeqCst) == 0 {
            tokio::time::resume();
        }
        let recorder = self.recorder();
        if let Some(recorder) = &recorder {
            recorder.asking();
        }
        ForReal { world: self, recorder }
    }

    /// Waits out the virtual latency, and puts the origins in that the agent knows.
    async fn delivered(&self, reaction: Reaction) -> Reaction {
        let origins = self.known_origins();
        match reaction {
            Reaction::Reply(reply, after) => {
                if !after.is_zero() {
                    tokio::time::sleep(after).await;
                }
                Reaction::Reply(reply.map_texts(&|text| from_template(text, origins)), after)
            }
            Reaction::End => {
                self.shared.over.notify_one();
                Reaction::End
            }
            other => other,
        }
    }

    /// The base URL of each channel that is being served.
    pub(crate) fn bases(&self) -> &Mutex<BTreeMap<String, String>> {
        &self.shared.bases
    }

    /// The base URL that each HTTP channel has, or had when it was recorded.
    pub(crate) fn upstreams(&self) -> Vec<(String, String)> {
        match &self.shared.session {
            Session::Record(recorder) => recorder.upstreams(),
            Session::Replay(replay) => lock(replay).recording().cassette().header().bases(),
        }
    }

    /// The origin of each channel as the agent sees it: that of our server, or for an agent that has its own transport
    /// that of the real service.
    pub(crate) fn origins(&self) -> Vec<(String, String)> {
        self.known_origins().to_vec()
    }

    fn known_origins(&self) -> &[(String, String)] {
        fn of(bases: impl IntoIterator<Item = (String, String)>) -> Vec<(String, String)> {
            bases.into_iter().filter_map(|(name, base)| Some((name, origin_of(&base)?))).collect()
        }
        // All servers are started at once: from then on the agent sees other origins than before, and no others again.
        let bases = lock(&self.shared.bases);
        if bases.is_empty() {
            drop(bases);
            return self.shared.upstream_origins.get_or_init(|| of(self.upstreams()));
        }
        self.shared.served_origins.get_or_init(|| of(bases.clone()))
    }

    /// Completes when the case cannot go on.
    pub(crate) async fn over(&self) {
        self.shared.over.notified().await;
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("bases", &*lock(&self.shared.bases)).finish_non_exhaustive()
    }
}
