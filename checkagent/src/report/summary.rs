//! The numbers of a matrix.

use std::collections::BTreeMap;
use std::fmt;

use crate::plan::{Standing, VerdictKind};
use crate::suite::Report;

/// How many cases got which verdict, and the two rates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    counts: BTreeMap<VerdictKind, usize>,
}

impl Summary {
    /// Counts the reports of a matrix.
    pub fn of<'r>(reports: impl IntoIterator<Item = &'r Report>) -> Self {
        let mut counts = BTreeMap::new();
        for report in reports {
            *counts.entry(report.verdict.kind).or_default() += 1;
        }
        Self { counts }
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
        match self.recovery_rate() {
            Some(rate) => write!(f, ", recovery rate {rate} %"),
            None => Ok(()),
        }
    }
}

fn percent(part: usize, other: usize) -> Option<usize> {
    (part * 100).checked_div(part + other)
}
