//! What the agent really sent, in the place of what the recording has.
//!
//! An effect that differs from the recorded one is answered, so that the run can go on. From then on this world holds
//! what was sent: an echo or a later read that showed the recorded values would be our contradiction, not the agent's.

use serde_json::Value;

use checkagent_cassette::Reply;
use checkagent_cassette::json::{Edit, Pointer, Step, apply_all};

use crate::recording::{Record, Recording, scalars, shows};

/// An effect that was sent instead of a recorded one.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// The recorded effect's number.
    pub instead_of: usize,
    /// The document that was sent.
    pub document: Value,
    /// The items that it holds, if the recorded effect is a batch.
    pub items: Option<Vec<Value>>,
}

/// The recorded reply of an effect, as it would be for the document that was sent.
pub(super) fn echo(recording: &Recording, sent: &Sent) -> Reply {
    let interaction = recording.interaction(sent.instead_of);
    let recorded = interaction.request.json().unwrap_or_default();
    let (Some(batch), Some(items)) = (recording.batch(sent.instead_of), &sent.items) else {
        return replaced(&interaction.reply, &[Pair::of(&recorded, Some(&sent.document))])
            .unwrap_or_else(|| interaction.reply.clone());
    };
    // One answer for each item that was sent, however many the recording has.
    batch.reply_to_others(&interaction.reply, items, |model, item| {
        let edits = Pair::of(&model.asked, Some(item)).edits(&Pointer::root(), &model.answered).unwrap_or_default();
        let edited = apply_all(&model.answered.to_string(), &edits);
        edited.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_else(|| model.answered.clone())
    })
}

/// A recorded read, as it would be after the effects that were really sent; `None` where that cannot be told.
pub(super) fn substituted(recording: &Recording, reply: &Reply, sent: &[Sent]) -> Option<Reply> {
    let mut reply = reply.clone();
    for sent in sent {
        let pairs: Vec<_> = match (recording.batch(sent.instead_of), &sent.items) {
            // Items beyond the recorded ones appear in no recorded reply.
            (Some(batch), Some(items)) if items.len() > batch.items().len() => return None,
            (Some(batch), Some(items)) => {
                let asked = batch.items().iter().map(|item| &item.asked).enumerate();
                asked.map(|(index, asked)| Pair::of(asked, items.get(index))).collect()
            }
            _ => {
                let recorded = recording.interaction(sent.instead_of).request.json().unwrap_or_default();
                vec![Pair::of(&recorded, Some(&sent.document))]
            }
        };
        reply = replaced(&reply, &pairs)?;
    }
    Some(reply)
}

fn replaced(reply: &Reply, pairs: &[Pair]) -> Option<Reply> {
    let Some(document) = reply.json() else { return Some(reply.clone()) };
    let mut edits = Vec::new();
    for pair in pairs {
        edits.extend(pair.edits(&Pointer::root(), &document)?);
    }
    // Removals come last and from the back, so that the other places stay right.
    edits.sort_by(|a, b| match (a, b) {
        (Edit::Remove { at: a }, Edit::Remove { at: b }) => b.cmp(a),
        (Edit::Remove { .. }, _) => std::cmp::Ordering::Greater,
        (_, Edit::Remove { .. }) => std::cmp::Ordering::Less,
        _ => std::cmp::Ordering::Equal,
    });
    Some(reply.edited(&edits))
}

/// The records in a recorded document, each with what was sent in its place.
#[derive(Debug, Default)]
struct Pair {
    records: Vec<(Record, Option<Record>)>,
}

impl Pair {
    /// Pairs the objects that stand at the same places.
    fn of(recorded: &Value, sent: Option<&Value>) -> Self {
        let mut pair = Self::default();
        pair.walk(recorded, sent);
        pair
    }

    fn walk(&mut self, recorded: &Value, sent: Option<&Value>) {
        match recorded {
            Value::Object(members) => {
                let record = scalars(members);
                // Two scalars make a record that can be recognised elsewhere.
                if record.len() >= 2 {
                    self.records.push((record, sent.and_then(Value::as_object).map(scalars)));
                }
                for (name, member) in members {
                    self.walk(member, sent.map(|sent| &sent[name.as_str()]).filter(|sent| !sent.is_null()));
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.walk(item, sent.and_then(|sent| sent.get(index)));
                }
            }
            _ => {}
        }
    }

    /// The edits that turn what `value` shows of the records into what was sent; `None` if a record would have to
    /// vanish from a place that is no list item.
    fn edits(&self, at: &Pointer, value: &Value) -> Option<Vec<Edit>> {
        match value {
            Value::Object(members) => {
                let shown = self.records.iter().find(|(record, _)| shows(members, record));
                let mut edits = Vec::new();
                match shown {
                    Some((_, None)) => {
                        let item = matches!(at.steps().last(), Some(Step::Index(_)));
                        return item.then(|| vec![Edit::Remove { at: at.clone() }]);
                    }
                    Some((record, Some(sent))) => {
                        for (name, value) in sent.iter().filter(|(name, value)| record.get(*name) != Some(value)) {
                            if members.contains_key(name) {
                                edits.push(Edit::Set { at: at.key(name), value: value.clone() });
                            }
                        }
                        let gone = record.keys().filter(|name| !sent.contains_key(*name));
                        edits.extend(gone.map(|name| Edit::Remove { at: at.key(name) }));
                    }
                    None => {}
                }
                for (name, member) in members {
                    edits.extend(self.edits(&at.key(name), member)?);
                }
                Some(edits)
            }
            Value::Array(items) => {
                let mut edits = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    edits.extend(self.edits(&at.index(index), item)?);
                }
                Some(edits)
            }
            _ => Some(Vec::new()),
        }
    }
}
