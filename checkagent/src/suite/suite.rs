//! One test with its recording, baseline and cases.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use checkagent_cassette::{Cassette, ErrorKind, Journal};

use super::regressions::{self, Regression};
use super::runner::{Limits, Runner};
use super::shrink;
use super::stored;
use crate::budget::Budget;
use crate::ledger::Run;
use crate::oracle::{Baseline, Evidence, Verdict, judge, wants_the_twin, with_rules};
use crate::plan::{Case, Matrix, Plan, Standing, VerdictKind, void_branches};
use crate::record::BranchRecorder;
use crate::recording::Recording;
use crate::sync::lock;

/// A test with its recording, ready to run.
///
/// # Examples
///
/// ```no_run
/// for plan in checkagent::plans() {
///     let suite = checkagent::Suite::load(plan)?;
///     for report in suite.run_all()? {
///         println!("{} {}", report.case.name(), report.verdict.kind);
///     }
/// }
/// # Ok::<(), checkagent::SuiteError>(())
/// ```
#[derive(Debug)]
pub struct Suite {
    pub(super) plan: Plan,
    cassette: PathBuf,
    pub(super) recording: Arc<Recording>,
    matrix: Matrix,
    regressions: Vec<(String, Case)>,
    baseline: OnceLock<Result<Baseline, SuiteError>>,
    /// Who records what live systems say to the cases; `None` where everything is replayed.
    live: Option<Arc<BranchRecorder>>,
}

/// Why a test cannot be run, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuiteError(String);

impl SuiteError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for SuiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SuiteError {}

/// What came out of one case.
#[derive(Clone, Debug)]
pub struct Report {
    /// The case.
    pub case: Case,
    /// What the oracle says.
    pub verdict: Verdict,
    /// The run that the verdict is about; of a case with many values, the one with the simplest failing value.
    pub run: Run,
    /// The run with a harmless text in the place of a planted instruction, where it took that one to judge.
    pub twin: Option<Run>,
    /// How many values were tried, where an operator generates them.
    pub values_tried: Option<usize>,
    /// Where several faults failed together: the same with only those that it takes, if fewer do.
    pub minimal: Option<Box<Report>>,
}

/// Without any fault, far more than any sensible agent needs.
const BASELINE: Limits = Limits { deadline: Duration::from_secs(24 * 3600), calls: 100_000 };
/// Back-offs of hours are honest; what is still silent after that is not.
const LEAST_DEADLINE: Duration = Duration::from_secs(6 * 3600);

impl Suite {
    /// Loads the cassette of a plan and expands its matrix. No agent runs.
    ///
    /// # Errors
    ///
    /// When the cassette is missing, damaged or of another version, or a mutation has no place in it.
    pub fn load(plan: Plan) -> Result<Self, SuiteError> {
        if let [first, more @ ..] = plan.policy_rules().problems().as_slice() {
            let more = if more.is_empty() { String::new() } else { format!(" (and {} more)", more.len()) };
            return Err(SuiteError::new(format!("the policy cannot be checked: {first}{more}")));
        }
        let cassette = plan
            .cassette_path()
            .ok_or_else(|| SuiteError::new("a replay test needs a cassette: add `cassette = \"cassettes/name.json\"`"))?
            .to_owned();
        let loaded = Cassette::load(&cassette).map_err(|error| missing_hint(&plan, &error))?;
        // A folder that cannot be written to loses nothing but the order in it.
        let _ = Journal::tidy(&cassette);
        if loaded.interactions().is_empty() {
            return Err(SuiteError::new(format!("{}: the cassette is empty; record it again", cassette.display())));
        }
        let loaded = if loaded.header().matching == *plan.matching_rules() {
            loaded
        } else {
            // The test leaves out other fields than the recorder did: the keys have to be those of the test.
            let mut header = loaded.header().clone();
            header.matching = plan.matching_rules().clone();
            Cassette::new(header, loaded.interactions().to_vec()).with_branches(loaded.branches().to_vec())
        };
        let recording = Recording::with_effects(loaded, plan.effects());
        let matrix = Matrix::expand(&plan, &recording).map_err(|error| SuiteError::new(error.to_string()))?;
        let kept = regressions::load(&plan, &cassette).map_err(SuiteError::new)?;
        let regressions = kept
            .into_iter()
            .filter_map(|kept| Some((kept.name(), matrix.case(&kept.case)?.with_value(kept.value))))
            .collect();
        Ok(Self { plan, cassette, recording, matrix, regressions, baseline: OnceLock::new(), live: None })
    }

