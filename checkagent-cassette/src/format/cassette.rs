//! A recording in memory.

use super::branch::Branch;
use super::header::Header;
use super::interaction::Interaction;

/// A recording: what it says about itself, its interactions in recorded order, and what followed the faults of cases.
///
/// Loaded by [`Cassette::load`], written by [`Cassette::save`]. Bodies read from a file stay pieces of that file's
/// text, so that a large recording is in memory once, whatever the number of cases that run on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cassette {
    header: Header,
    interactions: Vec<Interaction>,
    pub(super) branches: Vec<Branch>,
}

impl Cassette {
    /// A cassette of these interactions. They are numbered from 1 in the given order, and their keys are computed.
    #[must_use]
    pub fn new(header: Header, mut interactions: Vec<Interaction>) -> Self {
        for (index, interaction) in interactions.iter_mut().enumerate() {
            interaction.number = index + 1;
        }
        let keys = crate::key::of_recording(&header.matching, &interactions);
        for (interaction, key) in interactions.iter_mut().zip(keys) {
            interaction.key = key;
        }
        Self { header, interactions, branches: Vec::new() }
    }

    pub(crate) fn from_parts(header: Header, interactions: Vec<Interaction>) -> Self {
        Self { header, interactions, branches: Vec::new() }
    }

    /// What the cassette says about itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The interactions in recorded order; the one numbered `n` is at index `n - 1`.
    #[must_use]
    pub fn interactions(&self) -> &[Interaction] {
        &self.interactions
    }

    /// The interaction of that number (counted from 1).
    #[must_use]
    pub fn interaction(&self, number: usize) -> Option<&Interaction> {
        self.interactions.get(number.checked_sub(1)?)
    }
}
