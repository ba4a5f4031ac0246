//! Whichever comes first; the only module that builds runtimes for agents.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

/// What came first.
pub(super) enum First<A> {
    /// The agent's answer.
    Done(A),
    /// The world cannot go on.
    Over,
    /// The virtual deadline.
    Deadline,
    /// The waiting thread lost patience.
    Kicked,
}

/// A runtime whose clock moves only when nothing is left to do.
pub(super) fn paused() -> std::io::Result<Runtime> {
    Builder::new_current_thread().enable_all().start_paused(true).build()
}

/// A runtime in real time, for recording.
pub(super) fn real() -> std::io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Waits for the agent, the end of its world, the deadline or a kick.
pub(super) async fn first<A>(
    agent: impl Future<Output = A>,
    over: impl Future<Output = ()>,
    deadline: Option<Duration>,
    kick: impl Future<Output = ()>,
) -> First<A> {
    let deadline = async {
        match deadline {
            Some(deadline) => tokio::time::sleep(deadline).await,
            None => std::future::pending().await,
        }
    };
    let (mut agent, mut over, mut deadline, mut kick) = (pin!(agent), pin!(over), pin!(deadline), pin!(kick));
    std::future::poll_fn(|cx| {
        // A kick comes first: an agent that is always ready would never let it through.
        if kick.as_mut().poll(cx).is_ready() {
            return Poll::Ready(First::Kicked);
        }
        if over.as_mut().poll(cx).is_ready() {
            return Poll::Ready(First::Over);
        }
        if let Poll::Ready(answer) = agent.as_mut().poll(cx) {
            return Poll::Ready(First::Done(answer));
        }
        deadline.as_mut().poll(cx).map(|()| First::Deadline)
    })
    .await
}