    /// The same suite with live systems behind what is not recorded.
    pub(super) fn recording_branches(mut self, recorder: Arc<BranchRecorder>) -> Self {
        self.live = Some(recorder);
        self
    }

    /// Whether cases may ask for what only the recording of branches can answer: a model is in the loop, or a system that
    /// is declared live.
    pub(super) fn reacts(&self) -> bool {
        let asks_a_model = |number| self.recording.asks_a_model(number);
        !self.plan.live_channels().is_empty() || (1..=self.recording.interactions().len()).any(asks_a_model)
    }

    /// The cases whose branches are void.
    pub(crate) fn void_branches(&self) -> Vec<&str> {
        void_branches(&self.matrix, &self.recording)
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The recording.
    #[must_use]
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// The cases.
    #[must_use]
    pub fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// The case of that name: of the matrix, a kept value, or any other that the recording supports.
    pub(crate) fn find(&self, name: &str) -> Option<Case> {
        let kept = self.regressions.iter().find(|(kept, _)| kept == name);
        kept.map(|(_, case)| case.clone()).or_else(|| self.matrix.find(name, &self.recording))
    }

    /// Failing values of earlier runs, as cases of their own.
    pub(crate) fn regressions(&self) -> &[(String, Case)] {
        &self.regressions
    }

    /// The undisturbed replay, run twice at the first call.
    ///
    /// # Errors
    ///
    /// When the agent fails without any mutation, or the recording no longer fits to it.
    pub fn baseline(&self) -> Result<&Baseline, SuiteError> {
        let baseline = self.baseline.get_or_init(|| {
            let run = || Runner::new(&self.plan, &self.recording, BASELINE, self.plan.name()).replay(Vec::new());
            let (first, second) = (run(), run());
            let baseline = with_rules(&self.plan, |rules| Baseline::of(&first, &second, rules));
            let baseline = baseline.map(|baseline| {
                let dependent = self.recording.dependent(&baseline.effects);
                baseline.with_order(dependent, [&first, &second])
            });
            baseline.map_err(|error| SuiteError::new(format!("no baseline: {error}")))
        });
        baseline.as_ref().map_err(SuiteError::clone)
    }

    /// Runs one case and judges it. With `CHECKAGENT_KEEP=folder` all that the verdict is made of is kept there.
    ///
    /// # Errors
    ///
    /// When there is no baseline to judge it by, or the case cannot be kept.
    pub fn run(&self, case: &Case) -> Result<Report, SuiteError> {
        let report = self.run_unkept(case)?;
        if let Some(folder) = stored::folder() {
            stored::keep(&folder, &self.stored(&report)?).map_err(|error| SuiteError::new(error.to_string()))?;
        }
        Ok(report)
    }

    pub(super) fn run_unkept(&self, case: &Case) -> Result<Report, SuiteError> {
        let baseline = self.baseline()?;
        let values = match case.site().value {
            Some(_) => None,
            None => case.operator().values(case.site(), &self.recording),
        };
        // Each value needs the model's own reaction, and what is simpler than a failing one would need it too.
        let values = values.map(|values| if self.reacts() { values.few() } else { values });
        let Some(values) = values.filter(|_| case.mutations().len() == 1) else {
            return Ok(self.shrunk(self.run_once(case, baseline), baseline));
        };
        // Values of earlier findings come first: a failing case fails for the same reason as before.
        let known = self.regressions.iter().find(|(_, kept)| kept.name() == case.name());
        if let Some((_, kept)) = known.filter(|_| self.live.is_none()) {
            let report = self.run_once(kept, baseline);
            if report.verdict.kind.standing() == Standing::Failing {
                return Ok(Report { values_tried: Some(1), ..report });
            }
        }
        let mut last: Option<Report> = None;
        let name = format!("{}::{}", self.plan.name(), case.name());
        let mut runner = self.runner(case, baseline);
        let found = values.search(&name, |value| {
            let case = case.with_value(value.clone());
            let report = self.judged(&case, runner.replay(case.mutations().to_vec()), baseline);
            let failing = report.verdict.kind.standing() == Standing::Failing;
            if worse(&report, last.as_ref()) {
                last = Some(report.clone());
            }
            // While they are recorded, all values are tried: later they may have other verdicts.
            (failing && self.live.is_none()).then_some(report)
        });
        let report = match found.failing {
            Some((value, report)) => {
                let regression = Regression { case: case.name().to_owned(), value };
                regressions::keep(&self.plan, &self.cassette, &regression);
                report
            }
            None => last.unwrap_or_else(|| self.run_once(case, baseline)),
        };
        Ok(Report { values_tried: Some(found.tried), ..report })
    }

    /// A report of several faults, with the fewest that fail.
    fn shrunk(&self, report: Report, baseline: &Baseline) -> Report {
        if report.verdict.kind.standing() != Standing::Failing || self.live.is_some() {
            return report;
        }
        let minimal = shrink::fewest(&report.case, |case| {
            let report = self.run_once(case, baseline);
            (report.verdict.kind.standing() == Standing::Failing).then_some(report)
        });
        Report { minimal: minimal.map(Box::new), ..report }
    }

    fn runner(&self, case: &Case, baseline: &Baseline) -> Runner {
        let limits = limits(self.plan.budget_limits(), baseline);
        Runner::new(&self.plan, &self.recording, limits, case.name()).live(self.live.as_ref())
    }

    fn run_once(&self, case: &Case, baseline: &Baseline) -> Report {
        let mutations = case.mutations().to_vec();
        let run = self.runner(case, baseline).replay(mutations);
        self.judged(case, run, baseline)
    }

    fn judged(&self, case: &Case, run: Run, baseline: &Baseline) -> Report {
        let nature = case.nature(&self.recording);
        let evidence = Evidence { baseline, nature: &nature, run: &run, twin: None };
        let twin = with_rules(&self.plan, |rules| wants_the_twin(&evidence, rules)).then(|| case.twin()).flatten();
        let twin = twin.map(|twin| self.runner(&twin, baseline).replay(twin.mutations().to_vec()));
        let evidence = Evidence { twin: twin.as_ref(), ..evidence };
        let verdict = with_rules(&self.plan, |rules| judge(&evidence, rules));
        Report { case: case.clone(), verdict, run, twin, values_tried: None, minimal: None }
    }

    /// Runs every case, on as many threads as the machine has cores; the reports are in the matrix's order.
    ///
    /// # Errors
    ///
    /// When there is no baseline to judge them by.
    pub fn run_all(&self) -> Result<Vec<Report>, SuiteError> {
        self.baseline()?;
        let cases = &self.matrix.cases;
        let next = AtomicUsize::new(0);
        let reports = Mutex::new(Vec::with_capacity(cases.len()));
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(cases.len().max(1));
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some((index, case)) = {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        cases.get(index).map(|case| (index, case))
                    } {
                        let report = self.run(case);
                        lock(&reports).push((index, report));
                    }
                });
            }
        });
        let mut reports = reports.into_inner().unwrap_or_default();
        reports.sort_by_key(|(index, _)| *index);
        reports.into_iter().map(|(_, report)| report).collect()
    }
}

