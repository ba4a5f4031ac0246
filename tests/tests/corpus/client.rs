//! A client that asks for everything that a recording holds, in order, whatever it is told.

use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use checkagent::cassette::origin::from_template;
use checkagent::cassette::{CallReply, Cassette, Interaction, Reply, Request};
use checkagent::{Answer, EffectError, EffectErrorKind, World};
use http_body_util::BodyExt;
use serde_json::Value;

/// The waits before a request is sent again, in virtual time.
const WAITS: [Duration; 3] = [Duration::from_secs(10), Duration::from_secs(120), Duration::from_secs(900)];
/// How long a reply may take, in virtual time.
const PATIENCE: Duration = Duration::from_secs(300);

/// A plan holds a function without state: what it asks for stands here.
static SCRIPT: RwLock<Option<Arc<Vec<Step>>>> = RwLock::new(None);

/// One request, and how the recording says that it goes.
enum Step {
    Http { channel: String, request: Box<http::Request<Bytes>>, status: u16 },
    Call { name: String, args: Value, effect: bool, fails: bool },
}

/// Whether an agent can ask for it: a trace's calls of a model have no seam.
pub fn has_seam(interaction: &Interaction) -> bool {
    matches!(interaction.request, Request::Http(_)) || interaction.channel == *"code"
}

/// Lets [`client`] ask for what is in a cassette.
///
/// # Errors
///
/// When a recorded request is none that can be sent.
pub fn play(cassette: &Cassette) -> Result<(), String> {
    let origins = cassette.header().origins();
    let step = |interaction: &Interaction| {
        let request = interaction.request.clone().map_texts(&|text| from_template(text, &origins));
        match (request, &interaction.reply) {
            (Request::Http(request), Reply::Http(reply)) => {
                let mut out = http::Request::builder().method(request.method.as_str()).uri(request.target.as_str());
                for (name, value) in &request.headers {
                    out = out.header(name.as_str(), value.as_bytes());
                }
                let body = Bytes::from(request.body.to_bytes().into_owned());
                let request = Box::new(out.body(body).map_err(|error| error.to_string())?);
                Ok(Step::Http { channel: interaction.channel.to_string(), request, status: reply.status })
            }
            (Request::Call(call), reply) => {
                let fails = matches!(reply, Reply::Call(CallReply::Failed(_)));
                Ok(Step::Call { name: call.name.to_string(), args: call.args, effect: call.effect, fails })
            }
            _ => Err(format!("interaction {}: request and reply are of different kinds", interaction.number)),
        }
    };
    let seen = cassette.interactions().iter().filter(|interaction| has_seam(interaction));
    let steps = seen.map(step).collect::<Result<Vec<_>, String>>()?;
    *SCRIPT.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(steps));
    Ok(())
}

/// Sends every request, and up to three times more where it does not go as recorded. It claims to be done, whatever was
/// said: what it says of the world proves nothing, that it gets to its end does.
pub fn client(world: World) -> Pin<Box<dyn Future<Output = Answer>>> {
    Box::pin(async move {
        let script = SCRIPT.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(script) = script else { return Answer::error("no script") };
        for step in script.iter() {
            let mut waits = WAITS.iter();
            while !went_as_recorded(&world, step).await {
                let Some(wait) = waits.next() else { break };
                tokio::time::sleep(*wait).await;
            }
        }
        Answer::done(script.len())
    })
}

async fn went_as_recorded(world: &World, step: &Step) -> bool {
    match step {
        Step::Http { channel, request, status } => {
            let came = tokio::time::timeout(PATIENCE, async {
                let reply = world.exchange(channel, (**request).clone()).await.ok()?;
                let status = reply.status().as_u16();
                reply.into_body().collect().await.ok()?;
                Some(status)
            });
            came.await.ok().flatten().is_some_and(|came| came < 400 || came == *status)
        }
        Step::Call { name, args, effect, fails } => {
            // Nothing real runs in replay.
            let real = std::future::pending::<Result<Value, EffectError>>;
            let called = async {
                if *effect { world.effect(name, args, real).await } else { world.query(name, args, real).await }
            };
            let came = tokio::time::timeout(PATIENCE, called).await;
            came.is_ok_and(|came| came.map_or_else(|error| *fails && error.kind() == EffectErrorKind::Failed, |_| true))
        }
    }
}
