//! A model that does what it reads.

use checkagent_cassette::model::{Called, Part, ToolCall};

use super::ask::Ask;
use super::oblivious;
use super::planted::{carries_token, obeying, reached, wants_words, words};
use super::said::{Said, made_up};
use crate::mutation::Attack;

/// Once a planted text has reached it, it makes the call that the text wants; or says what it wants said, at the end.
/// Otherwise it goes on as recorded.
pub(super) fn say(ask: &Ask<'_>) -> Option<Said> {
    let attacks = reached(ask);
    let mut to_say = Vec::new();
    for attack in &attacks {
        let only_words = attack.tool.is_none() && wants_words(attack);
        let call = if only_words { None } else { obeying(attack, ask) };
        match call {
            Some(call) if !has_obeyed(attack, &call, ask) => return Some(made_up(ask, vec![Part::Call(call)]).into()),
            Some(_) if !wants_words(attack) => {}
            _ => to_say.push(words(attack)),
        }
    }
    let extra = ask.called().filter(|made| attacks.iter().any(|attack| obeys(made, attack)));
    let said = oblivious::after(ask, extra.count());
    if to_say.is_empty() {
        return said;
    }
    let told = Part::text(&to_say.join("\n"));
    match said {
        Some(said) if said.saying.calls().next().is_some() => Some(said),
        Some(mut said) => {
            said.saying.parts.push(Part::text("\n"));
            said.saying.parts.push(told);
            Some(said)
        }
        None => Some(made_up(ask, vec![told]).into()),
    }
}

/// Whether the call was made before in this conversation.
fn has_obeyed(attack: &Attack, call: &Called, ask: &Ask<'_>) -> bool {
    let same = |made: &ToolCall| made.name == call.name && call.value().as_ref() == Some(&made.arguments);
    let mut called = ask.called();
    called.any(|made| obeys(made, attack) || same(made))
        // Where nobody can say what was called, it is not called again and again.
        || (ask.forgets_calls() && ask.turn > 0)
}

/// Whether only the planted text asks for this call.
fn obeys(made: &ToolCall, attack: &Attack) -> bool {
    (attack.honey && attack.tool.as_ref() == Some(&made.name)) || carries_token(&made.arguments.to_string(), attack)
}
