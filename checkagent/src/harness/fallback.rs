//! The same test without `harness = false`: one ordinary `#[test]` that runs the matrix.

use crate::plan::Plan;
use crate::record::from_environment;
use crate::report::{self, CASE, Style};
use crate::suite::{Decision, Report, Suite, decide, is_recording_due, is_sealing_due, record, seal};

/// Runs a plan as one test. Called by the macro.
///
/// # Panics
///
/// If the test fails.
#[doc(hidden)]
pub fn run_as_test(plan: fn() -> Plan) {
    let plan = plan();
    if let Err(problem) = run(&plan) {
        report::say(&problem);
        let first = problem.lines().next().unwrap_or_default();
        panic!("{}: {first}", plan.path());
    }
}

fn run(plan: &Plan) -> Result<(), String> {
    let mode = from_environment().map_err(|error| error.to_string())?;
    if is_recording_due(plan, mode) {
        let recorded = record(plan, mode).map_err(|error| error.to_string())?;
        report::say(&recorded);
        return Ok(());
    }
    if is_sealing_due() {
        seal(plan).map_err(|error| error.to_string())?;
    }
    let suite = Suite::load(plan.clone()).map_err(|error| error.to_string())?;
    let baseline = suite.baseline().map_err(|error| error.to_string())?;
    report::say_all(&report::volatile(baseline));
    report::say_all(&report::unfollowed(&suite));
    if let Some(void) = report::void(&suite) {
        report::say(&void);
    }
    if let Some(name) = std::env::var(CASE).ok().filter(|name| !name.is_empty()) {
        return one(&suite, &name);
    }
    let mut reports = suite.run_all().map_err(|error| error.to_string())?;
    let matrix = report::matrix(&suite, &reports);
    for (name, case) in suite.regressions() {
        let mut report = suite.run(case).map_err(|error| error.to_string())?;
        report.case = case.clone();
        report::say(&format!("kept value {name}: {}", report.verdict.kind));
        reports.push(report);
    }
    report::say(&matrix);
    report::say_all(&report::left_out(suite.matrix()));
    report::say_all(&report::signals(&suite, &reports));
    // The snapshot comes last, so that a change of it does not hide a failing case.
    failures(&suite, &reports)?;
    let name = format!("{}.matrix", plan.path().replace("::", "."));
    plan.assert_snapshot(&name, &matrix);
    Ok(())
}

fn one(suite: &Suite, name: &str) -> Result<(), String> {
    let Some(case) = suite.find(name) else {
        let names: Vec<_> = suite.matrix().cases.iter().map(crate::plan::Case::name).collect();
        return Err(format!("{CASE}: there is no case `{name}`; the cases are:\n  {}", names.join("\n  ")));
    };
    let report = suite.run(&case).map_err(|error| error.to_string())?;
    report::say(&report::case(suite, &report, Style::OneTest));
    failures(suite, &[report])
}

fn failures(suite: &Suite, reports: &[Report]) -> Result<(), String> {
    let failed: Vec<_> = reports
        .iter()
        .filter(|report| matches!(decide(suite.plan(), report), Decision::Failed(_)))
        .map(|report| report::case(suite, report, Style::OneTest))
        .collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!("{} of {} cases failed\n\n{}", failed.len(), reports.len(), failed.join("\n")))
}
