//! Where a person, or a rule in a person's place, was asked before something was done.

use std::collections::HashMap;

use serde_json::{Value, json};

use checkagent_cassette::json::{Edit, Pointer, Step, leaves};
use checkagent_cassette::{Content, HttpReply, Interaction, Reply, Request};

use super::words::{DECIDING, DEEPEST, WORDS, approves};
use crate::mutation::site::Site;
use crate::recording::Recording;
use crate::recording::message::asked;

/// A reply that approves.
#[derive(Debug)]
pub(super) struct Gate {
    /// The interaction's number.
    pub number: usize,
    /// Every member that says so.
    pub decisions: Vec<Decision>,
    /// The reply.
    pub document: Value,
    /// Whether something was done after it.
    pub leads_to_effects: bool,
}

/// A member that says yes.
#[derive(Debug)]
pub(super) struct Decision {
    /// Where it stands.
    pub place: Pointer,
    /// What it says, as it is written.
    said: Value,
    words: Words,
}

/// What the same member says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Words {
    /// `true` and `false`.
    Bool,
    /// A word and its contrary; the form of a state has a third word for "not yet".
    Word { no: &'static str, pending: Option<&'static str> },
}

/// What is asked for, or of, when somebody has to agree.
const CONTEXT: [&str; 9] =
    ["approv", "confirm", "permission", "authoriz", "authoris", "review", "consent", "elicit", "sign_off"];

impl Gate {
    /// The best sites first: what is done after it matters.
    pub(super) fn site(&self) -> Site {
        Site::at(self.number).rank(if self.leads_to_effects { 100 } else { 60 })
    }

    /// The edits that make every decision say no.
    pub(super) fn denied(&self) -> Vec<Edit> {
        let no = |decision: &Decision| match decision.words {
            Words::Bool => json!(false),
            Words::Word { no, .. } => written_like(no, &decision.said),
        };
        self.decisions.iter().map(|it| Edit::Set { at: it.place.clone(), value: no(it) }).collect()
    }

    /// The edits that make it say that nothing is decided; `None` for forms that have no word for it.
    pub(super) fn pending(&self) -> Option<Vec<Edit>> {
        let open = |decision: &Decision| match decision.words {
            Words::Bool => None,
            Words::Word { pending, .. } => pending.map(|word| written_like(word, &decision.said)),
        };
        let words: Option<Vec<_>> = self.decisions.iter().map(open).collect();
        let edits = self.decisions.iter().zip(words?);
        Some(edits.map(|(it, word)| Edit::Set { at: it.place.clone(), value: word }).collect())
    }
}

/// The approvals of a recording, in order.
pub(super) fn gates(recording: &Recording) -> Vec<Gate> {
    let last_effect = (1..=recording.interactions().len()).rfind(|number| recording.changed_something(*number));
    let gate = |interaction: &Interaction| {
        let asked = asked_for(recording, interaction)?;
        // A reply that speaks of nobody's consent need not be parsed.
        let concerned = interaction.reply.is_success() && (is_context(&asked) || speaks_of_consent(interaction));
        let document =
            if concerned { recording.reply_document(interaction.number)?.into_owned() } else { return None };
        let decisions = decisions(&document, &asked);
        let leads_to_effects = last_effect.is_some_and(|last| last > interaction.number);
        (!decisions.is_empty()).then_some(Gate { number: interaction.number, decisions, document, leads_to_effects })
    };
    recording.interactions().iter().filter_map(gate).collect()
}

/// The gate of that number.
pub(super) fn gate(recording: &Recording, number: usize) -> Option<Gate> {
    gates(recording).into_iter().find(|gate| gate.number == number)
}

/// The effects that an approval stands in front of: those after it, up to the next approval.
///
/// None of them may be done in a case in which that approval was denied or belongs to another request, and none before
/// it came.
#[must_use]
pub fn gated_effects(site: &Site, recording: &Recording) -> Vec<usize> {
    let gates = gates(recording);
    let next = gates.iter().map(|gate| gate.number).find(|number| *number > site.interaction);
    let end = next.unwrap_or(recording.interactions().len() + 1);
    let asks = |number: usize| is_context(&asked_for(recording, recording.interaction(number)).unwrap_or_default());
    (site.interaction + 1..end).filter(|number| recording.changed_something(*number) && !asks(*number)).collect()
}

/// Path or name of what was asked, in lower case; `None` for what is asked of a model or in the form of MCP, where
/// people answer on the client's side.
fn asked_for(recording: &Recording, interaction: &Interaction) -> Option<String> {
    if recording.asks_a_model(interaction.number) || asked(recording, interaction.number).is_some() {
        return None;
    }
    Some(match &interaction.request {
        Request::Http(http) => http.path().to_ascii_lowercase(),
        Request::Call(call) => call.name.to_ascii_lowercase(),
    })
}

/// The words that a reply itself has to use, where what was asked for uses none.
fn speaks_of_consent(interaction: &Interaction) -> bool {
    match &interaction.reply {
        Reply::Http(HttpReply { content: Content::Whole(body), .. }) => {
            body.text().is_some_and(|text| ["approv", "permission", "consent"].iter().any(|word| text.contains(word)))
        }
        Reply::Http(_) => false,
        Reply::Call(_) => true,
    }
}

