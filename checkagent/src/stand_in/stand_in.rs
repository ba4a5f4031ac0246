//! The stand-ins that there are.

use std::fmt;
use std::sync::Arc;

use checkagent_cassette::model::Saying;

use super::ask::Ask;
use super::oblivious;

/// What a script answers; `None` ends the case.
pub type Script = Arc<dyn Fn(&Ask<'_>) -> Option<Saying> + Send + Sync>;

/// Who answers in place of a model where the recording has no answer.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum StandIn {
    /// Says what the recorded model said next, as if it had noticed nothing.
    #[default]
    Oblivious,
    /// Does what a planted text says; else as [`StandIn::Oblivious`].
    Gullible,
    /// Makes up what it does not know, and claims success.
    Fabricator,
    /// Makes the same call again and again.
    Stubborn,
    /// Calls with bad arguments, and tools that there are not.
    Invalid,
    /// Gives up at once.
    Quitter,
    /// Nobody: the case ends there.
    Stop,
    /// A function of the test.
    Script(Script),
}

impl StandIn {
    /// The built-in ones that say something.
    pub const ALL: [Self; 6] =
        [Self::Oblivious, Self::Gullible, Self::Fabricator, Self::Stubborn, Self::Invalid, Self::Quitter];

    /// A stand-in of the test's own.
    #[must_use]
    pub fn script(script: impl Fn(&Ask<'_>) -> Option<Saying> + Send + Sync + 'static) -> Self {
        Self::Script(Arc::new(script))
    }

    /// As people write it: `oblivious`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Oblivious => "oblivious",
            Self::Gullible => "gullible",
            Self::Fabricator => "fabricator",
            Self::Stubborn => "stubborn",
            Self::Invalid => "invalid",
            Self::Quitter => "quitter",
            Self::Stop => "stop",
            Self::Script(_) => "script",
        }
    }

    /// What it says; `None` where it has nothing to say, and the case ends.
    #[must_use]
    pub fn say(&self, ask: &Ask<'_>) -> Option<Saying> {
        match self {
            Self::Stop => None,
            Self::Script(script) => script(ask),
            _ => oblivious::say(ask),
        }
    }
}

impl PartialEq for StandIn {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Script(one), Self::Script(other)) => Arc::ptr_eq(one, other),
            _ => self.name() == other.name(),
        }
    }
}

impl fmt::Debug for StandIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
