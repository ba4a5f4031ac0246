//! The documents of a recording's messages, each parsed once.

use std::borrow::Cow;
use std::sync::OnceLock;

use serde_json::Value;

use checkagent_cassette::{Body, CallReply, Content, HttpReply, Interaction, Reply, Request};

/// Text of so many bytes at most is kept parsed, which takes several times its size. The documents of a larger recording
/// are parsed whenever they are asked for.
const KEPT: usize = 2 << 20;

/// What was found out about one message; `None` where there is nothing to be found.
pub(super) type Found<T> = OnceLock<Option<T>>;

/// The documents of all messages.
#[derive(Debug)]
pub(super) struct Documents {
    are_kept: bool,
    requests: Vec<Found<Value>>,
    replies: Vec<Found<Value>>,
    sent: Vec<Found<Reply>>,
}

impl Documents {
    pub(super) fn new(interactions: &[Interaction]) -> Self {
        let are_kept = interactions.iter().map(size).sum::<usize>() <= KEPT;
        let kept = if are_kept { interactions.len() } else { 0 };
        Self { are_kept, requests: unknown(kept), replies: unknown(kept), sent: unknown(kept) }
    }

    /// What is found in a message, kept if the recording is small enough for that.
    pub(super) fn kept<'r, T: Clone>(
        &self,
        found: Option<&'r Found<T>>,
        find: impl FnOnce() -> Option<T>,
    ) -> Option<Cow<'r, T>> {
        match found.filter(|_| self.are_kept) {
            Some(found) => found.get_or_init(find).as_ref().map(Cow::Borrowed),
            None => find().map(Cow::Owned),
        }
    }

    pub(super) fn of_request<'r>(&'r self, interaction: &'r Interaction) -> Option<Cow<'r, Value>> {
        match &interaction.request {
            Request::Call(call) => Some(Cow::Borrowed(&call.args)),
            Request::Http(http) => self.kept(self.requests.get(interaction.number - 1), || http.body.json()),
        }
    }

    pub(super) fn as_sent<'r>(&'r self, interaction: &'r Interaction) -> Cow<'r, Reply> {
        let Some(sent) = self.sent.get(interaction.number - 1) else { return Cow::Borrowed(&interaction.reply) };
        let sent = self.kept(Some(sent), || as_sent(&interaction.reply));
        sent.unwrap_or(Cow::Borrowed(&interaction.reply))
    }

    pub(super) fn of_reply<'r>(&'r self, interaction: &'r Interaction) -> Option<Cow<'r, Value>> {
        match &interaction.reply {
            Reply::Call(CallReply::Returned(value)) => Some(Cow::Borrowed(value)),
            Reply::Call(CallReply::Failed(_)) => None,
            Reply::Http(_) => self.kept(self.replies.get(interaction.number - 1), || interaction.reply.json()),
        }
    }
}

fn unknown<T>(messages: usize) -> Vec<Found<T>> {
    (0..messages).map(|_| OnceLock::new()).collect()
}

/// The reply with the bytes of its document; `None` where it is no document in one piece.
fn as_sent(reply: &Reply) -> Option<Reply> {
    let Reply::Http(http) = reply else { return None };
    let Content::Whole(body @ Body::Json(_)) = &http.content else { return None };
    Some(Reply::Http(HttpReply { content: Content::Whole(body.as_sent()), ..http.clone() }))
}

fn size(interaction: &Interaction) -> usize {
    let length = |body: &Body| body.text().map_or(0, str::len);
    let asked = match &interaction.request {
        Request::Http(http) => length(&http.body),
        Request::Call(_) => 0,
    };
    let answered = match &interaction.reply {
        Reply::Http(http) => match &http.content {
            Content::Whole(body) => length(body),
            Content::Frames(frames) => frames.iter().map(|frame| length(&frame.data)).sum(),
        },
        Reply::Call(_) => 0,
    };
    asked + answered
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::{recording_of, taped};

    #[test]
    fn a_document_is_kept_unless_the_recording_is_large() {
        for (length, kept) in [(9, true), (KEPT, false)] {
            let reply = json!({"text": "x".repeat(length)});
            let recording = recording_of(vec![taped("POST", "/a").body(&json!({"n": 1})).reply(&reply)]);
            let (asked, answered) = (recording.request_document(1).unwrap(), recording.reply_document(1).unwrap());
            assert_eq!((&asked["n"], &*answered), (&json!(1), &reply));
            assert_eq!(matches!(answered, Cow::Borrowed(_)), kept);
        }
    }
}
