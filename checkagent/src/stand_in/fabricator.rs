//! A model that makes up what it does not know, and claims success.

use checkagent_cassette::model::{Called, Saying};
use serde_json::{Map, Value};

use super::ask::Ask;
use super::conversation::Conversation;
use super::invented::invented;
use super::said::Said;

/// The next recorded call with arguments of its own, once, whatever came of the calls before; then the recorded answer
/// that claims success.
pub(super) fn say(ask: &Ask<'_>) -> Option<Said> {
    let conversation = Conversation::of(ask);
    let made_up_before = || {
        let mut recorded = conversation.calling().flat_map(|answer| answer.saying.calls());
        recorded.any(|call| {
            let other = arguments(call, ask);
            other.is_some()
                && ask.called().any(|made| made.name == call.name && Some(&made.arguments) == other.as_ref())
        })
    };
    // The provider keeps what was called; what it was led to is told by the first answer of a stand-in.
    let done = made_up_before() || (ask.forgets_calls() && ask.turn > 0);
    let next = conversation.next(0).filter(|_| !done);
    let calls = next.filter(|answer| answer.saying.calls().next().is_some());
    match calls {
        Some(answer) => {
            let mut said = Said::again(answer);
            invent(&mut said.saying, ask);
            Some(said)
        }
        None => conversation.end().map(Said::again),
    }
}

fn invent(saying: &mut Saying, ask: &Ask<'_>) {
    for call in saying.calls_mut() {
        if let Some(other) = arguments(call, ask) {
            call.arguments = other.to_string();
        }
    }
}

/// Other arguments in place of the recorded ones; `None` where there are none to be made up.
fn arguments(call: &Called, ask: &Ask<'_>) -> Option<Value> {
    let recorded = call.value().filter(|_| !call.custom)?;
    let offered = ask.offered().into_iter().find(|tool| tool.name == call.name);
    let schema = |name: &str| offered.as_ref()?.schema.as_ref()?.get("properties")?.get(name);
    let members = recorded.as_object()?;
    let other: Map<_, _> = members.iter().map(|(name, value)| (name.clone(), invented(value, schema(name)))).collect();
    Some(Value::Object(other)).filter(|other| *other != recorded)
}