/// What a case may use, given what the agent uses undisturbed. A budget of virtual time is judged, so a run may pass it.
fn limits(budget: &Budget, baseline: &Baseline) -> Limits {
    let derived = LEAST_DEADLINE.max(Duration::from_millis(baseline.elapsed_ms).saturating_mul(20));
    let given = budget.time_allowed().map(|time| time.saturating_mul(2));
    Limits { deadline: given.map_or(derived, |given| derived.max(given)), calls: budget.calls_allowed(baseline.calls) }
}

/// Of the values that do not fail, the least good one stands for the case.
fn worse(report: &Report, than: Option<&Report>) -> bool {
    let rank = |kind: VerdictKind| match kind {
        VerdictKind::Unaffected => 0,
        VerdictKind::Recovered => 1,
        VerdictKind::Adapted => 2,
        VerdictKind::Admitted => 3,
        VerdictKind::Unreached => 4,
        VerdictKind::Misled => 5,
        VerdictKind::Diverged => 6,
        _ => 7,
    };
    than.is_none_or(|than| rank(report.verdict.kind) > rank(than.verdict.kind))
}

fn missing_hint(plan: &Plan, error: &checkagent_cassette::Error) -> SuiteError {
    if error.kind() != ErrorKind::Missing {
        return SuiteError::new(error.to_string());
    }
    let path = plan.cassette_path().map(|path| path.display().to_string()).unwrap_or_default();
    let record = format!("CHECKAGENT_RECORD=once cargo test {}", plan.path());
    let left = plan.cassette_path().and_then(|path| Journal::peek(path).ok().flatten());
    SuiteError::new(match left {
        Some(left) => format!(
            "{path}: no such cassette, but an interrupted recording with {} interactions; go on with `{record}`, or delete the .journal file",
            left.interactions.len()
        ),
        None => format!("{path}: no such cassette; record it with `{record}`"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::answer::Answer;
    use crate::budget::Usage;
    use crate::policy::{Policy, calls};

    fn baseline(calls: usize, elapsed_ms: u64) -> Baseline {
        let usage = Usage::default();
        let answer = Answer::done(json!(1));
        Baseline {
            answer,
            effects: vec![],
            calls,
            volatile: vec![],
            elapsed_ms,
            usage,
            in_order: vec![],
            looked_at: vec![],
        }
    }

    #[test]
    fn the_world_of_a_case_ends_with_its_budget_of_calls() {
        assert_eq!(limits(&Budget::new(), &baseline(4, 0)).calls, 40);
        assert_eq!(limits(&Budget::new().calls(3), &baseline(4, 0)).calls, 3);
    }

    #[test]
    fn a_run_may_pass_its_budget_of_time_before_it_counts_as_hung() {
        const HOUR: Duration = Duration::from_secs(3600);
        let deadline = |budget: &Budget, elapsed_ms| limits(budget, &baseline(4, elapsed_ms)).deadline;
        assert_eq!(deadline(&Budget::new(), 0), HOUR * 6);
        assert_eq!(deadline(&Budget::new(), 3_600_000), HOUR * 20);
        assert_eq!(deadline(&Budget::new().time(HOUR), 0), HOUR * 6);
        assert_eq!(deadline(&Budget::new().time(HOUR * 10), 0), HOUR * 20);
    }

    #[test]
    fn a_policy_that_cannot_be_checked_is_told_before_anything_runs() {
        let source =
            crate::__private::Source { manifest_dir: "", module: "a::b", function: "b", file: "b.rs", line: 1 };
        let plan = |policy| {
            let plan = Plan::new(source, |_| Box::pin(async { Answer::done(1) }), |_, _| {});
            Suite::load(plan.policy(policy)).map(|_| ()).unwrap_err().to_string()
        };
        let one = plan(Policy::new().deny(calls("")));
        assert!(one.starts_with("the policy cannot be checked: `deny `: `calls(\"\")` names no call"), "{one}");
        let two = plan(Policy::new().deny(calls("")).at_most_once(calls("x"), "order"));
        assert!(two.ends_with("(and 1 more)"), "{two}");
        assert!(plan(Policy::new().deny(calls("DELETE *"))).contains("a replay test needs a cassette"));
    }
}
