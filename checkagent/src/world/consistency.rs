//! The world stays consistent with itself.
//!
//! A read that was recorded after a write must not show that write when the case prevented it, and must not hide it
//! when the case did it. Blaming an agent for believing our own contradiction would be a false alarm.

use std::collections::HashSet;

use serde_json::{Map, Value};

use checkagent_cassette::analysis::list_places;
use checkagent_cassette::json::{Edit, Pointer, leaves};
use checkagent_cassette::{Content, Reply, Request};

use super::tape::Tape;
use crate::recording::Recording;

/// What a read is answered with.
#[derive(Debug, PartialEq)]
pub(super) enum Version {
    /// The recorded reply of that interaction.
    Recorded(usize),
    /// That reply, without the items that this world does not have.
    Without(usize, Reply),
    /// No reply would be consistent; why.
    None(String),
}

/// Chooses the version of a read that fits what was done in this case. `next` is what the tape would serve;
/// `undone` are documents of items that a case declared failed.
pub(super) fn version(
    recording: &Recording,
    tape: &Tape,
    candidates: &[usize],
    next: usize,
    undone: &[Value],
) -> Version {
    let fits =
        |read: usize| prevented(recording, tape, read).next().is_none() && hidden(recording, tape, read).is_none();
    let version = if fits(next) { Some(next) } else { candidates.iter().copied().rev().find(|read| fits(*read)) };
    if let Some(read) = version {
        return without(recording, read, &Traces::of_items(undone)).unwrap_or_else(|| {
            Version::None(format!("interaction {read} shows items that were not done in this case"))
        });
    }
    let mut writes: Vec<_> = prevented(recording, tape, next).collect();
    writes.reverse();
    if let (true, Some(write)) = (writes.is_empty(), hidden(recording, tape, next)) {
        let label = recording.interaction(write).request.label();
        return Version::None(format!(
            "the recording has no version of this read from after interaction {write} ({label}), which was done in this case"
        ));
    }
    let mut traces = Traces::of_items(undone);
    for write in &writes {
        traces.add_write(recording, *write);
    }
    let named: Vec<_> = writes.iter().map(ToString::to_string).collect();
    without(recording, next, &traces).unwrap_or_else(|| {
        Version::None(format!(
            "interaction {next} was recorded after interaction {}, which was not done in this case, and shows it",
            named.join(", ")
        ))
    })
}

/// The writes before a read that were not done in this case although the read shows them, the last one first.
fn prevented<'r>(recording: &'r Recording, tape: &'r Tape, read: usize) -> impl Iterator<Item = usize> + 'r {
    let missing = move |write: &usize| !tape.was_served(*write) && recording.changed_something(*write);
    // Most reads have none before them; then their replies need not be taken apart.
    let mut reply = None;
    (1..read).rev().filter(missing).filter(move |write| {
        let reply = reply.get_or_insert_with(|| recording.interaction(read).reply.json());
        let shown = reply.as_ref().is_some_and(|reply| Traces::of_write(recording, *write).show_in(reply));
        shown || changed_between(recording, *write, read)
    })
}

/// Whether the same request was answered differently before the write: then the write may be why.
fn changed_between(recording: &Recording, write: usize, read: usize) -> bool {
    let after = recording.interaction(read);
    let before = recording.with_key(after.key).iter().rfind(|number| **number < write);
    let next_effect = (write + 1..read).any(|other| recording.changed_something(other));
    before.is_some_and(|before| !next_effect && recording.interaction(*before).reply != after.reply)
}

/// A write after a read that was done in this case, and that the read would have to show.
fn hidden(recording: &Recording, tape: &Tape, read: usize) -> Option<usize> {
    (read + 1..=recording.interactions().len())
        .find(|write| tape.was_served(*write) && recording.changed_something(*write) && concerns(recording, *write, read))
}

/// Whether a write changes what is at the path of a read: the same path, one below it, or a batch that names either.
fn concerns(recording: &Recording, write: usize, read: usize) -> bool {
    let (write, read) = (recording.interaction(write), recording.interaction(read));
    if write.channel != read.channel {
        return false;
    }
    let (Request::Http(effect), Request::Http(asked)) = (&write.request, &read.request) else { return false };
    let path = asked.path();
    let below = |other: &str, of: &str| other == of || other.strip_prefix(of).is_some_and(|rest| rest.starts_with('/'));
    if below(effect.path(), path) {
        return true;
    }
    let mut named = false;
    if let Some(document) = effect.body.json() {
        leaves(&document, &mut |_, value| {
            // The paths in a batch may lack the prefix of the version.
            if let Some(target) = value.as_str().filter(|text| text.starts_with('/') && text.len() > 1) {
                let parent = target.rsplit_once('/').map_or("", |(parent, _)| parent);
                named |= path.ends_with(target) || (parent.matches('/').count() > 1 && path.ends_with(parent));
            }
        });
    }
    named
}

