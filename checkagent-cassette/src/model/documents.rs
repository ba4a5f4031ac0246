//! The JSON documents of a reply: one, a list, lines, server-sent events or an event stream.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::event_stream::{Message, messages};
use super::sse;

/// One JSON document of a reply.
#[derive(Debug, PartialEq)]
pub(super) struct Document {
    /// The event that brought it, where the framing names it.
    pub(super) event: Option<String>,
    pub(super) value: Value,
}

/// The documents of a body, one after the other: as values all of them would take many times the space of the body.
pub(super) type Documents<'b> = Box<dyn Iterator<Item = Document> + 'b>;

/// Every document of a body, whichever way it is framed. What is no JSON is left out, as is what follows a cut.
pub(super) fn documents(body: &[u8]) -> Documents<'_> {
    documents_of(body, |_| true)
}

/// The same, but of server-sent events only those whose data is worth reading.
pub(super) fn documents_of(body: &[u8], is_worth_reading: fn(&str) -> bool) -> Documents<'_> {
    let text = body.trim_ascii_start();
    if text.starts_with(b"{") || text.starts_with(b"[") {
        return Box::new(sequence(text));
    }
    match messages(body).next() {
        Some(Ok(_)) => Box::new(messages(body).map_while(Result::ok).filter_map(|message| carried(&message))),
        _ => Box::new(sse::frames(body).into_iter().filter_map(move |range| event(&body[range], is_worth_reading))),
    }
}

/// One document, or several one after the other; the elements of a list are read one by one, so that a cut list is read
/// up to the cut.
fn sequence(text: &[u8]) -> impl Iterator<Item = Document> + '_ {
    let mut rest = text.strip_prefix(b"[").unwrap_or(text);
    std::iter::from_fn(move || {
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter();
        let value = values.next()?.ok()?;
        rest = rest.get(values.byte_offset()..).unwrap_or_default().trim_ascii_start();
        rest = rest.strip_prefix(b",").unwrap_or(rest);
        Some(Document { event: None, value })
    })
}

fn event(frame: &[u8], is_worth_reading: fn(&str) -> bool) -> Option<Document> {
    let document = |event: sse::Event<'_>| {
        if !is_worth_reading(&event.data) {
            return None;
        }
        let value = serde_json::from_str(&event.data).ok()?;
        Some(Document { event: Some(event.name.into_owned()), value })
    };
    match sse::events(frame).next() {
        Some(event) => document(event),
        // Some servers close the connection right after the last line.
        None => document(sse::events(&[frame, b"\n\n"].concat()).next()?),
    }
}

fn carried(message: &Message<'_>) -> Option<Document> {
    let event = message.event_type().or(message.exception_type());
    let value: Value = serde_json::from_slice(message.payload).ok()?;
    // `InvokeModelWithResponseStream` wraps the events of the model.
    let wrapped = value.get("bytes").and_then(Value::as_str).filter(|_| event == Some("chunk"));
    if let Some(bytes) = wrapped.and_then(|text| STANDARD.decode(text).ok()) {
        return Some(Document { event: None, value: serde_json::from_slice(&bytes).ok()? });
    }
    Some(Document { event: event.map(str::to_owned), value })
}

#[cfg(test)]
mod tests {
    use super::super::event_stream::tests::message;
    use super::*;

    fn values(body: &[u8]) -> String {
        documents(body).map(|document| document.value.to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn documents_come_out_of_every_framing() {
        assert_eq!(values(b" {\"a\": 1}\n"), r#"{"a":1}"#);
        assert_eq!(values(b"{\"a\":1}\n{\"a\":2}\n"), r#"{"a":1} {"a":2}"#);
        assert_eq!(values(b"[{\"a\":1}\r\n,\r\n{\"a\":2}]"), r#"{"a":1} {"a":2}"#);
        assert_eq!(values(b"data: {\"a\":1}\n\ndata: [DONE]\n\n"), r#"{"a":1}"#);
        assert_eq!(values(&message(&[(":event-type", "e")], b"{\"a\":1}")), r#"{"a":1}"#);
        let wrapped = format!("{{\"bytes\":\"{}\"}}", STANDARD.encode(b"{\"a\":1}"));
        assert_eq!(values(&message(&[(":event-type", "chunk")], wrapped.as_bytes())), r#"{"a":1}"#);
    }

    #[test]
    fn what_was_cut_off_is_read_up_to_the_cut() {
        assert_eq!(values(b"[{\"a\":1},{\"a\":"), r#"{"a":1}"#);
        assert_eq!(values(b"data: {\"a\":1}\n\ndata: {\"a\":"), r#"{"a":1}"#);
        assert_eq!(values(b"data: {\"a\":1}\n\ndata: {\"a\":2}\n"), r#"{"a":1} {"a":2}"#);
        assert_eq!(values(b"<html>"), "");
    }
}
