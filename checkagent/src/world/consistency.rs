//! The world stays consistent with itself.
//!
//! A read that was recorded after a write must not show that write when the case prevented it, and must not hide it
//! when the case did it. Blaming an agent for believing our own contradiction would be a false alarm.

use std::collections::HashSet;

use serde_json::Value;

use checkagent_cassette::analysis::list_places;
use checkagent_cassette::json::{Edit, leaves};
use checkagent_cassette::{Reply, Request};

use super::substitute::{Sent, substituted};
use super::tape::Tape;
use super::undone::{Undone, texts};
use crate::recording::{Record, Recording, records, shows};

/// What a read is answered with.
#[derive(Debug, PartialEq)]
pub(super) enum Version {
    /// The recorded reply of that interaction.
    Recorded(usize),
    /// That reply, as it is in this world: without what was not done, with what was sent.
    Without(usize, Reply),
    /// No reply would be consistent; why.
    None(String),
}

/// What was done in this case, and what was not.
pub(super) struct State<'s> {
    pub recording: &'s Recording,
    pub tape: &'s Tape,
    /// Items of batches that the case declared failed.
    pub undone: Undone,
    /// Effects that were sent in another form than recorded.
    pub sent: &'s [Sent],
}

impl State<'_> {
    fn is_done(&self, write: usize) -> bool {
        (self.tape.was_served(write) && !self.undone.wholly.contains(&write))
            || self.sent.iter().any(|sent| sent.instead_of == write)
    }
}

/// Chooses the version of a read that fits what was done in this case. `next` is what the tape would serve.
pub(super) fn version(state: &State<'_>, candidates: &[usize], next: usize) -> Version {
    let version = recorded_version(state, candidates, next);
    let (number, reply) = match &version {
        Version::None(_) => return version,
        Version::Recorded(_) if state.sent.is_empty() => return version,
        Version::Recorded(number) => (*number, state.recording.interaction(*number).reply.clone()),
        Version::Without(number, reply) => (*number, reply.clone()),
    };
    let sent: Vec<_> = state.sent.iter().filter(|sent| sent.instead_of < number).cloned().collect();
    match substituted(state.recording, &reply, &sent) {
        Some(same) if same == reply => version,
        Some(bent) => Version::Without(number, bent),
        None => Version::None(format!("interaction {number} cannot show what was sent instead of the recorded effect")),
    }
}

fn recorded_version(state: &State<'_>, candidates: &[usize], next: usize) -> Version {
    let State { recording, undone, .. } = state;
    let fits = |read: usize| prevented(state, read).next().is_none() && hidden(state, read).is_none();
    let version = if fits(next) { Some(next) } else { candidates.iter().copied().rev().find(|read| fits(*read)) };
    if let Some(read) = version {
        let version = without(recording, read, &Traces::of_items(undone)).unwrap_or_else(|| {
            Version::None(format!("interaction {read} shows items that were not done in this case"))
        });
        return match changed_by_items(state, read) {
            Some(batch) if version == Version::Recorded(read) => Version::None(format!(
                "interaction {read} was recorded after interaction {batch}, of which some items were not done in this case"
            )),
            _ => version,
        };
    }
    let mut writes: Vec<_> = prevented(state, next).collect();
    writes.reverse();
    if let (true, Some(write)) = (writes.is_empty(), hidden(state, next)) {
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

/// The writes before a read that were not done in this case although the read shows them, the last one first: that is
/// the one which most often tells a version from the one before.
fn prevented<'s>(state: &'s State<'_>, read: usize) -> impl Iterator<Item = usize> + 's {
    let recording = state.recording;
    let missing = move |write: &usize| !state.is_done(*write) && recording.changed_something(*write);
    // Most reads have none before them; then their replies need not be taken apart.
    let mut document = None;
    (1..read).rev().filter(missing).filter(move |write| {
        let document = document.get_or_insert_with(|| recording.interaction(read).reply.json());
        let mut traces = Traces::default();
        traces.add_write(recording, *write);
        let shown = document.as_ref().is_some_and(|document| traces.show_in(document));
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

/// A batch that may be why a read was answered in another way than before, by items that are not done in this case: a
/// deletion leaves no trace that could be taken out.
fn changed_by_items(state: &State<'_>, read: usize) -> Option<usize> {
    let State { recording, undone, .. } = state;
    let mut paths = HashSet::new();
    for text in texts(&undone.documents) {
        paths.extend(text.starts_with('/').then_some(text));
    }
    let concerns = |path: &str| paths.is_empty() || paths.iter().any(|target| names_path(target, path));
    let concerned = match &recording.interaction(read).request {
        Request::Http(asked) => concerns(asked.path()),
        Request::Call(_) => true,
    };
    let mut before = undone.batches.iter().copied().filter(|batch| *batch < read && concerned);
    before.find(|batch| changed_between(recording, *batch, read))
}

/// Whether a target in a batch (`/things/5`, which may lack the prefix of the version) is at the path of a read or an
/// item of the list there.
fn names_path(target: &str, path: &str) -> bool {
    if target.len() < 2 {
        return false;
    }
    let parent = target.rsplit_once('/').map_or("", |(parent, _)| parent);
    path.ends_with(target) || (parent.matches('/').count() > 1 && path.ends_with(parent))
}

/// A write after a read that was done in this case, and that the read would have to show.
fn hidden(state: &State<'_>, read: usize) -> Option<usize> {
    let recording = state.recording;
    (read + 1..=recording.interactions().len())
        .find(|write| state.is_done(*write) && recording.changed_something(*write) && concerns(recording, *write, read))
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
            named |= value.as_str().is_some_and(|text| text.starts_with('/') && names_path(text, path));
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
    let bent = reply.edited(&edits);
    (!bent.json().is_some_and(|document| traces.show_in(&document))).then_some(Version::Without(read, bent))
}

/// What a write leaves behind in later replies: its records, and the ids that it brought into the world.
#[derive(Debug, Default)]
struct Traces {
    records: Vec<Record>,
    ids: HashSet<String>,
}

impl Traces {
    /// Of items that were not done; what other items have too says nothing of these.
    fn of_items(items: &Undone) -> Self {
        let others: Vec<_> = items.others.iter().flat_map(records).collect();
        let own = items.documents.iter().flat_map(records).filter(|record| !others.contains(record));
        Self { records: own.collect(), ids: items.ids.clone() }
    }

    fn is_empty(&self) -> bool {
        self.records.is_empty() && self.ids.is_empty()
    }

    fn add_write(&mut self, recording: &Recording, write: usize) {
        self.records.extend(recording.new_records(write).iter().cloned());
        self.ids.extend(recording.new_ids(write).iter().cloned());
    }

    fn show_in(&self, value: &Value) -> bool {
        match value {
            Value::Object(members) => {
                self.records.iter().any(|record| shows(members, record))
                    || members.values().any(|member| self.show_in(member))
            }
            Value::Array(items) => items.iter().any(|item| self.show_in(item)),
            Value::String(text) => self.ids.contains(text),
            _ => false,
        }
    }
}
