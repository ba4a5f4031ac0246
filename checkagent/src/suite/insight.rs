//! What can be told of cases that were run: signals, idle rules, and the same verdict again.

use super::stored::StoredCase;
use super::suite::{Report, Suite, SuiteError};
use crate::oracle::signals::{JudgedCase, Signals, TestSignals};
use crate::oracle::{Evidence, Verdict, with_rules};

impl Suite {
    /// A case as it was run, to be judged again.
    ///
    /// # Errors
    ///
    /// When there is no baseline.
    pub fn stored(&self, report: &Report) -> Result<StoredCase, SuiteError> {
        let nature = report.case.nature(&self.recording);
        Ok(StoredCase::new(&self.plan.path(), report, nature, self.baseline()?))
    }

    /// What a case shows beside its verdict.
    ///
    /// # Errors
    ///
    /// When there is no baseline.
    pub fn signals(&self, report: &Report) -> Result<Signals, SuiteError> {
        let nature = report.case.nature(&self.recording);
        let (baseline, twin) = (self.baseline()?, report.twin.as_ref());
        let evidence = Evidence { baseline, nature: &nature, run: &report.run, twin };
        Ok(Signals::priced(&evidence, &self.recording, self.plan.budget_limits()))
    }

    /// What the cases of this test show together.
    ///
    /// # Errors
    ///
    /// When there is no baseline.
    pub fn test_signals(&self, reports: &[Report]) -> Result<TestSignals, SuiteError> {
        let signals: Result<Vec<_>, _> = reports.iter().map(|report| self.signals(report)).collect();
        let signals = signals?;
        let judged = reports.iter().zip(&signals);
        Ok(TestSignals::of(judged.map(|(Report { case, verdict, .. }, signals)| JudgedCase {
            task: case.group(),
            verdict,
            signals,
        })))
    }

    /// Rules of the policy that had nothing to look at, neither in the baseline nor in these cases.
    ///
    /// # Errors
    ///
    /// When there is no baseline.
    pub fn vacuous_rules(&self, reports: &[Report]) -> Result<Vec<String>, SuiteError> {
        let mut totals = self.baseline()?.looked_at.clone();
        for report in reports {
            for (total, looked_at) in totals.iter_mut().zip(&report.verdict.looked_at) {
                *total += looked_at;
            }
        }
        Ok(self.plan.policy_rules().vacuous(&totals))
    }

    /// Judges a stored case by the rules of this test, without its agent.
    #[must_use]
    pub fn judge_again(&self, stored: &StoredCase) -> Verdict {
        with_rules(&self.plan, |rules| stored.judge(rules))
    }
}
