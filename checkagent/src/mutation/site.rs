//! Where a mutation applies.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use checkagent_cassette::json::{Pointer, Step};

/// A place in a recording where an operator can bend the world.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Number of the interaction, counted from 1.
    pub interaction: usize,
    /// The place in its reply, for operators that change a part of it.
    pub pointer: Option<Pointer>,
    /// Which form of the fault, for operators that know several: `http_date`.
    pub variant: Option<&'static str>,
    /// Whether a careful client could know that the reply is wrong.
    pub lie: Lie,
    /// Higher is better; the budget of a test keeps the best.
    pub rank: u32,
    /// The value of this case, for operators that generate values.
    pub value: Option<Value>,
}

/// Whether a careful client could know that the reply lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lie {
    /// The reply does not lie: it fails, comes late, or says what is true.
    None,
    /// It breaks its own protocol, type, the observed schema or domain, or contradicts an earlier reply.
    Evident(String),
    /// Nothing tells; believing it is nobody's bug.
    Plausible(String),
}

impl Lie {
    /// Evident for a reason if there is one, else plausible.
    #[must_use]
    pub fn evident_if(reason: Option<String>) -> Self {
        match reason {
            Some(reason) => Self::Evident(reason),
            None => Self::Plausible("nothing in the recording contradicts it".to_owned()),
        }
    }
}

impl Site {
    /// The whole interaction of that number.
    #[must_use]
    pub fn at(interaction: usize) -> Self {
        Self { interaction, pointer: None, variant: None, lie: Lie::None, rank: 0, value: None }
    }

    /// With a place in the reply.
    #[must_use]
    pub fn pointer(mut self, pointer: Pointer) -> Self {
        self.pointer = Some(pointer);
        self
    }

    /// With a form of the fault.
    #[must_use]
    pub fn variant(mut self, variant: &'static str) -> Self {
        self.variant = Some(variant);
        self
    }

    /// With what a client could know.
    #[must_use]
    pub fn lie(mut self, lie: Lie) -> Self {
        self.lie = lie;
        self
    }

    /// With a rank.
    #[must_use]
    pub fn rank(mut self, rank: u32) -> Self {
        self.rank = rank;
        self
    }
}

/// `3`, `3:http_date`, `3:data.amount`: safe in test names, shells and file names.
impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.interaction)?;
        if let Some(pointer) = &self.pointer {
            let mut separator = ':';
            for step in pointer.steps() {
                match step {
                    Step::Key(key) => write!(f, "{separator}{}", plain(key))?,
                    Step::Index(index) => write!(f, "{separator}{index}")?,
                    Step::Each => continue,
                }
                separator = '.';
            }
        }
        match self.variant {
            Some(variant) => write!(f, ":{variant}"),
            None => Ok(()),
        }
    }
}

fn plain(key: &str) -> String {
    key.chars().map(|c| if c.is_alphanumeric() || matches!(c, '_' | '-') { c } else { '_' }).collect()
}
