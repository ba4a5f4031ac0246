//! What the recorded model said next, as if nothing had been noticed.

use checkagent_cassette::model::Saying;

use super::ask::Ask;

/// The next recorded answer; after the last, the last that ended the conversation.
pub(super) fn say(ask: &Ask<'_>) -> Option<Saying> {
    if let Some(next) = ask.open.iter().find_map(|number| ask.recorded(*number)) {
        return Some(next.clone());
    }
    let exchanges = ask.recording.model_exchanges().iter().rev();
    let mut sayings =
        exchanges.filter(|exchange| exchange.wire == ask.wire).filter_map(|exchange| exchange.saying.as_ref());
    sayings.find(|saying| saying.calls().next().is_none()).cloned()
}
