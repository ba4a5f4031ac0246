//! A client that sends what is recorded, in order, and each request once more where it fails.

use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use checkagent::cassette::{Cassette, Request};
use checkagent::{Answer, EffectError, World};
use http_body_util::BodyExt;
use serde_json::Value;

/// A plan holds a function without state: what it asks for stands here.
static SCRIPT: RwLock<Option<Arc<Cassette>>> = RwLock::new(None);

/// Lets [`client`] ask for what is in a cassette.
pub fn play(cassette: &Cassette) {
    *SCRIPT.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(cassette.clone()));
}

/// Claims to be done, whatever was said.
pub fn client(world: World) -> Pin<Box<dyn Future<Output = Answer>>> {
    Box::pin(async move {
        let script = SCRIPT.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(script) = script else { return Answer::error("no script") };
        for interaction in script.interactions() {
            for wait in [0, 120] {
                tokio::time::sleep(Duration::from_secs(wait)).await;
                let asked = ask(&world, &interaction.channel, &interaction.request);
                if tokio::time::timeout(Duration::from_secs(600), asked).await.is_ok_and(|came| came.is_some()) {
                    break;
                }
            }
        }
        Answer::done("everything was asked for")
    })
}

/// How many bytes came; `None` if none could.
async fn ask(world: &World, channel: &str, request: &Request) -> Option<usize> {
    match request {
        Request::Http(http) => {
            let mut out = http::Request::builder().method(http.method.as_str()).uri(http.target.as_str());
            for (name, value) in &http.headers {
                out = out.header(name.as_str(), value.as_bytes());
            }
            // What cannot be sent is not asked for.
            let out = out.body(Bytes::from(http.body.to_bytes().into_owned())).ok()?;
            let reply = world.exchange(channel, out).await.ok()?;
            Some(reply.into_body().collect().await.ok()?.to_bytes().len())
        }
        Request::Call(call) => {
            let real = std::future::pending::<Result<Value, EffectError>>;
            let came = if call.effect {
                world.effect(&call.name, &call.args, real).await
            } else {
                world.query(&call.name, &call.args, real).await
            };
            came.ok().map(|value| value.to_string().len())
        }
    }
}
