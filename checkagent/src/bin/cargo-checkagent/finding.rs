//! What a check found in a cassette.

use serde::Serialize;

use crate::leaks::{Leak, LeakKind};
use crate::spot::Spot;

/// Something that is wrong with a cassette.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub kind: Kind,
    /// The case, where it is in a branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Counted from 1, where it belongs to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interaction: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Spot>,
    /// What is wrong, and what to do about it.
    pub reason: String,
}

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The file is damaged, or was changed without being sealed.
    Integrity,
    /// A secret that should be out.
    Secret,
    /// A header that is not recorded.
    Header,
    /// A key that is not the one of its request.
    Key,
    /// A channel that is not as it should be.
    Channel,
}

impl Finding {
    /// A finding without a place.
    pub fn new(kind: Kind, interaction: Option<usize>, reason: impl Into<String>) -> Self {
        Self { kind, branch: None, interaction, place: None, reason: reason.into() }
    }

    /// As it is printed.
    pub fn line(&self, file: &str) -> String {
        let number = self.interaction.map(|number| format!("interaction {number}"));
        let place = self.place.as_ref().map(ToString::to_string);
        let branch = self.branch.as_ref().map(|case| format!("branch of {case}"));
        let at: Vec<_> = branch.into_iter().chain(number).chain(place).collect();
        let colon = if at.is_empty() { "" } else { ": " };
        format!("{file}: {}{colon}{}", at.join(", "), self.reason)
    }
}

impl From<Leak> for Finding {
    fn from(leak: Leak) -> Self {
        let (kind, reason) = match leak.kind {
            LeakKind::Secret => (
                Kind::Secret,
                "a secret that should be out; record it again, or put `[redacted]` there and seal the file; \
                 if it is none, `--keep <name>`",
            ),
            LeakKind::Unkept => (Kind::Header, "a header that is not recorded, as it may say who asked; take it out"),
        };
        Self {
            kind,
            branch: leak.branch,
            interaction: leak.interaction,
            place: Some(leak.spot),
            reason: reason.to_owned(),
        }
    }
}
