//! Cases as they were run, on disk: they can be judged again without their agent.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::suite::Report;
use crate::ledger::Run;
use crate::oracle::{Baseline, Evidence, Rules, Verdict, judge};
use crate::plan::Nature;

/// A case as it was run: all that a verdict is made of, and the verdict.
///
/// Judged again by the same rules it gets the same verdict, byte for byte.
///
/// # Examples
///
/// ```no_run
/// # fn example(suite: &checkagent::Suite) -> Result<(), Box<dyn std::error::Error>> {
/// let report = suite.run(&suite.matrix().cases[0])?;
/// let stored = suite.stored(&report)?.to_json();
/// // Later, perhaps with another policy.
/// let verdict = suite.judge_again(&checkagent::StoredCase::parse(&stored)?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredCase {
    /// The version of this form.
    checkagent: u32,
    /// The test.
    pub test: String,
    /// The case.
    pub case: String,
    /// The value that the run was made with, where the case generates values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What the case does to the world.
    pub nature: Nature,
    /// What the agent does when nothing is wrong.
    pub baseline: Baseline,
    /// What it did.
    pub run: Run,
    /// What it did with the benign twin of a planted instruction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twin: Option<Run>,
    /// What the oracle said.
    pub verdict: Verdict,
}

const VERSION: u32 = 1;

impl StoredCase {
    pub(super) fn new(test: &str, report: &Report, nature: Nature, baseline: &Baseline) -> Self {
        Self {
            checkagent: VERSION,
            test: test.to_owned(),
            case: report.case.name().to_owned(),
            value: report.case.site().value.clone(),
            nature,
            baseline: baseline.clone(),
            run: report.run.clone(),
            twin: report.twin.clone(),
            verdict: report.verdict.clone(),
        }
    }

    /// As it is written: indented JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads what [`StoredCase::to_json`] wrote.
    ///
    /// # Errors
    ///
    /// When the text is no stored case, or one of another version; says what to do.
    pub fn parse(text: &str) -> Result<Self, StoredCaseError> {
        let again = "run the case again with CHECKAGENT_KEEP=folder";
        let stored: Self = serde_json::from_str(text)
            .map_err(|error| StoredCaseError(format!("this is no stored case: {error}; {again}")))?;
        if stored.checkagent != VERSION {
            return Err(StoredCaseError(format!(
                "this case was stored in version {} of the form, and this is version {VERSION}; {again}",
                stored.checkagent
            )));
        }
        Ok(stored)
    }

    /// Judges it by these rules.
    #[must_use]
    pub fn judge(&self, rules: &Rules<'_>) -> Verdict {
        let Self { nature, baseline, run, twin, .. } = self;
        judge(&Evidence { baseline, nature, run, twin: twin.as_ref() }, rules)
    }
}

/// Why a text is no stored case, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCaseError(String);

impl std::fmt::Display for StoredCaseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StoredCaseError {}

/// The folder that every case is kept in, if the environment names one.
pub(super) fn folder() -> Option<PathBuf> {
    std::env::var_os("CHECKAGENT_KEEP").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// Writes a case into a folder.
pub(super) fn keep(folder: &Path, stored: &StoredCase) -> Result<(), StoredCaseError> {
    let path = folder.join(file_name(&stored.test, &stored.case));
    let failed = |error: std::io::Error| StoredCaseError(format!("{}: {error}", path.display()));
    std::fs::create_dir_all(folder).map_err(failed)?;
    std::fs::write(&path, stored.to_json()).map_err(failed)
}

/// A file name for a case: letters, digits and a fingerprint, because names hold pointers.
fn file_name(test: &str, case: &str) -> String {
    let name = format!("{test}::{case}");
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '@' | '-' | '_' | '.') { c } else { '_' };
    let readable: String = name.chars().map(plain).take(120).collect();
    format!("{readable}.{:08x}.json", super::regressions::fingerprint(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stay_in_their_folder_and_names_that_look_alike_are_told_apart() {
        let name = file_name("a::b", "rename_field@2:../../x");
        assert!(name.starts_with("a__b__rename_field@2_.._.._x.") && !name.contains('/'), "{name}");
        assert_ne!(file_name("t", "a@1:x"), file_name("t", "a@1_x"));
        assert!(file_name("t", &"x".repeat(500)).len() < 150);
    }

    #[test]
    fn what_is_no_stored_case_says_what_to_do() {
        for text in ["", "{}", "[1]", "{\"checkagent\": 1}"] {
            let error = StoredCase::parse(text).unwrap_err().to_string();
            assert!(error.contains("CHECKAGENT_KEEP"), "{error}");
        }
    }
}
