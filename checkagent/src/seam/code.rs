//! The seam for an agent's own code: a database call, a shell command.

use std::fmt::{self, Display};

use serde::Serialize;
use serde::de::DeserializeOwned;

use checkagent_cassette::{CODE, CallReply, CallRequest, Reply, Request};

use crate::world::{Reaction, Session, World};

/// Why a replayed call of the agent's own code failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectError {
    kind: EffectErrorKind,
    message: String,
}

/// The kinds of failures of a replayed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EffectErrorKind {
    /// It failed when it was recorded.
    Failed,
    /// The case lets the service behind it fail.
    Unavailable,
    /// The case loses the connection to it.
    ConnectionLost,
    /// The returned value does not have the expected type (any more).
    Malformed,
}

impl EffectError {
    fn new(kind: EffectErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> EffectErrorKind {
        self.kind
    }
}

impl Display for EffectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EffectError {}

impl World {
    /// A call of the agent's own code that changes the outside: recorded once, replayed and bent like HTTP traffic.
    ///
    /// `name` is what the call is called in reports; `args` (any JSON value) identifies it together with the name.
    /// `real` runs only while recording.
    ///
    /// # Errors
    ///
    /// What `real` returns; in replay an [`EffectError`], turned into the agent's own error type.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(world: checkagent::World) -> Result<(), Box<dyn std::error::Error>> {
    /// let order = 17;
    /// let id: u64 = world
    ///     .effect("insert_refund", &order, || async { Ok::<_, Box<dyn std::error::Error>>(4711) })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn effect<A, R, E, F, Fut>(&self, name: &str, args: &A, real: F) -> Result<R, E>
    where
        A: Serialize + ?Sized,
        R: Serialize + DeserializeOwned,
        E: From<EffectError> + Display,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<R, E>>,
    {
        self.call(name, true, args, real).await
    }

    /// As [`World::effect`], for a call that only reads.
    ///
    /// # Errors
    ///
    /// As [`World::effect`].
    pub async fn query<A, R, E, F, Fut>(&self, name: &str, args: &A, real: F) -> Result<R, E>
    where
        A: Serialize + ?Sized,
        R: Serialize + DeserializeOwned,
        E: From<EffectError> + Display,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<R, E>>,
    {
        self.call(name, false, args, real).await
    }

    async fn call<A, R, E, F, Fut>(&self, name: &str, effect: bool, args: &A, real: F) -> Result<R, E>
    where
        A: Serialize + ?Sized,
        R: Serialize + DeserializeOwned,
        E: From<EffectError> + Display,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<R, E>>,
    {
        let malformed = |error: serde_json::Error| {
            E::from(EffectError::new(EffectErrorKind::Malformed, format!("`{name}`: {error}")))
        };
        let args = serde_json::to_value(args).map_err(malformed)?;
        let request = CallRequest { name: name.into(), effect, args, id: None };
        let reply = match self.session() {
            Session::Replay(_) => match self.react(CODE, Request::Call(request)).await {
                Reaction::Ask(call) => {
                    let started = tokio::time::Instant::now();
                    let running = self.run_for_real();
                    let returned = real().await;
                    drop(running);
                    let said = said(&returned).map_err(malformed)?;
                    let took = started.elapsed();
                    return match self.reacted(call, Ok((Reply::Call(said), took)), took).await {
                        Reaction::Reply(..) => returned,
                        _ => std::future::pending().await,
                    };
                }
                reaction => replayed(reaction).await,
            },
            Session::Record(recorder) => {
                if let Some(Reply::Call(reply)) = recorder.known(CODE, &Request::Call(request.clone())) {
                    Ok(reply)
                } else {
                    let started = tokio::time::Instant::now();
                    let returned = real().await;
                    let said = Reply::Call(said(&returned).map_err(malformed)?);
                    recorder.completed(CODE, &Request::Call(request), &said, started.elapsed());
                    return returned;
                }
            }
        };
        match reply {
            Ok(CallReply::Returned(value)) => serde_json::from_value(value).map_err(malformed),
            Ok(CallReply::Failed(message)) => Err(EffectError::new(EffectErrorKind::Failed, message).into()),
            Err(error) => Err(error.into()),
        }
    }
}

/// What really came of a call, as it is recorded.
fn said<R: Serialize, E: Display>(returned: &Result<R, E>) -> serde_json::Result<CallReply> {
    Ok(match returned {
        Ok(value) => CallReply::Returned(serde_json::to_value(value)?),
        Err(error) => CallReply::Failed(error.to_string()),
    })
}

async fn replayed(reaction: Reaction) -> Result<CallReply, EffectError> {
    match reaction {
        Reaction::Reply(Reply::Call(reply), _) => Ok(reply),
        Reaction::Reply(Reply::Http(reply), _) => {
            let body = reply.body();
            let message = format!("{} {}", reply.status, body.text().unwrap_or_default());
            Err(EffectError::new(EffectErrorKind::Unavailable, message))
        }
        Reaction::Reset => Err(EffectError::new(EffectErrorKind::ConnectionLost, "the connection was lost")),
        Reaction::Stall | Reaction::End | Reaction::Ask(_) => std::future::pending().await,
    }
}
