//! Agents that do as little as an agent can: what is left is the cost of the world.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bytes::Bytes;
use checkagent::__private::{AnswerFuture, Source};
use checkagent::mutation::{Bend, Family, Fault, Operator, Site, Truth};
use checkagent::{Answer, Case, Plan, Recording, Suite, World};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::synthetic::{CHANNEL, JOB, requests};

/// How an agent talks to its world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Not at all: what a case costs by itself.
    Silent,
    /// Not at all, and its world outlives it: what a case keeps in memory.
    Keeping,
    /// [`World::exchange`]: no socket.
    InProcess,
    /// HTTP/1.1 over one connection on loopback, which it opens itself.
    Loopback,
}

/// What every agent of this process does: a plan holds a function pointer, which has no state of its own.
static SCRIPT: RwLock<Option<Arc<Script>>> = RwLock::new(None);

/// The worlds of [`Way::Keeping`].
static KEPT: Mutex<Vec<World>> = Mutex::new(Vec::new());

struct Script {
    way: Way,
    requests: Vec<http::Request<Bytes>>,
}

/// A suite whose agent sends the requests of its recording, one after the other.
///
/// # Panics
///
/// If the recording cannot be replayed.
#[must_use]
pub fn suite(cassette: &Path, way: Way, operator: impl Operator) -> Suite {
    suite_with(cassette, way, operator, |plan| plan)
}

/// As [`suite`], with more to say of the plan.
///
/// # Panics
///
/// If the recording cannot be replayed.
#[must_use]
pub fn suite_with(cassette: &Path, way: Way, operator: impl Operator, more: impl FnOnce(Plan) -> Plan) -> Suite {
    let plan = plan("replay").cassette(&cassette.display().to_string()).mutations(operator);
    let suite = Suite::load(more(plan));
    let suite = suite.expect("the cassette fits the plan");
    let requests = requests(suite.recording().cassette());
    // An agent that says nothing has no baseline: it leaves the recording unused.
    let loud = if matches!(way, Way::Silent | Way::Keeping) { Way::InProcess } else { way };
    play(Script { way: loud, requests: requests.clone() });
    suite.baseline().expect("the agent replays its recording");
    play(Script { way, requests });
    suite
}

/// A plan with the agent of this process.
#[must_use]
pub fn plan(function: &'static str) -> Plan {
    let source = Source {
        module: "checkagent_benches::agent",
        function,
        file: file!(),
        line: line!(),
        manifest_dir: env!("CARGO_MANIFEST_DIR"),
    };
    Plan::new(source, |world| -> AnswerFuture { Box::pin(run(world)) }, |_, _| {})
}

/// The case of that operator in a suite.
///
/// # Panics
///
/// If the operator has no case.
#[must_use]
pub fn first_case(suite: &Suite) -> &Case {
    suite.matrix().cases.first().expect("the operator has a site")
}

fn play(script: Script) {
    *SCRIPT.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(script));
}

async fn run(world: World) -> Answer {
    let script = SCRIPT.read().unwrap_or_else(PoisonError::into_inner).clone();
    let Some(script) = script else { return Answer::error("no script") };
    let read = match script.way {
        Way::Silent => Ok(0),
        Way::Keeping => {
            KEPT.lock().unwrap_or_else(PoisonError::into_inner).push(world);
            Ok(0)
        }
        Way::InProcess => in_process(&world, &script.requests).await,
        Way::Loopback => loopback(&world, &script.requests).await,
    };
    match read {
        Ok(bytes) => Answer::done(bytes),
        Err(error) => Answer::error(error),
    }
}

type Failure = Box<dyn std::error::Error>;

async fn in_process(world: &World, requests: &[http::Request<Bytes>]) -> Result<usize, Failure> {
    let mut read = 0;
    let mut requests = requests.iter();
    while let Some(request) = requests.next() {
        let reply = world.exchange(CHANNEL, request.clone()).await?;
        if !reply.status().is_success() {
            // What failed cannot be read back: the request after an effect asks for what it made.
            requests.next();
        }
        read += reply.into_body().collect().await?.to_bytes().len();
    }
    Ok(read)
}

async fn loopback(world: &World, requests: &[http::Request<Bytes>]) -> Result<usize, Failure> {
    let base: http::Uri = world.http(CHANNEL).parse()?;
    let host = base.authority().ok_or("the base URL has no host")?.to_string();
    let stream = TcpStream::connect(&host).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let host: http::HeaderValue = host.parse()?;
    let mut read = 0;
    for request in requests {
        let mut request = request.clone().map(Full::new);
        request.headers_mut().insert(http::header::HOST, host.clone());
        let reply = sender.send_request(request).await?;
        read += reply.into_body().collect().await?.to_bytes().len();
    }
    Ok(read)
}

/// An operator with so many sites that changes nothing: its cases cost what a world costs.
#[derive(Clone, Copy, Debug)]
pub struct Untouched {
    /// The number of sites.
    pub sites: usize,
}

impl Operator for Untouched {
    fn id(&self) -> &'static str {
        "untouched"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        recording
            .interactions()
            .iter()
            .cycle()
            .take(self.sites)
            .map(|interaction| Site::at(interaction.number))
            .collect()
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        Bend::Fault { at: site.interaction, fault: Fault::Reset, times: 0 }
    }
}

/// An operator that lets one early effect fail, the last one of the first job.
#[derive(Clone, Copy, Debug)]
pub struct FailedEffect;

impl Operator for FailedEffect {
    fn id(&self) -> &'static str {
        "failed_effect"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let first_job = 1..=JOB.min(recording.interactions().len());
        first_job.rev().filter(|number| recording.changed_something(*number)).take(1).map(Site::at).collect()
    }

    fn bend(&self, site: &Site, _recording: &Recording) -> Bend {
        Bend::Fault { at: site.interaction, fault: Fault::status(503, r#"{"error":"unavailable"}"#), times: 1 }
    }
}
