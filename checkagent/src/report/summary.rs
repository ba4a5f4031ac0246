//! The numbers of a matrix.

use std::collections::BTreeMap;
use std::fmt;

use crate::ledger::Tier;
use crate::plan::{Standing, VerdictKind};
use crate::suite::Report;

/// How many cases got which verdict, and the two rates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    counts: BTreeMap<VerdictKind, usize>,
    tiers: BTreeMap<Tier, BTreeMap<Standing, usize>>,
}

impl Summary {
    /// Counts the reports of a matrix.
    pub fn of<'r>(reports: impl IntoIterator<Item = &'r Report>) -> Self {
        let mut summary = Self::default();
        for report in reports {
            let kind = report.verdict.kind;
            *summary.counts.entry(kind).or_default() += 1;
            *summary.tiers.entry(report.verdict.tier).or_default().entry(kind.standing()).or_default() += 1;
        }
        summary
    }

    /// How many cases got a verdict.
    #[must_use]
    pub fn count(&self, kind: VerdictKind) -> usize {
        self.counts.get(&kind).copied().unwrap_or_default()
    }

    /// How many cases have verdicts of that standing.
    #[must_use]
    pub fn standing(&self, standing: Standing) -> usize {
        self.counts.iter().filter(|(kind, _)| kind.standing() == standing).map(|(_, count)| count).sum()
    }

    /// How many cases of that standing were decided in that way.
    #[must_use]
    pub fn decided(&self, tier: Tier, standing: Standing) -> usize {
        self.tiers.get(&tier).and_then(|of| of.get(&standing)).copied().unwrap_or_default()
    }

    /// Passing cases in percent of the decided ones; `None` if none was decided.
    #[must_use]
    pub fn pass_rate(&self) -> Option<usize> {
        percent(self.standing(Standing::Passing), self.standing(Standing::Failing))
    }

    /// Recovered cases in percent of those that were recovered or admitted: an agent that gives up at every fault has 0.
    #[must_use]
    pub fn recovery_rate(&self) -> Option<usize> {
        percent(self.count(VerdictKind::Recovered), self.count(VerdictKind::Admitted))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (passing, failing, undecided) =
            (self.standing(Standing::Passing), self.standing(Standing::Failing), self.standing(Standing::Undecided));
        write!(f, "{passing} passing, {failing} failing, {undecided} undecided")?;
        if let Some(rate) = self.pass_rate() {
            write!(f, "; pass rate {rate} %")?;
        }
        if let Some(rate) = self.recovery_rate() {
            write!(f, ", recovery rate {rate} %")?;
        }
        // One number for all tiers would hide how much of it rests on what no model said.
        if self.tiers.keys().any(|tier| *tier != Tier::Proved) {
            for (tier, of) in &self.tiers {
                let count = |standing| of.get(&standing).copied().unwrap_or_default();
                let (passing, failing) = (count(Standing::Passing), count(Standing::Failing));
                write!(
                    f,
                    "\n  {tier}: {passing} passing, {failing} failing, {} undecided",
                    count(Standing::Undecided)
                )?;
            }
        }
        Ok(())
    }
}

fn percent(part: usize, other: usize) -> Option<usize> {
    (part * 100).checked_div(part + other)
}
