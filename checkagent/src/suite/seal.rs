//! Sealing cassettes again after a deliberate edit: `CHECKAGENT_SEAL=1`.

use super::suite::SuiteError;
use crate::plan::Plan;
use crate::record;

/// Whether cassettes are to be sealed before they are loaded.
pub(crate) fn is_due() -> bool {
    std::env::var("CHECKAGENT_SEAL").is_ok_and(|value| !matches!(value.as_str(), "" | "0"))
}

/// Seals the cassette of a plan. Refused on build servers: an edit is reviewed by people.
pub(crate) fn seal(plan: &Plan) -> Result<(), SuiteError> {
    if record::is_ci() {
        return Err(SuiteError::new("CHECKAGENT_SEAL is set together with CI; seal where the edit is made"));
    }
    let Some(path) = plan.cassette_path() else { return Ok(()) };
    checkagent_cassette::seal_file(path).map(|_| ()).map_err(|error| SuiteError::new(error.to_string()))
}
