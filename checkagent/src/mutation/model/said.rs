//! Replies of models that say something else than recorded.

use checkagent_cassette::Reply;
use checkagent_cassette::model::{Called, Part, Saying, Stop, Streaming, Wire};

use crate::mutation::bend::Bend;
use crate::mutation::site::Site;
use crate::recording::{ModelExchange, Recording};

/// The rank of a site at a reply that calls a tool: what goes wrong there can change the world.
pub(super) const CALLING: u32 = 90;
/// The rank of a site at another reply.
pub(super) const SPEAKING: u32 = 70;

/// The replies that can say something else.
pub(super) fn speaking(recording: &Recording) -> impl Iterator<Item = (&ModelExchange, &Saying)> {
    let all = recording.model_exchanges().iter();
    all.filter(|exchange| exchange.streaming.is_some())
        .filter_map(|exchange| Some((exchange, exchange.saying.as_ref()?)))
}

/// Those of them that call tools.
pub(super) fn calling(recording: &Recording) -> impl Iterator<Item = (&ModelExchange, &Saying)> {
    speaking(recording).filter(|(_, saying)| saying.calls().next().is_some())
}

pub(super) fn rank(saying: &Saying) -> u32 {
    if saying.calls().next().is_some() { CALLING } else { SPEAKING }
}

/// Another saying in the place of the recorded one, in its form and with what stands around it. Asked once more, the
/// model says what was recorded: it is not the same twice.
pub(super) fn replaced(recording: &Recording, site: &Site, change: impl FnOnce(&mut Saying)) -> Bend {
    replaced_at(recording, site.interaction, change).unwrap_or(Bend::All(Vec::new()))
}

pub(super) fn replaced_at(recording: &Recording, number: usize, change: impl FnOnce(&mut Saying)) -> Option<Bend> {
    let exchange = recording.model_exchange(number)?;
    let mut saying = exchange.saying.clone()?;
    change(&mut saying);
    let reply = exchange.wire.recompose(exchange.recorded(recording)?, &saying)?;
    Some(Bend::Replace { at: number, reply: Reply::Http(reply), times: Some(1) })
}

/// Nothing but this is said.
pub(super) fn only(saying: &mut Saying, parts: Vec<Part>, stop: Stop) {
    saying.parts = parts;
    saying.stop = stop;
}

/// The first half of the text, where it can be halved.
pub(super) fn half(text: &str) -> Option<&str> {
    let middle = (1..=text.len() / 2).rev().find(|at| text.is_char_boundary(*at))?;
    text.get(..middle)
}

/// Whether the wire has the arguments of a call as text, so that they can be anything.
pub(super) fn says_arguments_as_text(exchange: &ModelExchange) -> bool {
    match exchange.wire {
        Wire::OpenAiChat | Wire::OpenAiResponses => true,
        Wire::Anthropic => exchange.streaming == Some(Streaming::Sse),
        Wire::Gemini | Wire::Bedrock => false,
    }
}

/// The same call with an id of its own.
pub(super) fn anew(mut call: Called) -> Called {
    call.id = None;
    // The item of Responses has one too.
    call.beside.remove("id");
    call
}
