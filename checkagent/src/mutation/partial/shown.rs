//! Where ids were shown first.

use std::collections::{HashMap, HashSet};

use checkagent_cassette::Reply;
use checkagent_cassette::analysis::{Atom, Place, reply_atoms};
use checkagent_cassette::json::Step;

use crate::recording::Recording;

/// The first interaction whose reply shows each of these ids, among those before `end`.
pub(super) fn shown(recording: &Recording, mut wanted: HashSet<String>, end: usize) -> HashMap<String, usize> {
    let mut first: HashMap<String, usize> = HashMap::new();
    let probe = Probe::of(&wanted);
    for interaction in recording.interactions().iter().take_while(|interaction| interaction.number < end) {
        if !probe.hits(&interaction.reply) {
            continue;
        }
        for atom in reply_atoms(&interaction.reply) {
            if names_a_thing(&atom) && wanted.remove(&atom.text) {
                first.insert(atom.text, interaction.number);
            }
        }
    }
    first
}

/// The first word of each name: a reply without any of them need not be parsed.
struct Probe {
    words: HashSet<Vec<u8>>,
    /// A bit for each length that a word has.
    lengths: u128,
}

impl Probe {
    fn of(names: &HashSet<String>) -> Self {
        let first = names.iter().filter_map(|name| words(name.as_bytes()).next());
        let words: HashSet<_> = first.map(<[u8]>::to_vec).collect();
        let lengths = words.iter().fold(0, |lengths, word| lengths | bit(word.len()));
        Self { words, lengths }
    }

    fn hits(&self, reply: &Reply) -> bool {
        let Reply::Http(reply) = reply else { return true };
        let body = reply.body();
        let Some(text) = body.text() else { return false };
        words(text.as_bytes()).any(|word| self.lengths & bit(word.len()) != 0 && self.words.contains(word))
    }
}

fn bit(length: usize) -> u128 {
    1 << length.min(127)
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let apart = |byte: &u8| !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b'_' | b'#' | b'.');
    text.split(apart).filter(|word| !word.is_empty())
}

/// Whether a value stands there as somebody's name, and not because some number is the same.
fn names_a_thing(atom: &Atom) -> bool {
    let Place::Body(at, None) = &atom.place else { return false };
    let listed = matches!(at.steps().last(), Some(Step::Index(_)));
    let named = at.field().is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        ["id", "ids", "key", "uuid"].iter().any(|end| name.ends_with(end))
    });
    listed || named || atom.text.len() > 5
}
