//! One run of an agent on a thread of its own, with a watchdog.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tokio::sync::Notify;

use super::clock::{self, First};
use super::panics;
use crate::answer::Answer;
use crate::ledger::{Ending, Ledger, Run};
use crate::mutation::Mutation;
use crate::plan::Plan;
use crate::record::BranchRecorder;
use crate::recording::Recording;
use crate::stand_in::StandIn;
use crate::sync::lock;
use crate::world::{Reactions, Replay, Session, Setting, World};

/// What a case may use.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Virtual time until a run counts as hung.
    pub deadline: Duration,
    /// Calls until a run counts as runaway.
    pub calls: usize,
}

/// Real time that a case may take; in virtual time nothing waits, so only a busy loop or blocking code gets there.
const PATIENCE: Duration = Duration::from_secs(10);
/// After the kick; a thread that ignores it is left behind and dies with the process.
const GRACE: Duration = Duration::from_secs(1);

/// A thread on which the runs of one case follow one another, each in a runtime and a world of its own.
pub(super) struct Runner {
    plan: Plan,
    recording: Arc<Recording>,
    limits: Limits,
    name: String,
    /// Who records what live systems say; `None` where everything is replayed.
    live: Option<Arc<BranchRecorder>>,
    thread: Option<Worker>,
}

struct Worker {
    jobs: Sender<Job>,
    runs: Receiver<Run>,
}

struct Job {
    replay: Replay,
    /// Ends an agent that is busy for too long.
    kick: Arc<Notify>,
}

impl Runner {
    pub(super) fn new(plan: &Plan, recording: &Arc<Recording>, limits: Limits, name: &str) -> Self {
        let (plan, recording) = (plan.clone(), Arc::clone(recording));
        Self { plan, recording, limits, name: name.to_owned(), live: None, thread: None }
    }

    /// With live systems behind what is not recorded.
    pub(super) fn live(self, recorder: Option<&Arc<BranchRecorder>>) -> Self {
        Self { live: recorder.cloned(), ..self }
    }

    /// Runs the agent once.
    pub(super) fn replay(&mut self, mutations: Vec<Mutation>) -> Run {
        // The baseline is what the recorded model led to; a branch is what that model said.
        let replaces_model = self.plan.replaces_model() && !mutations.is_empty();
        let reactions = match &self.live {
            _ if replaces_model => Reactions::default(),
            Some(recorder) if !mutations.is_empty() => Reactions::live(&mutations, recorder),
            _ => Reactions::recorded(&mutations, &self.recording),
        };
        // Undisturbed, an agent that asks a model for something else than recorded is another agent.
        let stand_in = if mutations.is_empty() { StandIn::Stop } else { self.plan.stand_in().clone() };
        let setting = Setting {
            redaction: self.plan.redaction().clone(),
            allowed_calls: self.limits.calls,
            policy: self.plan.policy_rules().clone(),
            stand_in,
            reactions,
            replaces_model,
        };
        let replay = Replay::new(Arc::clone(&self.recording), mutations, setting);
        let worker = match self.thread.take().map_or_else(|| self.start(), Ok) {
            Ok(worker) => worker,
            Err(error) => return broken(format!("no thread for the case: {error}")),
        };
        let kick = Arc::new(Notify::new());
        if worker.jobs.send(Job { replay, kick: Arc::clone(&kick) }).is_err() {
            return broken("the case's thread is gone".to_owned());
        }
        let run = self.wait(&worker).or_else(|error| {
            if error == RecvTimeoutError::Timeout {
                kick.notify_one();
            }
            worker.runs.recv_timeout(GRACE)
        });
        match run {
            Ok(run) => {
                self.thread = Some(worker);
                run
            }
            // The thread is left behind; the next run gets another one.
            Err(RecvTimeoutError::Timeout) => {
                let reason = format!(
                    "blocked its thread for {PATIENCE:?} of real time (blocking code, or a loop without await)"
                );
                Run { ending: Ending::Hung { reason }, ..empty() }
            }
            Err(RecvTimeoutError::Disconnected) => broken("the case's thread ended without a result".to_owned()),
        }
    }