/// The reply without the list items that show the traces; `None` if they show elsewhere too.
fn without(recording: &Recording, read: usize, traces: &Traces) -> Option<Version> {
    if traces.is_empty() {
        return Some(Version::Recorded(read));
    }
    let reply = &recording.interaction(read).reply;
    let Some(document) = reply.json().filter(|document| traces.show_in(document)) else {
        return Some(Version::Recorded(read));
    };
    let mut edits = Vec::new();
    for (list, _) in list_places(&document) {
        let items = list.resolve(&document);
        let items = items.first().and_then(|(_, list)| list.as_array()).map_or(&[][..], Vec::as_slice);
        // From the back, so that the positions of the others stay right.
        let showing = (0..items.len()).rev().filter(|index| traces.show_in(&items[*index]));
        edits.extend(showing.map(|index| Edit::Remove { at: list.index(index) }));
    }
    let bent = edit_reply(reply, &edits);
    (!bent.json().is_some_and(|document| traces.show_in(&document))).then_some(Version::Without(read, bent))
}

/// A reply with edits applied to its JSON document.
pub(super) fn edit_reply(reply: &Reply, edits: &[Edit]) -> Reply {
    let apply = |text: &str| checkagent_cassette::json::apply_all(text, edits);
    match reply {
        Reply::Http(http) => {
            let mut http = http.clone();
            http.content = Content::Whole(http.body().map_text(apply));
            Reply::Http(http)
        }
        Reply::Call(checkagent_cassette::CallReply::Returned(value)) => {
            let bent = apply(&value.to_string()).and_then(|text| serde_json::from_str(&text).ok());
            Reply::Call(checkagent_cassette::CallReply::Returned(bent.unwrap_or_else(|| value.clone())))
        }
        Reply::Call(failed) => Reply::Call(failed.clone()),
    }
}

/// What a write leaves behind in later replies: its objects, and the ids that it brought into the world.
#[derive(Debug, Default)]
struct Traces {
    objects: Vec<Map<String, Value>>,
    ids: HashSet<String>,
}

impl Traces {
    fn of_items(items: &[Value]) -> Self {
        let mut traces = Self::default();
        items.iter().for_each(|item| traces.add_objects(item));
        traces
    }

    fn of_write(recording: &Recording, write: usize) -> Self {
        let mut traces = Self::default();
        traces.add_write(recording, write);
        traces
    }

    fn add_write(&mut self, recording: &Recording, write: usize) {
        let interaction = recording.interaction(write);
        for document in [interaction.request.json(), interaction.reply.json()].into_iter().flatten() {
            self.add_objects(&document);
        }
        self.ids.extend(recording.new_ids(write).iter().cloned());
    }

    /// Every object with at least two scalars: a record that can be recognised.
    fn add_objects(&mut self, value: &Value) {
        match value {
            Value::Object(members) => {
                let scalars: Map<_, _> = members
                    .iter()
                    .filter(|(_, member)| !member.is_object() && !member.is_array())
                    .map(|(name, member)| (name.clone(), member.clone()))
                    .collect();
                if scalars.len() >= 2 {
                    self.objects.push(scalars);
                }
                members.values().for_each(|member| self.add_objects(member));
            }
            Value::Array(items) => items.iter().for_each(|item| self.add_objects(item)),
            _ => {}
        }
    }

    fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.ids.is_empty()
    }

    fn show_in(&self, value: &Value) -> bool {
        match value {
            Value::Object(members) => {
                self.objects.iter().any(|object| object.iter().all(|(name, value)| members.get(name) == Some(value)))
                    || members.values().any(|member| self.show_in(member))
            }
            Value::Array(items) => items.iter().any(|item| self.show_in(item)),
            Value::String(text) => self.ids.contains(text),
            _ => false,
        }
    }
}

/// A recorded batch reply with as many items as the request has, so that an unrecorded batch can be answered.
pub(super) fn fitted_to(reply: &Reply, items: usize, place: &Pointer) -> Reply {
    let Some(document) = reply.json() else { return reply.clone() };
    let list = place.resolve(&document);
    let Some(recorded) = list.first().and_then(|(_, list)| list.as_array()).filter(|list| !list.is_empty()) else {
        return reply.clone();
    };
    let fitted: Vec<_> = recorded.iter().cycle().take(items).cloned().collect();
    edit_reply(reply, &[Edit::Set { at: place.clone(), value: fitted.into() }])
}
