//! Sessions with a model on every wire, for the unit tests of this family.

use std::sync::Arc;

use checkagent_cassette::model::{Part, Saying, Streaming, Usage, Wire};
use checkagent_cassette::{Content, Frame, HttpReply, Reply};
use serde_json::{Value, json};

use crate::fixture::{Session, recording, recording_of, taped};
use crate::ledger::Outcome;
use crate::mutation::operator::Operator;
use crate::mutation::site::Site;
use crate::recording::Recording;
use crate::world::Reaction;

/// Every wire in every form that it has.
pub(super) const FORMS: [(Wire, Streaming); 9] = [
    (Wire::OpenAiChat, Streaming::Whole),
    (Wire::OpenAiChat, Streaming::Sse),
    (Wire::OpenAiResponses, Streaming::Whole),
    (Wire::OpenAiResponses, Streaming::Sse),
    (Wire::Anthropic, Streaming::Whole),
    (Wire::Anthropic, Streaming::Sse),
    (Wire::Gemini, Streaming::Whole),
    (Wire::Gemini, Streaming::Sse),
    (Wire::Gemini, Streaming::JsonArray),
];

/// The arguments of the call in [`session`].
pub(super) const ARGUMENTS: &str = r#"{"at":"19:00","for":2,"guests":["Ada","Bo"]}"#;

/// An agent books a table: the model is asked and calls `book` (1), the table is booked (2), the model says so (3).
pub(super) fn session(wire: Wire, form: Streaming) -> Arc<Recording> {
    let look =
        vec![Part::text("I book a table at the Café, one moment."), Part::call("c1", "mcp__tables__book", ARGUMENTS)];
    let done = vec![Part::text("The table at the Café is booked for seven.")];
    recording_of(vec![
        asked(wire, form, "Book a table.", look),
        taped("POST", "/bookings").body(&json!({"at": "19:00", "for": 2})).reply(&json!({"id": 7})),
        asked(wire, form, "It is booked.", done),
    ])
}

/// One request to a model and what it says.
pub(super) fn asked(wire: Wire, form: Streaming, user: &str, parts: Vec<Part>) -> crate::fixture::Taped {
    let saying = Saying { usage: Some(Usage::new(20, 8)), ..Saying::of("some-model", parts) };
    let mut reply = wire.compose(&saying, form).expect("every wire says this in each of its forms");
    if let Content::Frames(frames) = &mut reply.content {
        for frame in frames {
            *frame = Frame { after: Some(std::time::Duration::from_millis(10)), data: frame.data.clone() };
        }
    }
    let (target, body) = request(wire, form, user);
    taped("POST", target).body(&body).reply_with(reply).on("llm")
}

fn request(wire: Wire, form: Streaming, user: &str) -> (&'static str, Value) {
    let schema = json!({"type": "object", "required": ["for"], "properties": {
        "at": {"type": "string"}, "for": {"type": "integer"}, "guests": {"type": "array"},
    }});
    let name = "mcp__tables__book";
    let stream = form != Streaming::Whole;
    let messages = json!([{"role": "user", "content": user}]);
    match wire {
        Wire::OpenAiChat => (
            "/v1/chat/completions",
            json!({"model": "some-model", "stream": stream, "messages": messages,
                "tools": [{"type": "function", "function": {"name": name, "parameters": schema}}]}),
        ),
        Wire::OpenAiResponses => (
            "/v1/responses",
            json!({"model": "some-model", "stream": stream, "input": messages,
                "tools": [{"type": "function", "name": name, "parameters": schema}]}),
        ),
        Wire::Anthropic => (
            "/v1/messages",
            json!({"model": "some-model", "stream": stream, "max_tokens": 500, "messages": messages,
                "tools": [{"name": name, "input_schema": schema}]}),
        ),
        Wire::Gemini | Wire::Bedrock => (
            match form {
                Streaming::Whole => "/v1beta/models/some-model:generateContent",
                Streaming::Sse => "/v1beta/models/some-model:streamGenerateContent?alt=sse",
                Streaming::JsonArray => "/v1beta/models/some-model:streamGenerateContent",
            },
            json!({"contents": [{"role": "user", "parts": [{"text": user}]}],
                "tools": [{"functionDeclarations": [{"name": name, "parameters": schema}]}]}),
        ),
    }
}

/// The sites of an operator in [`session`], as they are named.
pub(super) fn sites(operator: &dyn Operator, wire: Wire, form: Streaming) -> Vec<String> {
    operator.sites(&session(wire, form)).iter().map(ToString::to_string).collect()
}

/// A session without a model: pages, and a path that only looks like it.
pub(super) fn assert_finds_nothing_without_a_model(operator: &dyn Operator) {
    let elsewhere = recording(&[
        ("GET", "/v1/records", Value::Null, json!({"data": [{"id": 1}]})),
        ("POST", "/surveys/responses", json!({"answers": [1]}), json!({"id": "r", "choices": [{"message": {}}]})),
    ]);
    assert_eq!(operator.sites(&elsewhere), [], "{operator:?}");
}

/// What an agent gets at a site, and that it is different from the recording, is in the ledger, and not met by an agent
/// that asks for nothing.
pub(super) fn bent<O: Operator>(operator: impl Fn() -> O, recording: &Arc<Recording>, site: &Site) -> HttpReply {
    let mut silent = Session::at(recording, operator(), site);
    assert_eq!(silent.ledger().bent_calls().count(), 0, "{site}: an agent that asks for nothing meets no fault");
    let mut session = Session::at(recording, operator(), site);
    let Reaction::Reply(Reply::Http(reply), _) = session.again(site.interaction) else { panic!("{site}: no reply") };
    assert_ne!(Reply::Http(reply.clone()), recording.interaction(site.interaction).reply, "{site}");
    assert_eq!(session.ledger().bent_calls().count(), 1, "{site}: the fault was delivered");
    reply
}

/// The bent replies of all sites in [`session`], on every wire and in every form.
pub(super) fn all_bent<O: Operator>(operator: impl Fn() -> O) -> Vec<(Wire, Streaming, Site, HttpReply)> {
    let mut all = Vec::new();
    for (wire, form) in FORMS {
        let recording = session(wire, form);
        for site in operator().sites(&recording) {
            let reply = bent(&operator, &recording, &site);
            all.push((wire, form, site, reply));
        }
    }
    assert!(!all.is_empty());
    all
}

/// Whether the same request, sent once more, gets the recorded reply.
pub(super) fn heals<O: Operator>(operator: O, recording: &Arc<Recording>, site: &Site) -> bool {
    let mut session = Session::at(recording, operator, site);
    session.again(site.interaction);
    let Reaction::Reply(reply, _) = session.again(site.interaction) else { return false };
    let served = matches!(session.outcome().0, Outcome::Served { bent, .. } if bent.is_empty());
    served && reply == recording.interaction(site.interaction).reply
}

/// Every site of [`session`] heals, on every wire and in every form.
pub(super) fn assert_a_retry_gets_through<O: Operator>(operator: impl Fn() -> O) {
    for (wire, form) in FORMS {
        let recording = session(wire, form);
        for site in operator().sites(&recording) {
            assert!(heals(operator(), &recording, &site), "{wire:?} {form:?} {site}");
        }
    }
}
