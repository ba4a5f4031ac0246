//! Messages of JSON-RPC over HTTP, as servers of the Model Context Protocol are asked and as they answer.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use serde_json::{Value, json};

use checkagent_cassette::json::{Edit, Pointer, apply_all};
use checkagent_cassette::model::sse;
use checkagent_cassette::{Body, Content, Frame, HttpReply, HttpRequest, Interaction, Reply, Request};

use super::analysed::{FollowUp, Recording};
use super::documents::Found;

/// What a client sent: a request, or a notification if it has no id.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    /// The number that the client gave it; an answer carries the same.
    pub id: Option<Value>,
    /// `tools/call`.
    pub method: String,
    /// `null` where there are none.
    pub params: Value,
}

impl Asked {
    /// Reads a message; `None` for what is none, also for batches, which MCP has given up.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        let Request::Http(http) = request else { return None };
        Self::of_http(http)
    }

    /// As [`Asked::of`], for a request over HTTP.
    pub(super) fn of_http(request: &HttpRequest) -> Option<Self> {
        if Self::may_be(request) { Self::in_document(&request.body.json()?) } else { None }
    }

    /// Whether a request looks like one: most bodies are no JSON-RPC, and need not be parsed to be told.
    fn may_be(request: &HttpRequest) -> bool {
        request.method == *"POST" && request.body.text().is_some_and(|text| text.contains("\"jsonrpc\""))
    }

    fn in_document(message: &Value) -> Option<Self> {
        if message["jsonrpc"] != "2.0" {
            return None;
        }
        let method = message["method"].as_str()?.to_owned();
        let id = message.get("id").filter(|id| !id.is_null()).cloned();
        Some(Self { id, method, params: message["params"].clone() })
    }

    /// The tool that it calls.
    pub(crate) fn tool(&self) -> Option<&str> {
        if self.method == "tools/call" { self.params.get("name")?.as_str() } else { None }
    }

    /// Whether it is a message of MCP that changes nothing outside.
    pub(crate) fn only_asks(&self) -> bool {
        const ASKING: [&str; 17] = [
            "initialize",
            "server/discover",
            "ping",
            "tools/list",
            "resources/list",
            "resources/read",
            "resources/templates/list",
            "resources/subscribe",
            "resources/unsubscribe",
            "prompts/list",
            "prompts/get",
            "completion/complete",
            "logging/setLevel",
            "subscriptions/listen",
            "tasks/get",
            "tasks/list",
            "tasks/result",
        ];
        ASKING.contains(&self.method.as_str()) || (self.id.is_none() && self.method.starts_with("notifications/"))
    }
}

/// What was sent at an interaction; and the answer to it, if that is an event of a stream.
#[derive(Debug)]
pub(super) struct Spoken {
    number: usize,
    asked: Asked,
    event: Found<Event>,
}

impl Spoken {
    /// Every message of a recording, in recorded order.
    pub(super) fn in_recording(recording: &Recording) -> Vec<Self> {
        let of = |interaction: &Interaction| {
            let Reply::Http(_) = &interaction.reply else { return None };
            if !matches!(&interaction.request, Request::Http(request) if Asked::may_be(request)) {
                return None;
            }
            let asked = Asked::in_document(&*recording.request_document(interaction.number)?)?;
            Some(Self { number: interaction.number, asked, event: OnceLock::new() })
        };
        recording.interactions().iter().filter_map(of).collect()
    }
}

/// A recorded request with the answer that came back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exchange<'r> {
    pub(crate) number: usize,
    pub(crate) asked: &'r Asked,
    recorded: &'r HttpReply,
    event: &'r Found<Event>,
    recording: &'r Recording,
}

impl<'r> Exchange<'r> {
    /// The answer.
    pub(crate) fn answer(&self) -> Option<Answer<'r>> {
        let (reply, id) = (self.recorded, self.asked.id.as_ref()?);
        if matches!(reply.content, Content::Whole(_))
            && let Some(message) = self.recording.reply_document(self.number)
        {
            return answers(&message, id).then_some(Answer { message, reply, form: Form::Whole });
        }
        match self.recording.kept(self.event, || Event::of(reply, id))? {
            Cow::Borrowed(Event { message, json, begins }) => {
                let form = Form::Event { json: json.clone(), begins: *begins };
                Some(Answer { message: Cow::Borrowed(message), reply, form })
            }
            Cow::Owned(event) => Some(event.answer(reply)),
        }
    }

    /// Whether it was answered with a result that is no error.
    pub(crate) fn has_result(&self) -> bool {
        self.answer().is_some_and(|answer| answer.result().is_object() && answer.result()["isError"] != true)
    }

    /// This message as the answer, in the form of the recorded one.
    pub(crate) fn answered_with(&self, member: &str, value: &Value) -> HttpReply {
        self.in_its_form(self.asked.id.as_ref().unwrap_or(&Value::Null), member, value)
    }

    /// The answer to another request, in the form of the one that is recorded here.
    pub(crate) fn in_its_form(&self, id: &Value, member: &str, value: &Value) -> HttpReply {
        in_form_of(self.recorded, &json!({"jsonrpc": "2.0", "id": id, member: value}))
    }

    /// An error as the answer.
    pub(crate) fn refused_with(&self, code: i32, message: &str) -> HttpReply {
        self.answered_with("error", &json!({"code": code, "message": message}))
    }

    /// Whether the client said that it takes a stream.
    pub(crate) fn accepts_streams(&self, recording: &Recording) -> bool {
        let Request::Http(http) = &recording.interaction(self.number).request else { return false };
        http.header("accept").is_some_and(|accept| accept.contains("text/event-stream") || accept.contains("*/*"))
    }

    /// The path and the channel that the server is reached by.
    pub(crate) fn is_of_server(&self, other: &Exchange<'_>, recording: &Recording) -> bool {
        recording.endpoint(self.number) == recording.endpoint(other.number)
    }
}

