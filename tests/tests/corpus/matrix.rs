//! Every case of the standard mutations over real recordings, with a client that asks for everything.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use checkagent::cassette::Cassette;
use checkagent::mutation::standard;
use checkagent::{Ending, Plan, Report, Suite, VerdictKind};

use super::client::{client, has_seam, play};

/// Cases of a cassette at most, the best of each operator: all of them take some minutes in a debug build.
const BUDGET: usize = 64;

/// What came of some cases.
#[derive(Default)]
pub struct Tally {
    /// Cases of a cassette at most.
    budget: usize,
    /// How many cases there were.
    pub cases: usize,
    /// By operator, how many of each verdict.
    by_operator: BTreeMap<String, BTreeMap<String, usize>>,
    /// Faults that were not met where an agent can ask for what they are about.
    pub unreached: Vec<String>,
    /// Faults that were not met because they are about what has no seam: a trace's calls of a model.
    pub without_seam: usize,
    /// Cases that no verdict should come of: panics, hangs, worlds that cannot be made.
    pub broken: Vec<String>,
}

impl Tally {
    /// A tally of the best cases, or of all.
    pub fn new(all: bool) -> Self {
        Self { budget: if all { usize::MAX } else { BUDGET }, ..Self::default() }
    }

    /// Runs every case of a cassette, twice.
    ///
    /// # Panics
    ///
    /// When there is no baseline, or two runs of a case differ.
    pub fn add(&mut self, file: &str, cassette: &Cassette, folder: &Path) {
        let reports = run(self.budget, file, cassette, &folder.join("once"));
        let again = run(self.budget, file, cassette, &folder.join("again"));
        for (report, again) in reports.iter().zip(&again) {
            let name = report.case.name();
            assert_eq!(report.verdict, again.verdict, "{file}: two runs of {name} differ");
            self.report(file, cassette, report);
        }
    }

    fn report(&mut self, file: &str, cassette: &Cassette, report: &Report) {
        let kind = report.verdict.kind;
        let operator = report.case.group().to_owned();
        *self.by_operator.entry(operator).or_default().entry(kind.to_string()).or_default() += 1;
        self.cases += 1;
        let line = format!("{file}: {} is {kind}: {}", report.case.name(), report.verdict.because);
        let harmed = matches!(kind, VerdictKind::Panicked | VerdictKind::Hung);
        if harmed || matches!(report.run.ending, Ending::Broken { .. }) || !report.run.notes.is_empty() {
            self.broken.push(line);
        } else if kind == VerdictKind::Unreached {
            let at = report.case.site().interaction;
            let about = cassette.interactions().iter().find(|interaction| interaction.number == at);
            if about.is_some_and(has_seam) {
                self.unreached.push(line);
            } else {
                self.without_seam += 1;
            }
        }
    }

    /// A line for each operator.
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        for (operator, kinds) in &self.by_operator {
            let kinds: Vec<_> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
            let _ = writeln!(lines, "{operator:<28} {}", kinds.join(", "));
        }
        lines
    }
}

/// One run of all cases. The folder is a new one: values that fail are kept beside a cassette.
fn run(budget: usize, file: &str, cassette: &Cassette, folder: &Path) -> Vec<Report> {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).unwrap_or_else(|error| panic!("{file}: {error}"));
    let path = folder.join("cassette.json");
    cassette.save(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    play(cassette).unwrap_or_else(|problem| panic!("{file}: {problem}"));
    let source = checkagent::__private::Source {
        module: "corpus::matrix",
        function: "client",
        file: file!(),
        line: line!(),
        manifest_dir: "",
    };
    let plan =
        Plan::new(source, client, |_, _| {}).cassette(&path.to_string_lossy()).mutations(standard().budget(budget));
    let suite = Suite::load(plan).unwrap_or_else(|problem| panic!("{file}: {problem}"));
    suite.run_all().unwrap_or_else(|problem| panic!("{file}: {problem}"))
}
