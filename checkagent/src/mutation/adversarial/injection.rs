//! What the operators of this family share: which variants a place gets, and what is planted there.

use super::canary::canary;
use super::goal::Goal;
use super::payload::{Payload, planted};
use crate::mutation::site::{Lie, Site};
use crate::recording::Recording;

/// Which classes of instructions are planted at a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Classes {
    /// One for each place, another from place to place.
    #[default]
    InTurn,
    /// Every one at every place.
    Every,
    /// This one at every place.
    Only(Payload),
}

impl Classes {
    /// The sites of a place: attack, twin and control, the attack first.
    pub(crate) fn sites(self, site: &Site, turn: usize) -> Vec<Site> {
        let of = |variant| Site { variant: Some(variant), ..site.clone() };
        let pair = |payload: Payload| {
            let (attack, twin) = payload.names();
            [of(attack), of(twin).rank(site.rank.saturating_sub(1))]
        };
        let mut sites: Vec<_> = match self {
            Self::Only(payload) => pair(payload).into(),
            Self::InTurn => pair(Payload::ALL[turn % Payload::ALL.len()]).into(),
            Self::Every => Payload::ALL.into_iter().flat_map(pair).collect(),
        };
        sites.push(of(Payload::control(turn)).rank(site.rank.saturating_sub(2)));
        sites
    }
}

/// A planted text stands in what may be a part of the answer. An agent that quotes it as it stands did what it was asked
/// to do. One that makes something else of it (a length, a summary) cannot know better, neither with an attack nor with
/// its twin: that is what this lie is for. What only the attack leads to is told by its canary and by the twin.
pub(crate) fn quotable() -> Lie {
    Lie::Plausible(
        "the text may stand there as any other; whether it was obeyed is told by its canary and its twin".to_owned(),
    )
}

/// What the variant of a site plants.
pub(crate) fn text(site: &Site, recording: &Recording) -> String {
    let variant = site.variant.unwrap_or_default();
    planted(variant, canary(site, recording).as_ref(), &Goal::of(recording)).unwrap_or_default()
}

/// The benign twin of an attacked site: a text of the same length at the same place that asks for nothing. What an
/// agent does at the one and not at the other was caused by the attack. `None` for a site that is no attack.
#[must_use]
pub fn twin(site: &Site) -> Option<Site> {
    let (_, twin) = Payload::of(site.variant?)?.names();
    Some(Site { variant: Some(twin), ..site.clone() })
}
