//! What a stand-in says, and what stands around it.

use checkagent_cassette::model::{Part, Saying, Usage};

use super::ask::Ask;
use super::conversation::{Answer, Conversation};

/// An answer of a stand-in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) saying: Saying,
    /// The interaction whose answer it repeats.
    pub(crate) repeats: Option<usize>,
}

impl Said {
    /// A recorded answer once more.
    pub(super) fn again(answer: Answer<'_>) -> Self {
        Self { saying: answer.saying.clone(), repeats: Some(answer.number) }
    }
}

impl From<Saying> for Said {
    fn from(saying: Saying) -> Self {
        Self { saying, repeats: None }
    }
}

/// Four bytes are about one token.
const BYTES_OF_A_TOKEN: usize = 4;

/// Something that no model ever said, in the name of the recorded one, with the usage that it would have had.
pub(super) fn made_up(ask: &Ask<'_>, parts: Vec<Part>) -> Saying {
    let conversation = Conversation::of(ask);
    let sample = conversation.sample();
    // What is recorded without usage stays without.
    let counts = conversation.all().next().is_none() || conversation.all().any(|saying| saying.usage.is_some());
    let written: usize = parts.iter().map(length).sum();
    let read = ask.request.body.to_bytes().len();
    let tokens = |bytes: usize| u64::try_from(bytes / BYTES_OF_A_TOKEN).unwrap_or(u64::MAX).max(1);
    Saying {
        model: sample.filter(|answer| asks_the_same(ask, answer)).map_or_else(String::new, |a| a.saying.model.clone()),
        created: sample.map_or(0, |answer| answer.saying.created),
        usage: counts.then(|| Usage::new(tokens(read), tokens(written))),
        parts,
        ..Saying::default()
    }
}

/// Whether the request names the model that gave this answer; a reply may name it more exactly.
fn asks_the_same(ask: &Ask<'_>, answer: &Answer<'_>) -> bool {
    let recorded = ask.recording.request_document(answer.number);
    let path = match &ask.recording.interaction(answer.number).request {
        checkagent_cassette::Request::Http(http) => http.path(),
        checkagent_cassette::Request::Call(_) => return false,
    };
    path == ask.request.path() && recorded.is_some_and(|recorded| recorded.get("model") == ask.document.get("model"))
}

fn length(part: &Part) -> usize {
    match part {
        Part::Text { text, .. } | Part::Refusal(text) => text.len(),
        Part::Call(call) => call.name.len() + call.arguments.len(),
        Part::Other(value) => value.to_string().len(),
    }
}
