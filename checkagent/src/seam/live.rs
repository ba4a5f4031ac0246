//! A real service asked in the middle of a case, while its virtual clock stands still.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use tokio::time::Instant;

use checkagent_cassette::origin::{from_template, to_template};
use checkagent_cassette::{Body, Content, Frame, HttpReply, HttpRequest, Reply, Request};

use super::server::{to_headers, to_request};
use super::upstream::{Problem, send, stream_body};
use crate::record::BranchRecorder;
use crate::world::{Reaction, World};

/// What an HTTP client waits for a model by itself; nothing answers later.
const PATIENCE: Duration = Duration::from_secs(600);

/// Asks the real service behind a channel on account of a call, and gives what the world makes of its answer.
pub(super) async fn ask(world: &World, channel: &str, call: usize, request: &http::Request<Bytes>) -> Reaction {
    let Some(recorder) = world.recorder() else { return Reaction::End };
    recorder.asking();
    let said = said(world, &recorder, channel, request).await;
    recorder.answered();
    let said = said.map_err(|error| format!("the upstream of `{channel}` does not answer: {error}"));
    world.reacted(call, said, Duration::ZERO).await
}

async fn said(
    world: &World,
    recorder: &Arc<BranchRecorder>,
    channel: &str,
    request: &http::Request<Bytes>,
) -> Result<(Reply, Duration), Problem> {
    let (here, there) = (world.origins(), recorder.origins());
    let to_there = |text: &str| {
        let template = to_template(text, &here);
        from_template(template.as_deref().unwrap_or(text), &there).or(template)
    };
    let base = recorder.upstream(channel)?.to_owned();
    let Request::Http(out) = Request::Http(to_request(request)).map_texts(&to_there) else {
        return Err("not an http request".into());
    };
    let headers = request.headers().clone();
    // Time does not move in a paused runtime as long as it has a blocking task: no timer of the agent fires early.
    let exchange = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let reply = runtime.block_on(async { tokio::time::timeout(PATIENCE, exchange(&base, &out, &headers)).await });
        reply.map_err(|_| Problem::from(format!("no reply within {PATIENCE:?}")))?
    });
    exchange.await?
}

/// One exchange in real time, to the end of the reply.
async fn exchange(base: &str, out: &HttpRequest, headers: &http::HeaderMap) -> Result<(Reply, Duration), Problem> {
    let started = Instant::now();
    let (parts, mut body) = send(base, out, headers).await?.into_parts();
    let latency = started.elapsed();
    let head = HttpReply { status: parts.status.as_u16(), headers: to_headers(&parts.headers), ..HttpReply::default() };
    if !head.header("content-type").unwrap_or_default().starts_with("text/event-stream") {
        let body = Body::from_bytes(&body.collect().await?.to_bytes());
        return Ok((Reply::Http(HttpReply { content: Content::Whole(body), ..head }), latency));
    }
    let (mut frames, mut last) = (Vec::new(), Instant::now());
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        frames.push(Frame { after: Some(last.elapsed()), data: stream_body(&data) });
        last = Instant::now();
    }
    Ok((Reply::Http(HttpReply { content: Content::Frames(frames), ..head }), latency))
}
