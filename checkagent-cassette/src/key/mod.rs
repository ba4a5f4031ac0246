//! What identifies a request: one function for recording and for replay.

mod canonical;
mod document;
mod ids;
mod keyer;
mod matching;

use std::fmt;

pub use ids::id_tokens;
pub use keyer::{Keyed, Keyer};
pub use matching::Matching;

use crate::format::Interaction;

/// The identity of a request: a hash of channel, method, path, sorted query and canonical JSON body, after redaction,
/// without volatile fields and with generated ids renamed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Key(u128);

impl Key {
    /// Reads the 32 hexadecimal digits that a cassette holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        digits.then(|| u128::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

/// The keys of a whole recording, in order.
#[must_use]
pub fn of_recording(matching: &Matching, interactions: &[Interaction]) -> Vec<Key> {
    let mut keyer = Keyer::new(matching.clone());
    interactions
        .iter()
        .map(|interaction| {
            let keyed = keyer.key(&interaction.channel, &interaction.request);
            keyer.served(&interaction.reply);
            keyed.key
        })
        .collect()
}