/// Every request with an id, in recorded order.
pub(crate) fn exchanges(recording: &Recording) -> Vec<Exchange<'_>> {
    recording.spoken().iter().filter_map(|spoken| exchange_of(recording, spoken)).collect()
}

/// The exchange of that number, if it is one.
pub(crate) fn exchange(recording: &Recording, number: usize) -> Option<Exchange<'_>> {
    exchange_of(recording, spoken(recording, number)?)
}

/// What was asked at that interaction, also in a notification, if it is a message.
pub(crate) fn asked(recording: &Recording, number: usize) -> Option<&Asked> {
    spoken(recording, number).map(|spoken| &spoken.asked)
}

fn spoken(recording: &Recording, number: usize) -> Option<&Spoken> {
    let all = recording.spoken();
    all.binary_search_by_key(&number, |spoken| spoken.number).ok().and_then(|at| all.get(at))
}

fn exchange_of<'r>(recording: &'r Recording, spoken: &'r Spoken) -> Option<Exchange<'r>> {
    let Reply::Http(recorded) = &recording.interaction(spoken.number).reply else { return None };
    let Spoken { number, asked, event } = spoken;
    asked.id.is_some().then_some(Exchange { number: *number, asked, recorded, event, recording })
}

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
    fn of(reply: &HttpReply, id: &Value) -> Option<Self> {
        let body = reply.body();
        let bytes = body.to_bytes();
        sse::frames(&bytes).into_iter().find_map(|event| {
            let json = one_line_of_data(&bytes, event.clone())?;
            let message: Value = serde_json::from_slice(&bytes[json.clone()]).ok()?;
            answers(&message, id).then_some(Self { message, json, begins: event.start })
        })
    }

    fn answer(self, reply: &HttpReply) -> Answer<'_> {
        let form = Form::Event { json: self.json, begins: self.begins };
        Answer { message: Cow::Owned(self.message), reply, form }
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
            return answers(&message, id).then_some(Self { message: Cow::Owned(message), reply, form: Form::Whole });
        }
        Event::of(reply, id).map(|event| event.answer(reply))
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

/// What a server says to a notification.
pub(crate) fn accepted() -> FollowUp {
    FollowUp { reply: Reply::Http(HttpReply { status: 202, ..HttpReply::default() }), items: Vec::new() }
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
fn in_form_of(recorded: &HttpReply, message: &Value) -> HttpReply {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{recording_of, taped};

    fn message(id: u64) -> Value {
        json!({"jsonrpc": "2.0", "id": id, "result": {"content": [{"type": "text", "text": "seven"}]}})
    }

    fn text(reply: &HttpReply) -> String {
        String::from_utf8(reply.body().to_bytes().into_owned()).unwrap()
    }

    #[test]
    fn an_answer_is_found_and_changed_in_a_body_in_a_stream_and_in_pieces_of_one() {
        let stream =
            format!(": hi\n\nid: 4\ndata: {{\"jsonrpc\":\"2.0\",\"method\":\"x\"}}\n\ndata: {}\n\n", message(7));
        let (first, second) = stream.split_at(stream.len() - 30);
        let call = || taped("POST", "/mcp").body(&json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call"}));
        let replies = [call().reply(&message(7)), call().reply_text(&stream), call().reply_frames(&[first, second])]
            .map(|taped| {
                let recording = recording_of(vec![taped]);
                let exchange = exchange(&recording, 1).unwrap();
                let answer = exchange.answer().unwrap();
                assert_eq!(*answer.message, message(7));
                answer.with("/result/content/0/text", json!("eight"))
            });
        for reply in &replies {
            assert!(text(reply).contains("eight") && !text(reply).contains("seven"), "{}", text(reply));
        }
        assert_eq!(text(&replies[1]), stream.replace("seven", "eight"));
        assert_eq!(text(&replies[2]), text(&replies[1]));
        assert!(matches!(&replies[2].content, Content::Frames(frames) if frames.len() == 2));
    }

    #[test]
    fn an_answer_to_another_request_is_none() {
        let reply = HttpReply { content: Content::Whole(Body::from_json(&message(7))), ..HttpReply::default() };
        assert!(Answer::of(&reply, &json!(8)).is_none());
        assert!(Answer::of(&reply, &json!("7")).is_none());
    }

    #[test]
    fn other_posts_are_no_messages() {
        let body = json!({"id": 1, "method": "tools/call"});
        let recording = recording_of(vec![taped("POST", "/mcp").body(&body), taped("GET", "/mcp")]);
        assert!(exchanges(&recording).is_empty());
    }
}
