//! The HTTP seam while recording: forwards to the real service, and hands what comes back to the recorder.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::mpsc;
use tokio::time::Instant;

use checkagent_cassette::origin::{from_template, to_template};
use checkagent_cassette::{Body, Content, Ending, Frame, HttpReply, Reply, Request};

use super::body::ScriptedBody;
use super::server::{response, to_headers, to_request};
use super::upstream::{Problem, send, stream_body};
use crate::mutation::error_reply;
use crate::record::Recorder;
use crate::world::World;

/// Answers from what is known already, else from the real service.
pub(super) async fn forward(
    world: &World,
    recorder: &Arc<Recorder>,
    channel: &str,
    request: http::Request<Bytes>,
) -> http::Response<ScriptedBody> {
    let here = world.origins();
    let template = Request::Http(to_request(&request)).map_texts(&|text| to_template(text, &here));
    if let Some(known) = recorder.known(channel, &template)
        && let Reply::Http(reply) = known.map_texts(&|text| from_template(text, &here))
    {
        return response(&reply);
    }
    let exchange = Exchange { recorder, channel, here: &here, template: &template };
    match exchange.run(request.headers()).await {
        Ok(response) => response,
        Err(error) => {
            let problem = format!("the upstream of `{channel}` does not answer: {error}");
            recorder.fail(&problem);
            response(&error_reply(502, &problem, &[]))
        }
    }
}

struct Exchange<'e> {
    recorder: &'e Arc<Recorder>,
    channel: &'e str,
    here: &'e [(String, String)],
    template: &'e Request,
}

impl Exchange<'_> {
    async fn run(&self, headers: &http::HeaderMap) -> Result<http::Response<ScriptedBody>, Problem> {
        let base = self.recorder.upstream(self.channel)?;
        let there = self.recorder.origins();
        let Request::Http(out) = self.template.clone().map_texts(&|text| from_template(text, &there)) else {
            return Err("not an http request".into());
        };
        let started = Instant::now();
        let reply = send(&base, &out, headers).await?;
        let latency = started.elapsed();
        let (parts, body) = reply.into_parts();
        let head =
            HttpReply { status: parts.status.as_u16(), headers: to_headers(&parts.headers), ..HttpReply::default() };
        let media = head.header("content-type").unwrap_or_default();
        if media.starts_with("text/event-stream") {
            return self.stream(head, body, latency, there);
        }
        let body = body.collect().await?.to_bytes();
        let reply = HttpReply { content: Content::Whole(Body::from_bytes(&body)), ..head };
        let template = Reply::Http(reply).map_texts(&|text| to_template(text, &there));
        // The agent gets the reply only after it is in the journal.
        self.recorder.completed(self.channel, self.template, &template, latency);
        self.answer(template)
    }

    /// A reply as the agent gets it: with our origins.
    fn answer(&self, template: Reply) -> Result<http::Response<ScriptedBody>, Problem> {
        match template.map_texts(&|text| from_template(text, self.here)) {
            Reply::Http(reply) => Ok(response(&reply)),
            Reply::Call(_) => Err("not an http reply".into()),
        }
    }

    /// Passes a stream on as it arrives; its end only after it is in the journal.
    fn stream(
        &self,
        head: HttpReply,
        mut body: Incoming,
        latency: Duration,
        there: Vec<(String, String)>,
    ) -> Result<http::Response<ScriptedBody>, Problem> {
        let (sender, receiver) = mpsc::channel(16);
        let (recorder, channel) = (Arc::clone(self.recorder), self.channel.to_owned());
        let template = self.template.clone();
        let head = Reply::Http(head).map_texts(&|text| to_template(text, &there));
        let mut answer = self.answer(head.clone())?;
        *answer.body_mut() = ScriptedBody::live(receiver);
        tokio::spawn(async move {
            let mut frames = Vec::new();
            let mut ending = Ending::Complete;
            let mut last = Instant::now();
            while let Some(frame) = body.frame().await {
                let Ok(frame) = frame else {
                    ending = Ending::Reset;
                    break;
                };
                let Ok(data) = frame.into_data() else { continue };
                frames.push(Frame { after: Some(last.elapsed()), data: stream_body(&data) });
                last = Instant::now();
                let _ = sender.send(Ok(data)).await;
            }
            if let Reply::Http(head) = head {
                let reply = HttpReply { content: Content::Frames(frames), ending, ..head };
                let reply = Reply::Http(reply).map_texts(&|text| to_template(text, &there));
                recorder.completed(&channel, &template, &reply, latency);
            }
            // Until here, so that the stream does not end before it is in the journal.
            drop(sender);
        });
        Ok(answer)
    }
}
