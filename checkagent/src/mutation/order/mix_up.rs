//! What tells that a reply belongs to another request.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use checkagent_cassette::analysis::{Place, request_atoms};
use checkagent_cassette::{CallReply, Content, Interaction, Reply, Request};

use crate::recording::Recording;

/// Reads of one kind over HTTP in recorded order, with the one before each: another request that was answered
/// differently.
///
/// Asking a model is no read of anything, and the agent's own code gives no other call's reply.
pub(super) fn neighbours(recording: &Recording) -> Vec<(&Interaction, &Interaction)> {
    let mut latest = HashMap::new();
    let mut pairs = Vec::new();
    for interaction in recording.interactions() {
        let reads = !recording.asks_for_effect(interaction.number) && interaction.reply.is_success();
        let http = matches!(interaction.request, Request::Http(_));
        if !reads || !http || recording.asks_a_model(interaction.number) {
            continue;
        }
        let before: Option<&Interaction> = latest.insert(kind(recording, interaction), interaction);
        let other = before.filter(|before| before.key != interaction.key && before.reply != interaction.reply);
        pairs.extend(other.map(|before| (before, interaction)));
    }
    pairs
}

/// What a read asks for, but for ids: `rec_003a7` is none for an [`Endpoint`](checkagent_cassette::analysis::Endpoint),
/// because a word with a digit may be a name. Names of replies that may be mixed up need not be told from ids.
fn kind<'r>(recording: &'r Recording, interaction: &Interaction) -> (&'r str, String) {
    let endpoint = recording.endpoint(interaction.number);
    let name = |segment| if str::bytes(segment).any(|byte| byte.is_ascii_digit()) { "{id}" } else { segment };
    let segments: Vec<_> = endpoint.operation.split('/').map(name).collect();
    (&endpoint.channel, segments.join("/"))
}

/// The interactions whose requests carry something that the reply of the first brought.
pub(super) fn followers(recording: &Recording) -> HashSet<(usize, usize)> {
    recording.flow().links().iter().map(|link| (link.from, link.to)).collect()
}

/// What tells the two requests apart, stands in the right reply, and does not stand in the other one.
pub(super) fn betrays(asked: &Interaction, other: &Interaction) -> Option<String> {
    let (right, wrong) = (text(&asked.reply), text(&other.reply));
    let others = request_atoms(&other.request);
    let mut atoms = request_atoms(&asked.request);
    atoms.retain(|atom| {
        matches!(atom.place, Place::Path(_) | Place::Query(_) | Place::Body(..)) && !others.contains(atom)
    });
    let found = atoms.into_iter().find(|atom| shows(&right, &atom.text) && !stands_in(&wrong, &atom.text));
    found.map(|atom| format!("`{}` was asked for, and the reply is not about it", atom.text))
}

/// Whether a value stands in a text so that it is no chance: a short one only as an id.
pub(super) fn shows(text: &str, value: &str) -> bool {
    places(text, value).any(|at| is_long(value) || names_something(&text[..at]))
}

/// Long enough to stand nowhere by chance.
fn is_long(value: &str) -> bool {
    value.len() >= 4
}

/// Whether what comes after a JSON text so far is the value of a member that says which thing this is: `{"id": "`.
fn names_something(before: &str) -> bool {
    let name = before.trim_end_matches('"').trim_end().strip_suffix(':').map(str::trim_end);
    let name = name.and_then(|before| before.strip_suffix('"')).and_then(|before| before.rsplit('"').next());
    name.is_some_and(|name| {
        let lower = name.to_ascii_lowercase();
        lower.ends_with("id") || matches!(lower.as_str(), "key" | "number" | "code" | "name" | "sku" | "slug")
    })
}

/// The body or the returned value as text.
pub(super) fn text(reply: &Reply) -> Cow<'_, str> {
    match reply {
        Reply::Http(http) => match &http.content {
            Content::Whole(body) => body.text().unwrap_or_default().into(),
            Content::Frames(_) => http.body().text().unwrap_or_default().to_owned().into(),
        },
        Reply::Call(CallReply::Returned(value)) => value.to_string().into(),
        Reply::Call(CallReply::Failed(message)) => message.into(),
    }
}

/// Whether a value stands somewhere by itself, not as a part of a longer one.
pub(super) fn stands_in(text: &str, value: &str) -> bool {
    places(text, value).next().is_some()
}

fn places<'t>(text: &'t str, value: &'t str) -> impl Iterator<Item = usize> + 't {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let whole = move |at: &usize| !text[..*at].ends_with(part) && !text[at + value.len()..].starts_with(part);
    text.match_indices(value).map(|(at, _)| at).filter(move |at| !value.is_empty() && whole(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stands_by_itself() {
        for (text, value, expected) in [
            (r#"{"id":42}"#, "42", true),
            (r#"{"id":421}"#, "42", false),
            (r#"{"id":"c-42"}"#, "42", false),
            (r#"{"id": "c-42"}"#, "c-42", true),
            (r#"{"n":4.2}"#, "4", false),
            ("", "42", false),
        ] {
            assert_eq!(stands_in(text, value), expected, "{value} in {text}");
        }
    }

    #[test]
    fn a_short_value_shows_only_as_an_id() {
        for (text, value, expected) in [
            (r#"{"id": 7}"#, "7", true),
            (r#"{"customerId":"7"}"#, "7", true),
            (r#"{"limit": 7, "n": [7]}"#, "7", false),
            (r#"{"limit": 7, "id": 7}"#, "7", true),
            (r#"{"text": "milk"}"#, "milk", true),
            ("7", "7", false),
        ] {
            assert_eq!(shows(text, value), expected, "{value} in {text}");
        }
    }
}
