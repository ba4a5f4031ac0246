//! The layers of a test.

/// How much of the world is real in a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layer {
    /// A cassette, with mutations; the network is closed.
    Replay,
}

impl Layer {
    /// The name in the attribute and in case names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Replay => "replay",
        }
    }
}
