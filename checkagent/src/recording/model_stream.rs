//! Where things are in the stream of a model.

use std::ops::Range;

use checkagent_cassette::model::{Streaming, Wire, sse};
use serde_json::value::RawValue;

mod carried;

/// The events of a streamed reply and what they carry.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ModelStream {
    /// The events in order; ranges are bytes of the body.
    pub(crate) events: Vec<StreamEvent>,
    /// The byte after the first of a character of several bytes, in what the model says.
    pub(crate) inside_a_character: Option<usize>,
}

/// One event of a stream.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StreamEvent {
    pub(crate) range: Range<usize>,
    pub(crate) carries: Carries,
}

/// What an event brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carries {
    /// A piece of text.
    Text,
    /// A piece of the arguments of that call.
    Arguments(u64),
    /// Why the model stops.
    Finish,
    /// The mark that nothing more comes.
    Terminator,
    /// Anything else.
    Other,
}

impl ModelStream {
    /// `None` for a reply in one piece.
    pub(super) fn of(wire: Wire, form: Streaming, body: &[u8]) -> Option<Self> {
        let mut events = match form {
            Streaming::Whole => return None,
            Streaming::Sse => events(wire, body),
            Streaming::JsonArray => elements(wire, body),
        };
        if wire == Wire::Gemini {
            // Each of its calls comes in one piece.
            for (position, event) in events.iter_mut().enumerate() {
                if let Carries::Arguments(call) = &mut event.carries {
                    *call = position as u64;
                }
            }
        }
        let said = events.iter().filter(|event| matches!(event.carries, Carries::Text | Carries::Arguments(_)));
        let lead = |event: &StreamEvent| {
            let bytes = body.get(event.range.clone())?;
            Some(event.range.start + bytes.iter().position(|byte| *byte >= 0xc0)? + 1)
        };
        let inside_a_character = said.clone().find_map(lead);
        Some(Self { events, inside_a_character })
    }

    /// The events that bring something of what the model says, text or arguments.
    pub(crate) fn said(&self) -> impl Iterator<Item = &StreamEvent> {
        self.events.iter().filter(|event| matches!(event.carries, Carries::Text | Carries::Arguments(_)))
    }
}

fn events(wire: Wire, body: &[u8]) -> Vec<StreamEvent> {
    let event = |range: Range<usize>| {
        let carries = match sse::events(&body[range.clone()]).next() {
            Some(event) if event.data == "[DONE]" => Carries::Terminator,
            Some(event) => carried::by(wire, event.data.as_bytes()),
            None => Carries::Other,
        };
        StreamEvent { range, carries }
    };
    sse::frames(body).into_iter().map(event).collect()
}

/// The elements of a JSON list, each with what stands before it.
fn elements(wire: Wire, body: &[u8]) -> Vec<StreamEvent> {
    let mut events = Vec::new();
    let mut start = 0;
    loop {
        let rest = body.get(start..).unwrap_or_default();
        let before = rest.iter().take_while(|byte| matches!(byte, b'[' | b',') || byte.is_ascii_whitespace()).count();
        let mut values = serde_json::Deserializer::from_slice(&rest[before..]).into_iter::<&RawValue>();
        let Some(Ok(value)) = values.next() else { break };
        let end = start + before + values.byte_offset();
        events.push(StreamEvent { range: start..end, carries: carried::by(wire, value.get().as_bytes()) });
        start = end;
    }
    if start < body.len() {
        events.push(StreamEvent { range: start..body.len(), carries: Carries::Terminator });
    }
    events
}

#[cfg(test)]
mod tests {
    use checkagent_cassette::model::{Part, Saying};

    use super::*;

    fn carried(wire: Wire, form: Streaming) -> Vec<Carries> {
        let parts =
            vec![Part::text("Café at seven, by the window."), Part::call("c", "book", r#"{"at":"19:00","for":2}"#)];
        let body = wire.compose(&Saying::of("m", parts), form).unwrap().body().to_bytes().into_owned();
        let stream = ModelStream::of(wire, form, &body).unwrap();
        let inside = stream.inside_a_character.unwrap();
        assert!(std::str::from_utf8(&body[..inside]).is_err(), "{wire:?}");
        assert_eq!(stream.events.last().unwrap().range.end, body.len());
        let mut carried: Vec<_> = stream.events.into_iter().map(|event| event.carries).collect();
        carried.retain(|carries| *carries != Carries::Other);
        carried.dedup();
        carried
    }

    #[test]
    fn the_events_of_every_wire_are_told_apart() {
        use Carries::{Arguments, Finish, Terminator, Text};
        assert_eq!(carried(Wire::OpenAiChat, Streaming::Sse), [Text, Arguments(0), Finish, Terminator]);
        assert_eq!(carried(Wire::OpenAiResponses, Streaming::Sse), [Text, Arguments(1), Finish]);
        assert_eq!(carried(Wire::Anthropic, Streaming::Sse), [Text, Arguments(1), Finish, Terminator]);
        assert_eq!(carried(Wire::Gemini, Streaming::Sse), [Text, Finish]);
        assert_eq!(carried(Wire::Gemini, Streaming::JsonArray), [Text, Finish, Terminator]);
    }

    #[test]
    fn a_reply_in_one_piece_is_no_stream_and_rubbish_is_survived() {
        assert_eq!(ModelStream::of(Wire::OpenAiChat, Streaming::Whole, b"{}"), None);
        for form in [Streaming::Sse, Streaming::JsonArray] {
            for body in [&b""[..], b"[", b"[{}", b"data: {", b"data: [1]\n\n", b"[[{}]]", b"\xff\xfe"] {
                let stream = ModelStream::of(Wire::Gemini, form, body).unwrap();
                assert!(stream.events.iter().all(|event| event.range.end <= body.len()));
            }
        }
    }
}
