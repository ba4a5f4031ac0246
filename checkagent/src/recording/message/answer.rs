//! The answer of a server, where it stands in a reply, and the same reply with another one.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value;

use checkagent_cassette::json::{Edit, Pointer, apply_all};
use checkagent_cassette::model::sse;
use checkagent_cassette::{Body, Content, Frame, HttpReply, Reply};

/// The answer to one request, where it stands in a reply.
#[derive(Debug)]
pub(crate) struct Answer<'r> {
    /// The whole message.
    pub(crate) message: Cow<'r, Value>,
    reply: &'r HttpReply,
    form: Form,
}

/// Where the message stands.
#[derive(Debug)]
enum Form {
    /// It is the body.
    Whole,
    /// An event of a stream: the bytes of its message, and where the event begins.
    Event { json: Range<usize>, begins: usize },
}

/// An event of a stream that is the answer to a request.
#[derive(Clone, Debug)]
pub(super) struct Event {
    message: Value,
    json: Range<usize>,
    begins: usize,
}

impl Event {
    pub(super) fn of(reply: &HttpReply, id: &Value) -> Option<Self> {
        let body = reply.body();
        let bytes = body.to_bytes();
        sse::frames(&bytes).into_iter().find_map(|event| {
            let json = one_line_of_data(&bytes, event.clone())?;
            let message: Value = serde_json::from_slice(&bytes[json.clone()]).ok()?;
            answers(&message, id).then_some(Self { message, json, begins: event.start })
        })
    }

    pub(super) fn answer(self, reply: &HttpReply) -> Answer<'_> {
        let form = Form::Event { json: self.json, begins: self.begins };
        Answer { message: Cow::Owned(self.message), reply, form }
    }

    /// The answer, without a copy of the message.
    pub(super) fn told_in<'r>(&'r self, reply: &'r HttpReply) -> Answer<'r> {
        let form = Form::Event { json: self.json.clone(), begins: self.begins };
        Answer { message: Cow::Borrowed(&self.message), reply, form }
    }
}

fn answers(message: &Value, id: &Value) -> bool {
    message.get("id") == Some(id) && (message.get("result").is_some() || message.get("error").is_some())
}

impl<'r> Answer<'r> {
    /// Finds the answer to the request of that id.
    pub(crate) fn of(reply: &'r HttpReply, id: &Value) -> Option<Self> {
        if let Content::Whole(body) = &reply.content
            && let Some(message) = body.json()
        {
            return Self::whole(Cow::Owned(message), reply, id);
        }
        Event::of(reply, id).map(|event| event.answer(reply))
    }

    /// The answer that is the whole document of a reply.
    pub(super) fn whole(message: Cow<'r, Value>, reply: &'r HttpReply, id: &Value) -> Option<Self> {
        answers(&message, id).then_some(Self { message, reply, form: Form::Whole })
    }

    /// What was asked for; `null` if the answer is an error.
    pub(crate) fn result(&self) -> &Value {
        &self.message["result"]
    }

