//! What followed a fault of one case, recorded once with a live model.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::Xxh3;

use super::cassette::Cassette;
use super::interaction::Interaction;
use super::write::interaction_json;
use crate::json::Layout;

/// The reactions to the faults of one case: what a live model, and systems that were declared live, answered to requests
/// that the recording itself has no answer for.
///
/// They are answers to one recording that was bent in one way. Where the recording ([`Cassette::base_hash`]) or an
/// operator has changed since, the branch is void.
///
/// # Examples
///
/// ```
/// use std::collections::BTreeMap;
/// use checkagent_cassette::{Branch, Cassette, Header, key::Matching};
///
/// let header = Header {
///     name: "empty".into(),
///     recorded_at: "2026-01-01T00:00:00Z".into(),
///     recorder: "test".into(),
///     matching: Matching::default(),
///     channels: BTreeMap::new(),
/// };
/// let cassette = Cassette::new(header, Vec::new());
/// let branch = Branch {
///     case: "server_error@3".into(),
///     operators: BTreeMap::from([("server_error".into(), 1)]),
///     base: cassette.base_hash(),
///     interactions: Vec::new(),
/// };
/// let read = Cassette::parse(&cassette.with_branches(vec![branch]).to_text()).unwrap();
/// assert_eq!(read.branches()[0].base, read.base_hash());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// The faults, as the case is called that has just these: `server_error@3`, `empty_list@2+timeout@5`. Generated values
    /// are not in it: the reactions to all values of a case are told apart by their requests.
    pub case: String,
    /// The version of each operator that bends the recording, by its name.
    pub operators: BTreeMap<String, u32>,
    /// The [`Cassette::base_hash`] of the recording when it was bent.
    pub base: String,
    /// The reactions, numbered from 1. Their keys are those of the session in which they were recorded, since they depend
    /// on what it had been answered before.
    pub interactions: Vec<Interaction>,
}

impl Cassette {
    /// What followed the faults of single cases, sorted by case.
    #[must_use]
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The same recording with these branches instead of its own; sorted, and their interactions numbered.
    #[must_use]
    pub fn with_branches(mut self, mut branches: Vec<Branch>) -> Self {
        branches.sort_by(|one, other| one.case.cmp(&other.case));
        for branch in &mut branches {
            for (index, interaction) in branch.interactions.iter_mut().enumerate() {
                interaction.number = index + 1;
            }
        }
        self.branches = branches;
        self
    }

    /// A hash of what a case starts from: the matching rules and the interactions, without branches, name and dates.
    #[must_use]
    pub fn base_hash(&self) -> String {
        let mut hasher = Xxh3::new();
        let matching = self.header().matching.to_json().map(|matching| matching.to_string());
        hasher.update(matching.unwrap_or_default().as_bytes());
        for interaction in self.interactions() {
            hasher.update(b"\n");
            // A text from a file is spaced for reading, one that was just recorded is not.
            hasher.update(Layout::Compact.apply(&interaction_json(interaction)).as_bytes());
        }
        named(hasher.digest128())
    }
}

/// A hash as files state it.
pub(super) fn named(hash: u128) -> String {
    format!("xxh3:{hash:032x}")
}

/// Whether a text is a hash as files state it.
pub(super) fn is_hash(text: &str) -> bool {
    text.strip_prefix("xxh3:").is_some_and(|digits| crate::key::Key::parse(digits).is_some())
}

#[cfg(test)]
mod tests;
