//! A request to a model and its reply, taken apart.

use checkagent_cassette::model::{OfferedTool, Saying, Streaming, Wire};
use checkagent_cassette::{HttpReply, Interaction, Reply, Request};

use super::analysed::Recording;
use super::model_stream::ModelStream;

/// A request to a model that was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelExchange {
    /// The interaction's number.
    pub number: usize,
    /// The format in which the model was asked.
    pub wire: Wire,
    /// The form of the reply; `None` for Amazon's binary event stream.
    pub streaming: Option<Streaming>,
    /// What the model said; `None` where nobody can take it apart and put it together again.
    pub saying: Option<Saying>,
    /// The tools that it could call; only where it called one.
    pub offered: Vec<OfferedTool>,
    /// Where things are in a streamed reply.
    pub(crate) stream: Option<ModelStream>,
}

impl ModelExchange {
    pub(super) fn of(interaction: &Interaction, recording: &Recording) -> Option<Self> {
        let (Request::Http(request), Reply::Http(reply)) = (&interaction.request, &interaction.reply) else {
            return None;
        };
        if !interaction.reply.is_success() {
            return None;
        }
        let document = recording.request_document(interaction.number)?;
        let wire = Wire::of_document(&request.target, &document)?;
        let saying = wire.saying(reply);
        let calls = saying.as_ref().is_some_and(|saying| saying.calls().next().is_some());
        let offered = if calls { wire.offered(&document) } else { Vec::new() };
        let streaming = Streaming::of(reply);
        let stream = streaming.and_then(|form| ModelStream::of(wire, form, &reply.body().to_bytes()));
        Some(Self { number: interaction.number, wire, streaming, saying, offered, stream })
    }

    /// The tool of that name, as the request offered it.
    #[must_use]
    pub fn tool(&self, name: &str) -> Option<&OfferedTool> {
        self.offered.iter().find(|tool| tool.name == name)
    }

    /// The reply as it was recorded.
    pub(crate) fn recorded<'r>(&self, recording: &'r Recording) -> Option<&'r HttpReply> {
        match &recording.interaction(self.number).reply {
            Reply::Http(reply) => Some(reply),
            Reply::Call(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use checkagent_cassette::model::Part;
    use serde_json::json;

    use crate::fixture::{recording_of, taped};

    use super::*;

    #[test]
    fn only_answered_requests_to_models_are_exchanges() {
        let saying = Saying::of("m", vec![Part::call("c", "find", "{}")]);
        let reply = Wire::OpenAiChat.compose(&saying, Streaming::Sse).unwrap();
        let tools = json!([{"type": "function", "function": {"name": "find"}}]);
        let body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "tools": tools});
        let chat = || taped("POST", "/v1/chat/completions").body(&body);
        let recording = recording_of(vec![
            taped("GET", "/v1/records").reply(&json!([])),
            chat().status(500),
            chat().reply_with(reply),
            chat().reply(&json!({"error": "odd"})),
        ]);
        let exchanges = recording.model_exchanges();
        assert_eq!(exchanges.iter().map(|exchange| exchange.number).collect::<Vec<_>>(), [3, 4]);
        let found = recording.model_exchange(3).unwrap();
        assert_eq!((found.wire, found.streaming), (Wire::OpenAiChat, Some(Streaming::Sse)));
        assert_eq!(found.saying.as_ref().map(|saying| saying.calls().count()), Some(1));
        assert!(found.tool("find").is_some() && found.stream.is_some());
        assert!(exchanges[1].saying.is_none() && recording.model_exchange(1).is_none());
    }
}
