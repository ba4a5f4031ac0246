//! Prints what both agents do when the world misbehaves, side by side.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what this program is for")]

use std::collections::BTreeMap;
use std::process::ExitCode;

use checkagent::{Report, Standing, Suite, SuiteError, Summary, VerdictKind, plans};
use comfy_table::presets::NOTHING;
use comfy_table::{Cell, Color, Table};
// The agent tests are registered by the library; without a use it would not be linked.
use records_export as _;

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

/// Runs both matrices; says whether the careful agent came through.
fn run() -> Result<Standing, SuiteError> {
    let matrices = plans().into_iter().map(Matrix::run).collect::<Result<Vec<_>, _>>()?;
    println!("An agent in two versions exports 23 customers of a recorded Kinto server, page by page, and stores");
    println!("a summary for each region. Each row is one way in which the server misbehaves.\n");
    println!("{}\n", table(&matrices));
    let mut careful = Standing::Passing;
    for matrix in &matrices {
        println!("{}: {}", matrix.agent(), matrix.summary());
        if matrix.agent() == "careful" && matrix.summary().standing(Standing::Failing) > 0 {
            careful = Standing::Failing;
        }
    }
    for matrix in &matrices {
        matrix.mistakes();
    }
    Ok(careful)
}

/// One agent and what became of each of its cases.
struct Matrix {
    suite: Suite,
    reports: Vec<Report>,
}

/// What makes two cases of different recordings the same misfortune: operator, request and how often it was made
/// before, and the place in the reply.
type Row = (usize, String, String);

impl Matrix {
    fn run(plan: checkagent::Plan) -> Result<Self, SuiteError> {
        let suite = Suite::load(plan)?;
        let reports = suite.run_all()?;
        Ok(Self { suite, reports })
    }

    fn agent(&self) -> &str {
        self.suite.plan().name().rsplit("::").next().unwrap_or_default()
    }

    fn summary(&self) -> Summary {
        Summary::of(&self.reports)
    }

    fn row(&self, report: &Report) -> Row {
        let recording = self.suite.recording();
        let site = report.case.site();
        let label = recording.interaction(site.interaction).request.label();
        let before = recording.interactions()[..site.interaction].iter();
        let occurrence = before.filter(|interaction| interaction.request.label() == label).count();
        let detail = report.case.name().split_once(':').map_or("", |(_, detail)| detail);
        let mutations = self.suite.plan().wanted();
        let mut operators = mutations.wanted().map(|wanted| &wanted.operator);
        let order = operators.position(|operator| operator.id() == report.case.operator().id());
        let misfortune = format!("{} {detail}", report.case.operator().id());
        (order.unwrap_or_default(), misfortune.trim_end().to_owned(), format!("{} #{occurrence}", short(&label)))
    }

    /// The failing cases in plain words, those of one operator and one reason together.
    fn mistakes(&self) {
        let mut groups: BTreeMap<(&str, VerdictKind), Vec<&Report>> = BTreeMap::new();
        for report in self.reports.iter().filter(|report| report.verdict.kind.standing() == Standing::Failing) {
            groups.entry((report.case.operator().id(), report.verdict.kind)).or_default().push(report);
        }
        if groups.is_empty() {
            println!("\nThe {} agent is never wrong without saying so.", self.agent());
            return;
        }
        println!("\nWhat the {} agent gets wrong without saying so:", self.agent());
        for ((operator, kind), reports) in groups {
            let cases = if reports.len() == 1 { "1 case".to_owned() } else { format!("{} cases", reports.len()) };
            println!("  {operator}, {kind} ({cases}): {}", in_words(reports[0]));
        }
    }
}

/// What went wrong in a case. Of several wrong places of the answer, the outermost one tells most.
fn in_words(report: &Report) -> String {
    let outermost = report.verdict.differences.iter().min_by_key(|difference| difference.at.steps().len());
    match outermost.map(|difference| (difference.at.to_string(), &difference.left, &difference.right)) {
        Some((place, Some(right), Some(claimed))) if report.verdict.kind == VerdictKind::SilentlyWrong => {
            format!("it says that it is done, with {} {claimed} where {right} is right", &place[1..])
        }
        _ => report.verdict.because.clone(),
    }
}

/// `GET /v1/buckets/crm/collections/customers/records` reads better as `GET customers/records`.
fn short(label: &str) -> String {
    let (method, path) = label.split_once(' ').unwrap_or((label, ""));
    let tail: Vec<_> = path.rsplit('/').take(2).collect();
    let tail: Vec<_> = tail.into_iter().rev().filter(|part| !part.is_empty()).collect();
    format!("{method} {}", tail.join("/"))
}

fn table(matrices: &[Matrix]) -> Table {
    let mut rows: BTreeMap<Row, Vec<Option<VerdictKind>>> = BTreeMap::new();
    for (column, matrix) in matrices.iter().enumerate() {
        for report in &matrix.reports {
            let cells = rows.entry(matrix.row(report)).or_insert_with(|| vec![None; matrices.len()]);
            cells[column] = Some(report.verdict.kind);
        }
    }
    let mut table = Table::new();
    table.load_style(NOTHING);
    let mut header = vec!["misfortune".to_owned(), "at".to_owned()];
    header.extend(matrices.iter().map(|matrix| matrix.agent().to_owned()));
    table.set_header(header);
    let mut baseline = vec![Cell::new("baseline"), Cell::new("")];
    baseline.extend(matrices.iter().map(|_| Cell::new("ok").fg(Color::Green)));
    table.add_row(baseline);
    for ((_, misfortune, place), cells) in rows {
        let mut row = vec![Cell::new(misfortune), Cell::new(place)];
        row.extend(cells.into_iter().map(verdict));
        table.add_row(row);
    }
    table
}

fn verdict(kind: Option<VerdictKind>) -> Cell {
    let Some(kind) = kind else { return Cell::new("-") };
    let color = match kind.standing() {
        Standing::Passing => Color::Green,
        Standing::Failing => Color::Red,
        Standing::Undecided => Color::Yellow,
    };
    Cell::new(kind.name()).fg(color)
}
