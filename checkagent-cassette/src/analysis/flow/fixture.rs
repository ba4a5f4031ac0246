//! Small recordings for the tests of value flow.

use serde_json::Value;

use crate::format::{
    Body, CallReply, CallRequest, Content, Fidelity, HttpReply, HttpRequest, Interaction, Reply, Request,
};
use crate::key::Key;

pub(super) fn exchange(number: usize, method: &str, target: &str, body: Body, reply: &Value) -> Interaction {
    let content = Content::Whole(if reply.is_null() { Body::Empty } else { Body::from_json(reply) });
    Interaction {
        number,
        channel: "api".into(),
        key: Key::default(),
        request: Request::Http(HttpRequest {
            method: method.into(),
            target: target.into(),
            body,
            ..HttpRequest::default()
        }),
        reply: Reply::Http(HttpReply { status: 200, content, ..HttpReply::default() }),
        latency: None,
        fidelity: Fidelity::Wire,
    }
}

pub(super) fn get(number: usize, target: &str, reply: &Value) -> Interaction {
    exchange(number, "GET", target, Body::Empty, reply)
}

pub(super) fn post(number: usize, target: &str, body: &Value, reply: &Value) -> Interaction {
    exchange(number, "POST", target, Body::from_json(body), reply)
}

pub(super) fn call(number: usize, name: &str, args: Value, returned: Value) -> Interaction {
    let mut call = get(number, "/", &Value::Null);
    call.request = Request::Call(CallRequest { name: name.into(), effect: false, args, id: None });
    call.reply = Reply::Call(CallReply::Returned(returned));
    call
}

/// The same with a header in its reply.
pub(super) fn with_header(mut interaction: Interaction, name: &str, value: &str) -> Interaction {
    if let Reply::Http(reply) = &mut interaction.reply {
        reply.headers.push((name.into(), value.into()));
    }
    interaction
}

/// The same with a header in its request.
pub(super) fn asked_with_header(mut interaction: Interaction, name: &str, value: &str) -> Interaction {
    if let Request::Http(request) = &mut interaction.request {
        request.headers.push((name.into(), value.into()));
    }
    interaction
}

/// Gives an interaction a reply of that text.
pub(super) fn set_text(interaction: &mut Interaction, text: &str) {
    if let Reply::Http(reply) = &mut interaction.reply {
        reply.content = Content::Whole(Body::Text(text.into()));
    }
}