    /// The tools of a list of tools.
    pub(crate) fn tools(&self) -> &[Value] {
        self.result()["tools"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The reply with the message changed; everything else stays, byte by byte.
    pub(crate) fn edited(&self, edits: &[Edit]) -> HttpReply {
        match &self.form {
            Form::Whole => match Reply::Http(self.reply.clone()).edited(edits) {
                Reply::Http(reply) => reply,
                Reply::Call(_) => self.reply.clone(),
            },
            Form::Event { json, .. } => {
                let body = self.reply.body();
                let bytes = body.to_bytes();
                let text = bytes.get(json.clone()).and_then(|bytes| std::str::from_utf8(bytes).ok());
                let changed = text.and_then(|text| apply_all(text, edits)).map(|text| text.replace(['\r', '\n'], " "));
                changed.map_or_else(|| self.reply.clone(), |changed| spliced(self.reply, json, changed.as_bytes()))
            }
        }
    }

    /// The reply with a place of the message changed.
    pub(crate) fn with(&self, at: &str, value: Value) -> HttpReply {
        self.edited(&[Edit::Set { at: Pointer::parse(at), value }])
    }

    /// The reply as a stream in which this message comes before the answer.
    pub(crate) fn preceded_by(&self, message: &Value) -> HttpReply {
        match &self.form {
            Form::Whole => streamed(self.reply, &(event(message) + &event(&self.message))),
            Form::Event { begins, .. } => spliced(self.reply, &(*begins..*begins), event(message).as_bytes()),
        }
    }

    /// Whether the answer came as an event of a stream.
    pub(crate) fn is_streamed(&self) -> bool {
        matches!(self.form, Form::Event { .. })
    }
}

/// The JSON of an event whose data is one line, as MCP writes it.
fn one_line_of_data(bytes: &[u8], event: Range<usize>) -> Option<Range<usize>> {
    let mut start = event.start;
    let mut found = None;
    for line in bytes[event].split_inclusive(|byte| matches!(byte, b'\r' | b'\n')) {
        let end = start + line.len();
        if let Some(rest) = line.strip_prefix(b"data:") {
            let blank = rest.iter().take_while(|byte| **byte == b' ').count();
            let text = rest[blank..].trim_ascii_end();
            let begin = start + "data:".len() + blank;
            if found.replace(begin..begin + text.len()).is_some() {
                return None;
            }
        }
        start = end;
    }
    found
}

/// A message as an event.
fn event(message: &Value) -> String {
    format!("event: message\ndata: {message}\n\n")
}

fn streamed(reply: &HttpReply, events: &str) -> HttpReply {
    let mut reply = reply.clone();
    reply.headers.retain(|(name, _)| *name != *"content-type" && *name != *"content-length");
    reply.headers.insert(0, ("content-type".into(), "text/event-stream".into()));
    reply.content = Content::Frames(vec![Frame { after: None, data: Body::Text(events.into()) }]);
    reply
}

/// A message in the form of a recorded reply: an event where that was a stream, else a JSON body.
pub(super) fn in_form_of(recorded: &HttpReply, message: &Value) -> HttpReply {
    let reply = HttpReply { status: 200, ..HttpReply::default() };
    let is_stream = recorded.header("content-type").is_some_and(|media| media.starts_with("text/event-stream"));
    if is_stream || matches!(recorded.content, Content::Frames(_)) {
        return streamed(&reply, &event(message));
    }
    let headers = vec![("content-type".into(), "application/json".into())];
    HttpReply { headers, content: Content::Whole(Body::from_json(message)), ..reply }
}

/// The reply with other bytes in a range of its body; its pieces stay as they are otherwise.
fn spliced(reply: &HttpReply, range: &Range<usize>, new: &[u8]) -> HttpReply {
    let mut reply = reply.clone();
    let replace = |bytes: &[u8], range: Range<usize>, new: &[u8]| {
        Body::from_bytes(&[&bytes[..range.start], new, &bytes[range.end..]].concat())
    };
    match &mut reply.content {
        Content::Whole(body) => {
            let bytes = body.to_bytes().into_owned();
            *body = replace(&bytes, range.clone(), new);
        }
        Content::Frames(frames) => {
            let mut start = 0;
            let mut new = Some(new);
            for frame in frames {
                let bytes = frame.data.to_bytes().into_owned();
                let end = start + bytes.len();
                let touched = range.start.max(start)..range.end.min(end);
                let holds_start = (start..end).contains(&range.start);
                if holds_start || touched.start < touched.end {
                    let own = touched.start.min(touched.end) - start..touched.end - start;
                    let text = if holds_start { new.take().unwrap_or_default() } else { &[] };
                    frame.data = replace(&bytes, own, text);
                }
                start = end;
            }
        }
    }
    reply
}
