//! An event of a stream comes twice.

use std::ops::Range;

use serde_json::Value;

use checkagent_cassette::model::sse;
use checkagent_cassette::{Body, Content, Frame, HttpReply, Interaction, Reply};

use crate::mutation::bend::Bend;
use crate::mutation::operator::{About, Family, Operator, Truth};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// An event that is delivered twice. See [`duplicate_event`].
#[derive(Clone, Debug)]
pub struct DuplicateEvent;

/// The last event of a stream of server-sent events that carries something comes twice in a row: a server that sends
/// again what it does not know to have arrived.
///
/// Evident where the event has an id, its own or that of a JSON-RPC message; else plausible. Streams of models are
/// left alone: their pieces are no messages.
#[must_use]
pub fn duplicate_event() -> DuplicateEvent {
    DuplicateEvent
}

impl Operator for DuplicateEvent {
    fn id(&self) -> &'static str {
        "duplicate_event"
    }

    fn family(&self) -> Family {
        Family::Order
    }

    fn truth(&self) -> Truth {
        Truth::Masked
    }

    fn about(&self) -> About {
        About {
            what: "An event of a stream comes twice in a row.",
            seen: "servers of the Model Context Protocol that resume a stream; any delivery of at least once",
            source: "MCP specification 2025-11-25, Streamable HTTP: resumability and redelivery",
            sites: "every reply of server-sent events that does not come from a model",
            good: "knows each id once, and does nothing twice",
        }
    }

    fn sites(&self, recording: &Recording) -> Vec<Site> {
        let streams = recording.interactions().iter().filter_map(|interaction| {
            let (event, id) = event_of(recording, interaction)?;
            let reason = id.map(|id| format!("the event with the id {id} comes twice"));
            Some((interaction.number, event, Lie::evident_if(reason)))
        });
        streams.map(|(number, _, lie)| Site::at(number).lie(lie).rank(60)).collect()
    }

    fn bend(&self, site: &Site, recording: &Recording) -> Bend {
        let interaction = recording.interaction(site.interaction);
        let (Some((event, _)), Reply::Http(reply)) = (event_of(recording, interaction), &interaction.reply) else {
            return Bend::All(Vec::new());
        };
        Bend::Replace { at: site.interaction, reply: Reply::Http(twice(reply, &event)), times: Some(1) }
    }
}

/// Where the last event with data stands in a stream, and its id.
fn event_of(recording: &Recording, interaction: &Interaction) -> Option<(Range<usize>, Option<String>)> {
    let Reply::Http(reply) = &interaction.reply else { return None };
    let streams = reply.header("content-type").is_some_and(|media| media.starts_with("text/event-stream"));
    if !streams || recording.asks_a_model(interaction.number) {
        return None;
    }
    let body = reply.body();
    let bytes = body.to_bytes();
    sse::frames(&bytes).into_iter().rev().find_map(|frame| {
        let ended = bytes[frame.clone()].ends_with(b"\n\n") || bytes[frame.clone()].ends_with(b"\r\n\r\n");
        let event = sse::events(&bytes[frame.clone()]).next().filter(|event| ended && !event.data.is_empty())?;
        let message = || serde_json::from_str::<Value>(&event.data).ok()?.get("id").filter(|id| !id.is_null()).cloned();
        let own = Some(event.id.to_string()).filter(|id| !id.is_empty());
        Some((frame, own.or_else(|| message().map(|id| id.to_string()))))
    })
}

/// The reply with a range of its bytes twice, the second time as a piece by itself; the other pieces stay.
fn twice(reply: &HttpReply, event: &Range<usize>) -> HttpReply {
    let body = reply.body();
    let bytes = body.to_bytes();
    let again = bytes.get(event.clone()).unwrap_or_default();
    let content = match &reply.content {
        Content::Whole(_) => {
            Content::Whole(Body::from_bytes(&[&bytes[..event.end], again, &bytes[event.end..]].concat()))
        }
        Content::Frames(frames) => {
            let mut pieces = Vec::with_capacity(frames.len() + 2);
            let mut start = 0;
            for frame in frames {
                let data = frame.data.to_bytes();
                let end = start + data.len();
                if (start + 1..=end).contains(&event.end) {
                    let (head, tail) = data.split_at(event.end - start);
                    pieces.push(Frame { after: frame.after, data: Body::from_bytes(head) });
                    pieces.push(Frame { after: frame.after, data: Body::from_bytes(again) });
                    if !tail.is_empty() {
                        pieces.push(Frame { after: None, data: Body::from_bytes(tail) });
                    }
                } else {
                    pieces.push(frame.clone());
                }
                start = end;
            }
            Content::Frames(pieces)
        }
    };
    HttpReply { content, ..reply.clone() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::fixture::{Session, Taped, delivered, recording_of, taped};
    use crate::world::Reaction;

    const CALL: &str = "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{}}\n\n";

    fn stream() -> Taped {
        taped("POST", "/mcp").reply_header("content-type", "text/event-stream")
    }

    fn got(recording: &Arc<Recording>) -> (String, usize) {
        let mut session = Session::first(recording, duplicate_event());
        let Reaction::Reply(Reply::Http(reply), _) = session.again(1) else { panic!("no reply") };
        let pieces = if let Content::Frames(frames) = &reply.content { frames.len() } else { 1 };
        (String::from_utf8_lossy(&reply.body().to_bytes()).into_owned(), pieces)
    }

    #[test]
    fn the_event_comes_twice_and_everything_else_once() {
        let expected = format!("data: a\n\n{CALL}{CALL}: bye\n\n");
        let (head, tail) = CALL.split_at(20);
        let pieces = [format!("data: a\n\n{head}"), format!("{tail}: b"), "ye\n\n".to_owned()];
        let framed = recording_of(vec![stream().reply_frames(&pieces.each_ref().map(String::as_str))]);
        assert_eq!(got(&framed), (expected.clone(), 5));
        let whole = recording_of(vec![stream().reply_text(&pieces.concat())]);
        assert_eq!(got(&whole), (expected, 1));
    }

    #[test]
    fn an_id_makes_it_evident() {
        let lie = |text: &str| duplicate_event().sites(&recording_of(vec![stream().reply_text(text)]))[0].lie.clone();
        assert_eq!(lie(CALL), Lie::Evident("the event with the id 3 comes twice".to_owned()));
        assert_eq!(lie("id: e-9\ndata: x\n\n"), Lie::Evident("the event with the id e-9 comes twice".to_owned()));
        assert!(matches!(lie("data: x\n\n"), Lie::Plausible(_)));
    }

    #[test]
    fn other_replies_broken_streams_and_models_are_left_alone() {
        let chat = taped("POST", "/v1/chat/completions")
            .reply_header("content-type", "text/event-stream")
            .body(&serde_json::json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]}));
        let none = [
            taped("GET", "/a").reply_text("data: x\n\n"),
            stream().reply_text("data: x"),
            stream().reply_text(": ping\n\n"),
            chat.reply_text("data: {\"choices\":[]}\n\n"),
        ];
        for taped in none {
            assert!(duplicate_event().sites(&recording_of(vec![taped])).is_empty());
        }
    }

    #[test]
    fn it_is_delivered() {
        let recording = recording_of(vec![stream().reply_text(CALL)]);
        assert_eq!(delivered(&recording, duplicate_event).bent_calls().count(), 1);
    }
}
