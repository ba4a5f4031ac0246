//! A model that makes the same call again and again.

use checkagent_cassette::model::{Called, Part, Saying};
use serde_json::Value;

use super::arguments::filled;
use super::ask::Ask;
use super::conversation::Conversation;
use super::oblivious;
use super::said::{Said, made_up};

/// The last call of the conversation once more; if there was none, the first recorded one, else the first tool that is
/// offered. Without any, it has nothing to insist on.
pub(super) fn say(ask: &Ask<'_>) -> Option<Said> {
    let saying = last(ask).or_else(|| {
        let call = Conversation::of(ask).calls().next()?;
        Some(made_up(ask, vec![Part::Call(call.clone())]))
    });
    let saying = saying.or_else(|| {
        let tool = ask.offered().into_iter().next()?;
        let arguments = Value::Object(filled(tool.schema.as_ref(), &|_, _| None));
        ask.call(&tool.name, arguments)
    });
    saying.map(Said::from).or_else(|| oblivious::say(ask))
}

fn last(ask: &Ask<'_>) -> Option<Saying> {
    let call = ask.called().next_back()?;
    let arguments = match &call.arguments {
        // No JSON, or the text of a custom tool.
        Value::String(text) => text.clone(),
        arguments => arguments.to_string(),
    };
    let custom = Conversation::of(ask).calls().any(|recorded| recorded.name == call.name && recorded.custom);
    let call = Called { id: call.id.clone(), name: call.name.clone(), arguments, custom, ..Called::default() };
    Some(made_up(ask, vec![Part::Call(call)]))
}
