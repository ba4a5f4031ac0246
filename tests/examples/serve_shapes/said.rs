//! What the model says, as a client asked for it, and as an operator bends it.

use std::collections::BTreeMap;

use checkagent::Recording;
use checkagent::cassette::key::{Key, Matching};
use checkagent::cassette::model::{Called, Part, Saying, Usage, Wire};
use checkagent::cassette::{Cassette, Fidelity, Header, HttpReply, HttpRequest, Interaction, Reply, Request};
use checkagent::mutation::{self, Bend, Fault};
use serde_json::Value;

/// What can be said, by name: the only place where it stands. The clients read it too, to compare.
pub(super) const SAYINGS: &str = include_str!("../../clients/sayings.json");

/// The bend of a path that wants none.
const UNBENT: &str = "unbent";

/// The saying of that name, where a wire has words for all of it.
fn saying(wire: Wire, name: &str) -> Option<Saying> {
    let all: Value = serde_json::from_str(SAYINGS).ok()?;
    let parts = all.get(name)?.as_array()?.iter().map(|part| written(wire, part)).collect::<Option<_>>()?;
    let usage = Some(Usage::new(12, 7));
    Some(Saying { created: 1_700_000_000, usage, ..Saying::of("", parts) })
}

fn written(wire: Wire, part: &Value) -> Option<Part> {
    if let Some(text) = part.get("text") {
        return text.as_str().map(Part::text);
    }
    if let Some(other) = part.get("other") {
        return other.get(name(wire)).cloned().map(Part::Other);
    }
    let call = part.get("call")?;
    let field = |name: &str| call.get(name)?.as_str();
    let (id, tool) = (field("id")?, field("name")?);
    match field("input") {
        Some(input) => Some(Part::Call(Called { custom: true, ..Called::new(id, tool, input) })),
        None => Some(Part::call(id, tool, &call.get("arguments")?.to_string())),
    }
}

fn name(wire: Wire) -> &'static str {
    match wire {
        Wire::OpenAiChat => "openai_chat",
        Wire::OpenAiResponses => "openai_responses",
        Wire::Anthropic => "anthropic",
        Wire::Gemini => "gemini",
        Wire::Bedrock => "bedrock",
    }
}

/// The reply to a request: the saying of that name in the wire and the form of the request, as an operator bends it,
/// which is named as in a case, without a number: `model_stream_cut:in_text`.
pub(super) fn reply(request: HttpRequest, name: &str, bend: &str) -> Option<HttpReply> {
    let wire = Wire::of(&request)?;
    let reply = wire.answer(&request, &saying(wire, name)?)?;
    if bend == UNBENT {
        return Some(reply);
    }
    let (operator, variant) =
        bend.split_once(':').map_or((bend, None), |(operator, variant)| (operator, Some(variant)));
    let operator = mutation::all().into_iter().find(|known| known.id() == operator)?;
    let recording = Recording::new(recorded(request, reply), Vec::new());
    let site = operator.sites(&recording).into_iter().find(|site| site.variant == variant)?;
    match operator.bend(&site, &recording) {
        Bend::Fault { fault: Fault::Reply(reply), .. } | Bend::Replace { reply: Reply::Http(reply), .. } => Some(reply),
        _ => None,
    }
}

fn recorded(request: HttpRequest, reply: HttpReply) -> Cassette {
    let header = Header {
        name: "said".to_owned(),
        recorded_at: "2026-01-01T00:00:00Z".to_owned(),
        recorder: "serve_shapes".to_owned(),
        matching: Matching::default(),
        channels: BTreeMap::new(),
    };
    let interaction = Interaction {
        number: 1,
        channel: "llm".into(),
        key: Key::default(),
        request: Request::Http(request),
        reply: Reply::Http(reply),
        latency: None,
        fidelity: Fidelity::Wire,
    };
    Cassette::new(header, vec![interaction])
}
