//! Recording a test.

use std::sync::Arc;

use super::suite::{Suite, SuiteError};
use super::{branches, runner};
use crate::answer::Answer;
use crate::ledger::Ending;
use crate::plan::Plan;
use crate::record::{RecordMode, Recorder};
use crate::world::Session;

/// Whether this plan is to be recorded now.
pub(crate) fn is_due(plan: &Plan, mode: RecordMode) -> bool {
    match mode {
        RecordMode::None => false,
        RecordMode::Once => plan.cassette_path().is_some_and(|path| !path.exists()),
        RecordMode::NewEpisodes | RecordMode::All | RecordMode::Branches => true,
    }
}

/// Runs the agent against the real world once, writes its cassette, and checks that it replays; or runs its cases, and
/// writes their branches. Says what was written.
pub(crate) fn record(plan: &Plan, mode: RecordMode) -> Result<String, SuiteError> {
    if mode == RecordMode::Branches {
        return branches::record(plan);
    }
    let cassette = plan
        .cassette_path()
        .ok_or_else(|| SuiteError::new("a recording needs a place: add `cassette = \"cassettes/name.json\"`"))?;
    let open = Recorder::open(
        cassette,
        mode,
        plan.upstreams().clone(),
        plan.matching_rules().clone(),
        plan.redaction().clone(),
    );
    let recorder = Arc::new(open.map_err(|error| SuiteError::new(error.to_string()))?);
    let run = runner::record(plan, Session::Record(Arc::clone(&recorder)));
    let failure = match run.ending {
        Ending::Answered { answer: Answer::Error { message } } => Some(format!("the agent failed: {message}")),
        Ending::Answered { .. } => None,
        Ending::Panicked { message, location, .. } => Some(format!("panicked at {location}: {message}")),
        Ending::Hung { reason } | Ending::Broken { reason } => Some(reason),
        Ending::Stopped => Some("the world could not go on".to_owned()),
    };
    if let Some(failure) = failure {
        let hint = recorder.discard().map_or_else(String::new, |hint| format!("; {hint}"));
        return Err(SuiteError::new(format!("nothing was written, because the test failed: {failure}{hint}")));
    }
    let written = recorder.write().map_err(SuiteError::new)?;
    let suite = Suite::load(plan.clone())?;
    suite.baseline().map_err(|error| SuiteError::new(format!("{written}, but it does not replay: {error}")))?;
    Ok(written)
}

/// The plans of one program that would write the same cassette.
pub(crate) fn sharing<'p>(plan: &Plan, others: impl IntoIterator<Item = &'p Plan>) -> Option<SuiteError> {
    let path = plan.cassette_path()?;
    let other = others.into_iter().find(|other| other.name() != plan.name() && other.cassette_path() == Some(path))?;
    Some(SuiteError::new(format!(
        "`{}` and `{}` share the cassette {}; two recordings would overwrite each other: give each a cassette of its own",
        plan.name(),
        other.name(),
        path.display()
    )))
}
