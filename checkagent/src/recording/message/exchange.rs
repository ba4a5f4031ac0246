//! A message with the answer that came back, as a recording has them.

use std::borrow::Cow;
use std::sync::OnceLock;

use serde_json::{Value, json};

use checkagent_cassette::{Content, HttpReply, Interaction, Reply, Request};

use super::answer::{Answer, Event, in_form_of};
use super::asked::Asked;
use crate::recording::documents::Found;
use crate::recording::{FollowUp, Recording};

/// What was sent at an interaction; and the answer to it, if that is an event of a stream.
#[derive(Debug)]
pub(in crate::recording) struct Spoken {
    number: usize,
    asked: Asked,
    event: Found<Event>,
}

impl Spoken {
    /// Every message of a recording, in recorded order.
    pub(in crate::recording) fn in_recording(recording: &Recording) -> Vec<Self> {
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
            return Answer::whole(message, reply, id);
        }
        match self.recording.kept(self.event, || Event::of(reply, id))? {
            Cow::Borrowed(event) => Some(event.told_in(reply)),
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

/// What a server says to a notification.
pub(crate) fn accepted() -> FollowUp {
    FollowUp { reply: Reply::Http(HttpReply { status: 202, ..HttpReply::default() }), items: Vec::new() }
}
