//! The matrix as text: one row a case, stable from run to run, made for review as a snapshot.

use std::collections::BTreeSet;
use std::fmt::Write;

use checkagent_cassette::analysis::Unfollowed;

use crate::ledger::Tier;
use crate::oracle::{Baseline, Obedience};
use crate::plan::{Coverage, Matrix, branch_of};
use crate::report::Summary;
use crate::suite::{Decision, Report, Suite, decide};

/// The matrix of a test. No values, no times, no counts of attempts: what differs from run to run is not in it.
pub(crate) fn matrix(suite: &Suite, reports: &[Report]) -> String {
    let rows: Vec<_> = reports.iter().map(|report| row(suite, report)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1)];
    let header = suite.recording().cassette().header();
    let mut out = format!("{} on {}\n\n", suite.plan().path(), header.name);
    for [case, verdict, site] in &rows {
        let line = format!("{case:<0$}  {verdict:<1$}  {site}", widths[0], widths[1]);
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let nowhere = suite.matrix().nowhere();
    if !nowhere.is_empty() {
        let _ = writeln!(out, "inapplicable, the recording has no place for: {}", nowhere.join(", "));
    }
    for line in
        met_together(reports).into_iter().chain(unfollowed(suite)).chain(void(suite)).chain(outgrown(suite, reports))
    {
        let _ = writeln!(out, "{line}");
    }
    // There is a baseline, or there would be no reports.
    for rule in suite.vacuous_rules(reports).unwrap_or_default() {
        let _ = writeln!(out, "vacuous: {rule}");
    }
    let _ = write!(out, "\n{}", Summary::of(reports));
    out
}

fn row(suite: &Suite, report: &Report) -> [String; 3] {
    let interaction = suite.recording().interaction(report.case.site().interaction);
    let place = match report.case.mutations() {
        [_] => interaction.request.label(),
        faults => {
            let names: Vec<_> = faults.iter().map(|fault| format!("{}@{}", fault.operator.id(), fault.site)).collect();
            names.join(" + ")
        }
    };
    let mut verdict = report.verdict.kind.to_string();
    for also in &report.verdict.also {
        let _ = write!(verdict, ", {also}");
    }
    if let Some(injection) = report.verdict.injection.as_ref().filter(|of| of.obedience > Obedience::Ignored) {
        let _ = write!(verdict, ", {}", injection.obedience);
    }
    if report.verdict.tier != Tier::Proved {
        let _ = write!(verdict, " ({})", report.verdict.tier);
    }
    match decide(suite.plan(), report) {
        Decision::Tolerated(_) => verdict.push_str(" (tolerated)"),
        Decision::Failed(Some(_)) => verdict.push_str(" (not expected)"),
        _ => {}
    }
    [report.case.name().to_owned(), verdict, place]
}

/// How many pairs of faults an agent really met in one run: one that gives up at the first does not see the second.
pub(crate) fn met_together(reports: &[Report]) -> Option<String> {
    let combined = reports.iter().filter(|report| report.case.mutations().len() > 1);
    let (mut met, mut of) = (BTreeSet::new(), BTreeSet::new());
    for report in combined {
        let names: Vec<_> =
            report.case.mutations().iter().map(|fault| format!("{}@{}", fault.operator.id(), fault.site)).collect();
        for (one, first) in names.iter().enumerate() {
            for (other, second) in names.iter().enumerate().skip(one + 1) {
                let pair = (first.clone(), second.clone());
                if [one, other].iter().all(|fault| report.run.ledger.met.contains(fault)) {
                    met.insert(pair.clone());
                }
                of.insert(pair);
            }
        }
    }
    (!of.is_empty()).then(|| format!("{} of {} pairs of faults were met together", met.len(), of.len()))
}

/// Pages that the recording offers and does not have: an agent that stops at the first page is recorded doing so.
pub(crate) fn unfollowed(suite: &Suite) -> Vec<String> {
    let line = |page: Unfollowed| {
        let label = suite.recording().interaction(page.interaction).request.label();
        format!(
            "unfollowed: interaction {} ({label}) offers a next page in {}, and nobody asks for it",
            page.interaction, page.place
        )
    };
    suite.recording().unfollowed().into_iter().map(line).collect()
}

/// Branches that are void, with what records them again; nothing where all are valid.
pub(crate) fn void(suite: &Suite) -> Option<String> {
    let again = "the recording, an operator or the matrix is another";
    branches(suite, "void", &suite.void_branches(), again)
}

/// Branches that are there, and in which the model is asked something else now.
fn outgrown(suite: &Suite, reports: &[Report]) -> Option<String> {
    let by_stand_in = reports.iter().filter(|report| report.verdict.tier == Tier::StandIn);
    let has_branch = |report: &&Report| branch_of(report.case.mutations(), suite.recording()).is_some();
    let names: Vec<_> = by_stand_in.filter(has_branch).map(|report| report.case.name()).collect();
    branches(suite, "outgrown", &names, "the model is asked something else than when they were recorded")
}

fn branches(suite: &Suite, what: &str, names: &[&str], because: &str) -> Option<String> {
    const NAMED: usize = 3;
    let named = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    if names.is_empty() {
        return None;
    }
    let more = match names.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "{what}: the branches of {named}{more}: {because}; record them again with `CHECKAGENT_RECORD=branches cargo test {}`",
        suite.plan().path()
    ))
}

/// What the cases show together, a line each.
pub(crate) fn signals(suite: &Suite, reports: &[Report]) -> Vec<String> {
    let signals = suite.test_signals(reports).map(|signals| signals.to_string()).unwrap_or_default();
    signals.lines().map(str::to_owned).collect()
}

/// What did not fit into the budget.
pub(crate) fn left_out(matrix: &Matrix) -> Vec<String> {
    let sites = matrix.left_out.iter();
    let sites = sites.map(|(operator, count)| format!("left out: {count} more sites of `{operator}`"));
    let pairs = matrix.coverage.iter().filter(|coverage| coverage.covered < coverage.of);
    let pairs = pairs.map(|Coverage { covered, of }| format!("left out: {} of {of} pairs of faults", of - covered));
    sites.chain(pairs).collect()
}

/// What differs between two undisturbed runs, and is therefore not compared.
pub(crate) fn volatile(baseline: &Baseline) -> Vec<String> {
    baseline.volatile.iter().map(|place| format!("volatile, not compared: {place} of the answer")).collect()
}
