//! Failing values, kept as values beside the cassette.
//!
//! A seed would mean another value after an upgrade of the generator; the value itself stays what it is.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::plan::Plan;
use crate::record;

/// One failing value of one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Regression {
    /// The case that generated it: `corrupt_value@3:data.2.amount`.
    pub case: String,
    /// The value.
    pub value: Value,
}

impl Regression {
    /// The name of the case that it has become: the generating case and a fingerprint of the value.
    pub(super) fn name(&self) -> String {
        format!("{}#{:08x}", self.case, fingerprint(&self.value.to_string()))
    }
}

/// FNV-1a, 32 bits: short, and the same in every release.
pub(super) fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The file of a plan: one JSON object a line.
fn path(plan: &Plan, cassette: &Path) -> PathBuf {
    let test = plan.name().replace("::", ".");
    cassette.with_extension(format!("{test}.regressions.jsonl"))
}

/// The kept values of a plan.
pub(super) fn load(plan: &Plan, cassette: &Path) -> Result<Vec<Regression>, String> {
    let path = path(plan, cassette);
    let Ok(text) = std::fs::read_to_string(&path) else { return Ok(Vec::new()) };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            serde_json::from_str(line).map_err(|error| {
                format!("{}: line {}: {error}; each line is {{\"case\":..,\"value\":..}}", path.display(), index + 1)
            })
        })
        .collect()
}

/// Keeps a new failing value, except on build servers.
pub(super) fn keep(plan: &Plan, cassette: &Path, regression: &Regression) {
    use std::io::Write;
    if record::is_ci() || load(plan, cassette).is_ok_and(|known| known.contains(regression)) {
        return;
    }
    let Ok(line) = serde_json::to_string(regression) else { return };
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path(plan, cassette));
    // A read-only checkout loses nothing but the shortcut.
    let _ = file.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
}
