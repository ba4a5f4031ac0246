//! A trial for each case.

use std::sync::Arc;

use libtest_mimic::{Completion, Failed, Trial};

use super::selection::Selection;
use crate::plan::{Case, Plan};
use crate::record::RecordMode;
use crate::report::{self, Style};
use crate::suite::{Decision, Suite, SuiteError, decide, is_recording_due, is_sealing_due, record, seal, sharing};

/// The trials of one plan, as far as they are asked for.
pub(super) fn of_plan(plan: &Plan, all: &[Plan], mode: RecordMode, selection: &Selection) -> Trials {
    let path = plan.path();
    if !selection.may_want(&path) {
        return Trials::default();
    }
    let ignored = plan.ignored().is_some();
    let mut trials = Maker { path: &path, selection, ignored, made: Trials::default() };
    if is_recording_due(plan, mode) {
        trials.recording(plan, all, mode);
        return trials.made;
    }
    if is_sealing_due()
        && let Err(error) = seal(plan)
    {
        trials.broken(&error, all);
        return trials.made;
    }
    match Suite::load(plan.clone()) {
        Ok(suite) => trials.suite(&Arc::new(suite)),
        Err(error) => trials.broken(&error, all),
    }
    trials.made
}

/// The trials of a plan.
#[derive(Default)]
pub(super) struct Trials {
    pub list: Vec<Trial>,
    /// Whether the plan is not expanded; then what was asked for is not known.
    pub unexpanded: bool,
}

struct Maker<'t> {
    path: &'t str,
    selection: &'t Selection,
    ignored: bool,
    made: Trials,
}

impl Maker<'_> {
    fn add(&mut self, name: &str, runner: impl FnOnce() -> Result<Completion, Failed> + Send + 'static) {
        let name = format!("{}::{name}", self.path);
        if self.selection.wants(self.path, &name) {
            self.made.list.push(Trial::ignorable_test(name, runner).with_ignored_flag(self.ignored));
        }
    }

    /// Whether this plan, whose cases are not known, may be what was asked for.
    fn is_meant(&self, all: &[Plan]) -> bool {
        self.may_mean(self.path, all)
    }

    fn may_mean(&self, path: &str, all: &[Plan]) -> bool {
        let others: Vec<_> = all.iter().map(Plan::path).filter(|other| *other != *path).collect();
        self.selection.may_want_any_of(path, &others)
    }

    /// A plan that cannot be expanded has one trial, which says why.
    fn broken(&mut self, error: &SuiteError, all: &[Plan]) {
        if !self.is_meant(all) {
            return;
        }
        let error = error.clone();
        let name = format!("{}::setup", self.path);
        let trial = Trial::test(name, move || Err(failed(&error.to_string())));
        self.made.list.push(trial.with_ignored_flag(self.ignored));
        self.made.unexpanded = true;
    }

    fn recording(&mut self, plan: &Plan, all: &[Plan], mode: RecordMode) {
        if !self.is_meant(all) {
            return;
        }
        // Tests may replay one cassette, but only one of them records it at a time.
        let due = |other: &&Plan| is_recording_due(other, mode) && self.may_mean(&other.path(), all);
        let shared = sharing(plan, all.iter().filter(due));
        let plan = plan.clone();
        let name = format!("{}::record", self.path);
        // The cases that a filter may name come out of this recording.
        self.made.unexpanded = true;
        let runner = move || {
            let recorded = shared.map_or_else(|| record(&plan, mode), Err);
            report::later(recorded.map_err(|error| failed(&error.to_string()))?);
            Ok(Completion::Completed)
        };
        self.made.list.push(Trial::ignorable_test(name, runner).with_ignored_flag(self.ignored));
    }

    fn suite(&mut self, suite: &Arc<Suite>) {
        let of = Arc::clone(suite);
        self.add("baseline", move || {
            let baseline = of.baseline().map_err(|error| failed(&error.to_string()))?;
            keep(&of, report::volatile(baseline));
            keep(&of, report::unfollowed(&of));
            keep(&of, report::void(&of).into_iter().collect());
            Ok(Completion::Completed)
        });
        for case in &suite.matrix().cases {
            self.case(suite, case.name(), case);
        }
        for (name, case) in suite.regressions() {
            self.case(suite, name, case);
        }
        // Anything that the recording supports can be run by its name, also what did not fit into the budget.
        for name in self.selection.exact_below(self.path) {
            let listed =
                suite.matrix().case(name).is_some() || suite.regressions().iter().any(|(kept, _)| kept == name);
            if let Some(case) = suite.find(name).filter(|_| !listed) {
                self.case(suite, name, &case);
            }
        }
        for name in suite.matrix().nowhere() {
            let reason = format!("the recording has no place for `{name}`");
            self.add(&format!("{name}@none"), move || Ok(Completion::ignored_with(reason)));
        }
        let of = Arc::clone(suite);
        self.add("matrix", move || {
            let reports = of.run_all().map_err(|error| failed(&error.to_string()))?;
            let name = format!("{}.matrix", of.plan().path().replace("::", "."));
            of.plan().assert_snapshot(&name, &report::matrix(&of, &reports));
            keep(&of, report::left_out(of.matrix()));
            keep(&of, report::signals(&of, &reports));
            Ok(Completion::Completed)
        });
    }

    fn case(&mut self, suite: &Arc<Suite>, name: &str, case: &Case) {
        let (suite, case) = (Arc::clone(suite), case.clone());
        self.add(name, move || {
            let report = suite.run(&case).map_err(|error| failed(&error.to_string()))?;
            match decide(suite.plan(), &report) {
                Decision::Passed => Ok(Completion::Completed),
                Decision::Tolerated(reason) => {
                    let path = suite.plan().path();
                    report::later(format!("{path}::{}: tolerated, {}: {reason}", case.name(), report.verdict.kind));
                    Ok(Completion::Completed)
                }
                Decision::Undecided => {
                    if report::explains() {
                        report::later(report::case(&suite, &report, Style::Trials));
                    }
                    Ok(Completion::ignored_with(format!("{}: {}", report.verdict.kind, report.verdict.because)))
                }
                Decision::Failed(_) => Err(failed(&report::case(&suite, &report, Style::Trials))),
            }
        });
    }
}

/// Lines about a plan, for the end of the run.
fn keep(suite: &Suite, lines: Vec<String>) {
    for line in lines {
        report::later(format!("{}: {line}", suite.plan().path()));
    }
}

/// `cargo nextest` takes the message of its report from a line that begins with `Error: `.
fn failed(message: &str) -> Failed {
    if std::env::var_os("NEXTEST").is_some() {
        report::say_error(message);
    }
    Failed::from(message)
}