    /// Waits for the end of a run. Time in which live systems are at work is not the agent's.
    fn wait(&self, worker: &Worker) -> Result<Run, RecvTimeoutError> {
        let mut patience = PATIENCE;
        loop {
            match worker.runs.recv_timeout(patience) {
                Err(RecvTimeoutError::Timeout) => {
                    let quiet = self.live.as_ref().map_or(PATIENCE, |recorder| recorder.quiet());
                    patience = PATIENCE.saturating_sub(quiet);
                    if patience.is_zero() {
                        return Err(RecvTimeoutError::Timeout);
                    }
                }
                ended => return ended,
            }
        }
    }

    fn start(&self) -> std::io::Result<Worker> {
        let (jobs, todo) = channel::<Job>();
        let (done, runs) = channel();
        let (plan, deadline, test_file) = (self.plan.clone(), self.limits.deadline, self.plan.source().file);
        let work = move || {
            for Job { replay, kick } in todo {
                let session = Session::Replay(Box::new(Mutex::new(replay)));
                let run = run_here(&plan, session, Some(deadline), &kick, test_file);
                // Nobody listens any more if the watchdog gave up.
                if done.send(run).is_err() {
                    break;
                }
            }
        };
        thread::Builder::new().name(self.name.clone()).spawn(work)?;
        Ok(Worker { jobs, runs })
    }
}

/// Runs the agent on this thread, in real time, while it is recorded.
pub(super) fn record(plan: &Plan, session: Session) -> Run {
    let plan = plan.clone();
    let file = plan.source().file;
    let thread = thread::spawn(move || run_here(&plan, session, None, &Notify::new(), file));
    thread.join().unwrap_or_else(|panic| broken(panics::message(&*panic)))
}

fn run_here(plan: &Plan, session: Session, deadline: Option<Duration>, kick: &Notify, test_file: &str) -> Run {
    let runtime = if deadline.is_some() { clock::paused() } else { clock::real() };
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return broken(format!("no runtime for the case: {error}")),
    };
    panics::collect();
    let mut kept = None;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let world = World::new(session);
            kept = Some(world.clone());
            let agent = plan.start(world.clone());
            let first = clock::first(agent, world.over(), deadline, kick.notified()).await;
            (first, world.elapsed())
        })
    }));
    runtime.shutdown_background();
    let panic = panics::take();
    let mut swallowed = None;
    let (ending, elapsed) = match outcome {
        Ok((first, elapsed)) => {
            swallowed = panic.map(|panic| format!("a task panicked at {}: {}", panic.location, panic.message));
            (ending(first, deadline, elapsed), elapsed)
        }
        Err(payload) => {
            let panic =
                panic.unwrap_or_else(|| panics::Panic { message: panics::message(&*payload), ..Default::default() });
            if panic.setup {
                (Ending::Broken { reason: panic.message }, Duration::ZERO)
            } else {
                let in_test = panic.file == test_file;
                (Ending::Panicked { message: panic.message, location: panic.location, in_test }, Duration::ZERO)
            }
        }
    };
    let mut run = Run { ending, elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX), ..empty() };
    if let Some(world) = kept {
        run.notes = world.notes();
        run.notes.extend(swallowed);
        if let Session::Replay(replay) = world.session() {
            (run.ledger, run.unused) = lock(replay).finish();
        }
    }
    run
}

fn ending(first: First<Answer>, deadline: Option<Duration>, elapsed: Duration) -> Ending {
    match first {
        First::Done(answer) => Ending::Answered { answer },
        First::Over => Ending::Stopped,
        First::Deadline => {
            let reason = format!("no answer after {:?} of virtual time", deadline.unwrap_or(elapsed));
            Ending::Hung { reason }
        }
        First::Kicked => {
            let reason = format!(
                "busy for {PATIENCE:?} of real time after {elapsed:?} of virtual time (a loop without waiting, or a \
                 deadline on `std::time::Instant`, which virtual time does not move)"
            );
            Ending::Hung { reason }
        }
    }
}

fn empty() -> Run {
    Run { ending: Ending::Stopped, ledger: Ledger::default(), unused: Vec::new(), notes: Vec::new(), elapsed_ms: 0 }
}

fn broken(reason: String) -> Run {
    Run { ending: Ending::Broken { reason }, ..empty() }
}
