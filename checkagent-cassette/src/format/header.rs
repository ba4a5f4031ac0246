//! What a cassette says about itself.

use std::collections::BTreeMap;

use crate::key::Matching;

/// The version of the file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FormatVersion(pub(crate) u32);

impl FormatVersion {
    /// The version that this crate writes, and the newest that it reads.
    pub const CURRENT: Self = Self(1);

    /// The number in the file.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }
}

/// What a cassette says about itself. Counts and hash are not here: they are made from the interactions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The name of the recording: the file's name without its ending.
    pub name: String,
    /// When it was recorded, RFC 3339 in UTC.
    pub recorded_at: String,
    /// What wrote it: `checkagent 0.1.0`.
    pub recorder: String,
    /// What was left out of the matching keys.
    pub matching: Matching,
    /// The channels by name.
    pub channels: BTreeMap<String, Channel>,
}

/// One channel of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// What kind of channel.
    pub kind: ChannelKind,
}

/// The kinds of channels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// An HTTP service, with the base URL that was declared when it was recorded.
    Http {
        /// `https://api.example.com/v1`, without user info.
        base: String,
    },
    /// Calls of the agent's own code.
    Code,
}
