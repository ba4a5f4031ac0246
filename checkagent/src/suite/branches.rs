//! Recording the branches of a test: each case once with a live model.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use checkagent_cassette::redact::Redactor;

use super::suite::{Suite, SuiteError};
use crate::ledger::Ending;
use crate::plan::Plan;
use crate::record::BranchRecorder;

/// Cases that could not be recorded and are named, at most.
const NAMED: usize = 5;

/// Runs every case with live systems behind what is not recorded, and keeps what they say in the cassette. What is there
/// and not void is not asked for again. Says what came of it.
pub(super) fn record(plan: &Plan) -> Result<String, SuiteError> {
    let suite = Suite::load(plan.clone())?;
    suite.baseline()?;
    if !suite.reacts() {
        return Ok(
            "no model is in the loop, and no channel is declared live: there are no branches to record".to_owned()
        );
    }
    let void = suite.void_branches().len();
    let recorder = Arc::new(open(&suite)?);
    let mut redactor = Redactor::new(plan.redaction().clone());
    recorder.teach(&mut redactor);
    let suite = suite.recording_branches(Arc::clone(&recorder));

    let mut tally = Tally { void, ..Tally::default() };
    let cases: Vec<_> = suite.matrix().cases.iter().map(|case| (case.name(), case)).collect();
    let kept = suite.regressions().iter().map(|(name, case)| (name.as_str(), case));
    for (name, case) in cases.into_iter().chain(kept) {
        tally.cases += 1;
        let report = suite.run_unkept(case)?;
        if let Ending::Broken { reason } = &report.run.ending {
            recorder.fail(reason.clone());
        }
        match recorder.end(&mut redactor) {
            Ok(kept) => {
                tally.needed += usize::from(kept.needed);
                tally.recorded += kept.recorded;
                tally.kept += kept.complete;
            }
            Err(problem) => tally.failed.push(format!("{name}: {problem}")),
        }
    }
    recorder.finish().map_err(SuiteError::new)?;
    if tally.failed.is_empty() { Ok(tally.said()) } else { Err(SuiteError::new(tally.said())) }
}

fn open(suite: &Suite) -> Result<BranchRecorder, SuiteError> {
    let plan = suite.plan();
    let known: BTreeSet<&str> = suite.regressions().iter().map(|(_, case)| case.name()).collect();
    let exists = |case: &str| known.contains(case) || suite.matrix().find(case, suite.recording()).is_some();
    let path = plan.cassette_path().ok_or_else(|| SuiteError::new("branches need a recording"))?;
    let base = suite.recording().base_hash();
    let recorder = BranchRecorder::open(path, base, plan.upstreams(), plan.live_channels(), exists);
    recorder.map_err(|error| SuiteError::new(error.to_string()))
}

/// What came of recording.
#[derive(Debug, Default)]
struct Tally {
    cases: usize,
    /// Cases that asked for what only a live system could answer.
    needed: usize,
    recorded: usize,
    kept: usize,
    void: usize,
    failed: Vec<String>,
}

impl Tally {
    fn said(&self) -> String {
        let Self { cases, needed, recorded, kept, void, failed } = self;
        let mut said = format!(
            "{needed} of {cases} cases needed the model: {recorded} branches were recorded, {kept} were kept; {void} had \
             been void"
        );
        if !failed.is_empty() {
            let named = failed.iter().take(NAMED).cloned().collect::<Vec<_>>().join("\n  ");
            let more = failed.len().saturating_sub(NAMED);
            let _ =
                write!(said, "\n{} cases failed to be recorded, and are as they were before:\n  {named}", failed.len());
            if more > 0 {
                let _ = write!(said, "\n  and {more} more");
            }
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_named_after_what_was_recorded() {
        let failed = (1..=7).map(|number| format!("timeout@{number}: no reply")).collect();
        let tally = Tally { cases: 9, needed: 8, recorded: 1, kept: 0, void: 2, failed };
        let said = tally.said();
        assert!(
            said.starts_with("8 of 9 cases needed the model: 1 branches were recorded, 0 were kept; 2 had been void\n")
        );
        assert!(said.contains("7 cases failed") && said.contains("timeout@5: no reply") && !said.contains("timeout@6"));
        assert!(said.ends_with("and 2 more"));
        assert!(!Tally::default().said().contains("failed"));
    }
}
