//! Flow to the answer: which reply a value of the answer came from.

use std::collections::HashSet;

use serde_json::Value;

use super::index::{Index, ValueId};
use super::links::Flow;
use super::words::has_words;
use crate::analysis::place::Place;
use crate::json::{Pointer, leaves};

/// A value of the answer, and the reply that brought it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerLink {
    /// Number of the interaction whose reply brought it first.
    pub from: usize,
    /// Where it stood in that reply.
    pub source: Place,
    /// Where it stands in the answer, also where it is inside a longer text.
    pub at: Pointer,
    /// The value.
    pub value: String,
}

impl Flow {
    /// The values of an answer that replies brought: whole values, and values inside texts. Only telling values link,
    /// and none that a request had before; what was counted or added up is not looked for.
    #[must_use]
    pub fn to_answer(&self, answer: &Value) -> Vec<AnswerLink> {
        let mut links = Vec::new();
        let mut seen = HashSet::new();
        for (Found { at, text }, value) in values_of(&self.index, answer) {
            if !(self.index.is_from_a_reply(value) && self.index.rarity(value).is_telling()) {
                continue;
            }
            let Some(first) = self.index.first(value) else { continue };
            let Some(from) = self.index.exchanges.get(first.exchange as usize) else { continue };
            if seen.insert((at.clone(), value)) {
                links.push(AnswerLink {
                    from: from.number,
                    source: self.index.spots.place(first.spot),
                    at,
                    value: text,
                });
            }
        }
        links
    }
}

/// A value that an answer has.
#[derive(Debug)]
pub(super) struct Found {
    at: Pointer,
    text: String,
}

/// The values of an answer that messages have as well.
pub(super) fn values_of(index: &Index, answer: &Value) -> Vec<(Found, ValueId)> {
    let mut found = Vec::new();
    leaves(answer, &mut |at, leaf| {
        let text = match leaf {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => leaf.to_string(),
            _ => return,
        };
        if let Some(value) = index.find(&text) {
            found.push((Found { at: at.clone(), text }, value));
        } else if has_words(&text) {
            let mut inside = Vec::new();
            index.in_text(&text, &mut inside);
            let part = |(value, range): (ValueId, std::ops::Range<usize>)| {
                (Found { at: at.clone(), text: text[range].to_owned() }, value)
            };
            found.extend(inside.into_iter().map(part));
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fixture::{get, post};
    use super::*;

    #[test]
    fn values_of_the_answer_are_found_whole_and_in_texts() {
        let recording = [
            get(
                1,
                "/customers?region=EU-NORTH-1",
                &json!([{"name": "Ada Lovelace", "total": 118_050, "region": "EU-NORTH-1", "n": 7}]),
            ),
            post(2, "/refunds", &json!({"amount": 118_050}), &json!({"id": "ref-9911-x", "name": "Ada Lovelace"})),
        ];
        let answer = json!({"refund": "ref-9911-x", "sum": 118_050, "n": 7, "region": "EU-NORTH-1",
            "text": "Ada Lovelace got ref-9911-x back; ref-9911-x is new."});
        let links = Flow::of(&recording).to_answer(&answer);
        let shown = |link: &AnswerLink| format!("{} {} -> {}: {}", link.from, link.source, link.at, link.value);
        assert_eq!(
            links.iter().map(shown).collect::<Vec<_>>(),
            [
                "2 /id -> /refund: ref-9911-x",
                "1 /0/total -> /sum: 118050",
                "1 /0/name -> /text: Ada Lovelace",
                "2 /id -> /text: ref-9911-x"
            ]
        );
    }
}