/// `DENY` where `ALLOW` stood, `Denied` where `Allowed` did.
fn written_like(word: &str, said: &Value) -> Value {
    let said = said.as_str().unwrap_or_default();
    if said.chars().all(|c| !c.is_lowercase()) {
        return json!(word.to_uppercase());
    }
    let mut letters = word.chars();
    match letters.next().filter(|_| said.starts_with(char::is_uppercase)) {
        Some(first) => json!(first.to_uppercase().chain(letters).collect::<String>()),
        None => json!(word),
    }
}

fn is_context(text: &str) -> bool {
    CONTEXT.iter().any(|word| text.contains(word))
}

/// The members that approve. Words alone are not enough: an invoice may be `approved` as well, and nobody was asked.
fn decisions(document: &Value, asked: &str) -> Vec<Decision> {
    let mut found = Vec::new();
    leaves(document, &mut |place, value| {
        let steps = place.steps();
        let Some(Step::Key(name)) = steps.last().filter(|_| steps.len() <= DEEPEST) else { return };
        if !steps.iter().all(|step| matches!(step, Step::Key(_))) {
            return;
        }
        let around = steps[..steps.len() - 1].iter().any(|step| matches!(step, Step::Key(key) if is_context(key)));
        if !around && !is_context(asked) {
            return;
        }
        let words = match value {
            Value::Bool(true) => approves(name).then_some(Words::Bool),
            Value::String(said) if DECIDING.contains(&name.as_str()) => WORDS
                .iter()
                .find(|(word, ..)| said.eq_ignore_ascii_case(word))
                .map(|(_, no, pending)| Words::Word { no, pending: *pending }),
            _ => None,
        };
        found.extend(words.map(|words| Decision { place: place.clone(), said: value.clone(), words }));
    });
    found
}

/// The interactions from that one on which ask the same and are answered with an approval.
pub(super) fn same_approvals(recording: &Recording, number: usize) -> Vec<Gate> {
    let key = recording.interaction(number).key;
    gates(recording)
        .into_iter()
        .filter(|gate| gate.number >= number && recording.interaction(gate.number).key == key)
        .collect()
}

/// The numbers and texts of a document by the names of their members.
pub(super) fn named_values(document: &Value) -> HashMap<(String, String), Pointer> {
    let mut named = HashMap::new();
    leaves(document, &mut |place, value| {
        if let (Some(name), true) = (place.field(), value.is_number() || value.is_string()) {
            named.entry((name.to_owned(), value.to_string())).or_insert_with(|| place.clone());
        }
    });
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{recording_of, taped, taped_call};

    fn numbers(taped: Vec<crate::fixture::Taped>) -> Vec<usize> {
        gates(&recording_of(taped)).iter().map(|gate| gate.number).collect()
    }

    #[test]
    fn approvals_are_told_by_what_is_asked_and_what_is_said() {
        for (asked, said) in [
            ("/approvals/7", json!({"status": "approved"})),
            ("/v1/review", json!({"data": {"decision": "ALLOW"}})),
            ("/tickets/7", json!({"id": 7, "approval": {"approved": true}})),
        ] {
            assert_eq!(numbers(vec![taped("GET", asked).reply(&said)]), [1], "{asked} {said}");
        }
        assert_eq!(numbers(vec![taped_call("confirm_with_user", false, &json!({}), &json!({"confirmed": true}))]), [1]);
    }

    #[test]
    fn the_contrary_is_written_as_the_approval_was() {
        let of = |said: &str| written_like("denied", &json!(said));
        assert_eq!((of("ALLOWED"), of("Allowed"), of("allowed")), (json!("DENIED"), json!("Denied"), json!("denied")));
    }

    #[test]
    fn what_only_looks_like_an_approval_is_none() {
        for (asked, said) in [
            ("/invoices/7", json!({"status": "approved"})),
            ("/approvals", json!({"items": [{"status": "approved"}]})),
            ("/approvals/7", json!({"status": "pending"})),
            ("/approvals/7", json!({"status": "rejected", "urgent": true})),
            ("/oauth/authorize", json!({"access_token": "t", "ok": true})),
        ] {
            assert!(numbers(vec![taped("GET", asked).reply(&said)]).is_empty(), "{asked} {said}");
        }
        let chat = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
        let said = json!({"approval": {"approved": true}});
        assert!(numbers(vec![taped("POST", "/v1/chat/completions").body(&chat).reply(&said)]).is_empty());
    }

    #[test]
    fn the_effects_after_an_approval_are_its_own_up_to_the_next() {
        let yes = json!({"approved": true});
        let recording = recording_of(vec![
            taped("GET", "/approvals/1").reply(&yes),
            taped("POST", "/refunds").body(&json!({"n": 1})),
            taped("POST", "/approvals").body(&json!({"n": 2})),
            taped("GET", "/approvals/2").reply(&yes),
            taped("POST", "/refunds").body(&json!({"n": 2})),
        ]);
        assert_eq!(gated_effects(&Site::at(1), &recording), [2]);
        assert_eq!(gated_effects(&Site::at(4), &recording), [5]);
    }
}
