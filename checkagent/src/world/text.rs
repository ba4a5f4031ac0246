//! Changes to every text of a message: origins, ids.

use checkagent_cassette::{
    Body, CallReply, Content, Frame, Headers, HttpReply, HttpRequest, Reply, Request, SharedStr,
};

/// Applies `change` to every text of a reply; texts for which it returns `None` stay.
pub(crate) fn map_reply(reply: Reply, change: &dyn Fn(&str) -> Option<String>) -> Reply {
    match reply {
        Reply::Http(reply) => {
            let content = match reply.content {
                Content::Whole(body) => Content::Whole(map_body(&body, change)),
                Content::Frames(frames) => Content::Frames(
                    frames.into_iter().map(|frame| Frame { data: map_body(&frame.data, change), ..frame }).collect(),
                ),
            };
            Reply::Http(HttpReply { headers: map_headers(reply.headers, change), content, ..reply })
        }
        Reply::Call(CallReply::Returned(value)) => {
            let changed = change(&value.to_string()).and_then(|text| serde_json::from_str(&text).ok());
            Reply::Call(CallReply::Returned(changed.unwrap_or(value)))
        }
        Reply::Call(CallReply::Failed(message)) => Reply::Call(CallReply::Failed(change(&message).unwrap_or(message))),
    }
}

/// Applies `change` to every text of a request; texts for which it returns `None` stay.
pub(crate) fn map_request(request: Request, change: &dyn Fn(&str) -> Option<String>) -> Request {
    match request {
        Request::Http(request) => Request::Http(HttpRequest {
            target: map_text(request.target, change),
            headers: map_headers(request.headers, change),
            body: map_body(&request.body, change),
            method: request.method,
        }),
        Request::Call(call) => Request::Call(call),
    }
}

fn map_headers(headers: Headers, change: &dyn Fn(&str) -> Option<String>) -> Headers {
    headers.into_iter().map(|(name, value)| (name, map_text(value, change))).collect()
}

fn map_text(text: SharedStr, change: &dyn Fn(&str) -> Option<String>) -> SharedStr {
    change(&text).map_or(text, SharedStr::from)
}

fn map_body(body: &Body, change: &dyn Fn(&str) -> Option<String>) -> Body {
    body.map_text(change)
}
