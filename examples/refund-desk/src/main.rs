//! Prints what both agents do when the shop, the model or a text among the data misbehaves.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what this program is for")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use checkagent::{Plan, Report, Standing, Suite, SuiteError, Summary, VerdictKind, plans};
use comfy_table::presets::NOTHING;
use comfy_table::{Cell, Color, Table};
// The agent tests are registered by the library; without a use it would not be linked.
use refund_desk as _;

fn main() -> ExitCode {
    match run() {
        Ok(Standing::Passing) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("Error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs all matrices; says whether the careful agent came through, with every model.
fn run() -> Result<Standing, SuiteError> {
    let matrices = plans().into_iter().map(Matrix::run).collect::<Result<Vec<_>, _>>()?;
    let (agents, with): (Vec<_>, Vec<_>) = matrices.iter().partition(|matrix| matrix.stand_in().is_none());
    println!(
        "A model handles a refund ticket with the tools of an agent, which exists in two versions. Each row is one"
    );
    println!("operator of misfortune, with the verdicts that its cases got.\n");
    println!("{}\n", by_operator(&agents));
    println!("The same agents, with another model in the place of the recorded one:\n");
    println!("{}\n", by_stand_in(&with));
    let mut standing = Standing::Passing;
    for matrix in agents.iter().chain(&with) {
        println!("{}: {}", matrix.name(), matrix.summary());
        if matrix.name().starts_with("careful") && matrix.summary().standing(Standing::Failing) > 0 {
            standing = Standing::Failing;
        }
    }
    for matrix in &agents {
        matrix.mistakes();
    }
    Ok(standing)
}

/// One test and what became of each of its cases.
struct Matrix {
    suite: Suite,
    reports: Vec<Report>,
}

type Counts = BTreeMap<VerdictKind, usize>;

impl Matrix {
    fn run(plan: Plan) -> Result<Self, SuiteError> {
        let suite = Suite::load(plan)?;
        let reports = suite.run_all()?;
        Ok(Self { suite, reports })
    }

    /// The path of the test, without the folder of the tests.
    fn name(&self) -> &str {
        self.suite.plan().name().trim_start_matches("suite::")
    }

    /// The stand-in, where the model is replaced by one.
    fn stand_in(&self) -> Option<&str> {
        self.name().split_once("_with::").map(|(_, model)| model)
    }

    fn summary(&self) -> Summary {
        Summary::of(&self.reports)
    }

    /// How often each operator led to each verdict.
    fn counts(&self) -> BTreeMap<&'static str, Counts> {
        let mut counts: BTreeMap<_, Counts> = BTreeMap::new();
        for report in &self.reports {
            *counts.entry(report.case.operator().id()).or_default().entry(report.verdict.kind).or_default() += 1;
        }
        counts
    }

    /// The failing cases in plain words, the first of each operator and verdict.
    fn mistakes(&self) {
        let failing = self.reports.iter().filter(|report| report.verdict.kind.standing() == Standing::Failing);
        let mut groups: BTreeMap<(VerdictKind, &str), Vec<&Report>> = BTreeMap::new();
        for report in failing {
            groups.entry((report.verdict.kind, report.case.operator().id())).or_default().push(report);
        }
        if groups.is_empty() {
            println!("\nThe {} agent never goes wrong without saying so.", self.name());
            return;
        }
        println!("\nWhat the {} agent gets wrong:", self.name());
        for ((kind, operator), reports) in groups {
            let cases = if reports.len() == 1 { "1 case".to_owned() } else { format!("{} cases", reports.len()) };
            println!("  {kind}, {operator} ({cases}): {}", reports[0].verdict.because);
        }
    }
}

fn by_operator(matrices: &[&Matrix]) -> Table {
    let counts: Vec<_> = matrices.iter().map(|matrix| matrix.counts()).collect();
    let operators: BTreeSet<_> = counts.iter().flat_map(BTreeMap::keys).collect();
    let mut table = table("operator", matrices.iter().map(|matrix| matrix.name()));
    for operator in operators {
        let cells = counts.iter().map(|counts| verdicts(counts.get(operator)));
        table.add_row([vec![Cell::new(operator)], cells.collect()].concat());
    }
    table
}

fn by_stand_in(matrices: &[&Matrix]) -> Table {
    let mut table = table("agent and model", ["cases", "failing"].into_iter());
    for matrix in matrices {
        let failing = matrix.summary().standing(Standing::Failing);
        let color = if failing == 0 { Color::Green } else { Color::Red };
        table.add_row([Cell::new(matrix.name()), Cell::new(matrix.reports.len()), Cell::new(failing).fg(color)]);
    }
    table
}

fn table<'n>(first: &'n str, columns: impl Iterator<Item = &'n str>) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header([first].into_iter().chain(columns));
    table
}

/// `12 recovered, 3 silently wrong`, in the color of the worst.
fn verdicts(counts: Option<&Counts>) -> Cell {
    let Some(counts) = counts else { return Cell::new("-") };
    let words = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect::<Vec<_>>().join(", ");
    let any = |standing| counts.keys().any(|kind| kind.standing() == standing);
    let color = if any(Standing::Failing) {
        Color::Red
    } else if any(Standing::Undecided) {
        Color::Yellow
    } else {
        Color::Green
    };
    Cell::new(words).fg(color)
}
