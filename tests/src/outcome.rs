//! What became of each trial, read from the output of either runner.

use std::collections::BTreeMap;

/// What became of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It failed.
    Failed,
    /// It was ignored, before or while it ran.
    Ignored,
}

/// The outcome of each trial, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes(pub BTreeMap<String, Outcome>);

impl Outcomes {
    pub(crate) fn read(text: &str) -> Self {
        let mut outcomes = BTreeMap::new();
        // With one thread the name comes first, and what the trial prints stands between it and the outcome.
        let mut open: Option<String> = None;
        for line in text.lines() {
            let (name, outcome) = match line.strip_prefix("test ").and_then(|line| line.split_once(" ... ")) {
                Some((name, outcome)) => (Some(name.trim().to_owned()), libtest(outcome)),
                None => (open.take(), libtest(line)),
            };
            match (name, outcome) {
                (Some(name), Some(outcome)) => {
                    outcomes.insert(name, outcome);
                }
                (name, _) => open = name,
            }
            outcomes.extend(nextest(line));
        }
        Self(outcomes)
    }

    /// How many have this outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.0.values().filter(|one| **one == outcome).count()
    }

    /// The names of the trials.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    /// The outcome of one trial.
    ///
    /// # Panics
    ///
    /// If it did not run.
    #[must_use]
    #[track_caller]
    pub fn of(&self, name: &str) -> Outcome {
        *self.0.get(name).unwrap_or_else(|| panic!("`{name}` did not run; there are {:?}", self.names()))
    }
}

/// What libtest and libtest-mimic write behind a name.
fn libtest(outcome: &str) -> Option<Outcome> {
    match outcome.split([',', ' ']).next()? {
        "ok" => Some(Outcome::Passed),
        "FAILED" => Some(Outcome::Failed),
        "ignored" => Some(Outcome::Ignored),
        _ => None,
    }
}

/// `PASS [   0.012s] (1/9) sample::export export::replay::timeout@1`.
fn nextest(line: &str) -> Option<(String, Outcome)> {
    let line = line.trim();
    let outcome = match line.split(' ').next()? {
        "PASS" => Outcome::Passed,
        "FAIL" => Outcome::Failed,
        "SKIP" => Outcome::Ignored,
        _ => return None,
    };
    let name = line.split_once("] ")?.1.rsplit(' ').next()?;
    Some((name.to_owned(), outcome))
}
