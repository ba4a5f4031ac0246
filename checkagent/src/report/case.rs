//! One case, explained: what was bent, what the agent did and claimed, what it should have claimed.

use std::fmt::Write;

use super::command::{Style, one_case};
use crate::answer::Answer;
use crate::ledger::Ending;
use crate::mutation::{Lie, Mutation, Truth};
use crate::suite::{Decision, Report, Suite, decide};

/// Differences and calls that are shown at most.
const SHOWN: usize = 12;

/// The report of a case. Short; with `CHECKAGENT_EXPLAIN=1` all calls are in it.
pub(crate) fn case(suite: &Suite, report: &Report, style: Style) -> String {
    let (case, verdict, run) = (&report.case, &report.verdict, &report.run);
    let mut out = format!("{}::{}: {}", suite.plan().path(), case.name(), verdict.kind);
    for also in &verdict.also {
        let _ = write!(out, ", {also}");
    }
    out.push('\n');
    let mut line = |name: &str, text: &str| {
        let _ = writeln!(out, "  {name:<9} {text}");
    };
    line("why", &verdict.because);
    if let Decision::Failed(Some(reason)) = decide(suite.plan(), report) {
        line("expected", &reason);
    }
    for Mutation { operator, site } in case.mutations() {
        let label = suite.recording().interaction(site.interaction).request.label();
        let fault = if case.mutations().len() == 1 { String::new() } else { format!(": {}@{site}", operator.id()) };
        line("where", &format!("interaction {}, {label}{fault}", site.interaction));
    }
    if let ([Mutation { site, .. }], Ok(baseline)) = (case.mutations(), suite.baseline())
        && let Some(pointer) = &site.pointer
        && suite.recording().flow().flows_nowhere(site.interaction, pointer, baseline.answer.value())
    {
        line("flows", "nowhere: neither a later request nor the answer has what stands there");
    }
    if let Some(minimal) = &report.minimal {
        line("it takes", &format!("only {}: {}", minimal.case.name(), minimal.verdict.kind));
    }
    let bent: Vec<_> = run.ledger.bent_calls().collect();
    for call in bent.iter().take(3) {
        line("met", &format!("{call}"));
    }
    if let Some(value) = &case.site().value {
        let tried = report.values_tried.map_or_else(String::new, |tried| format!(" (of {tried} tried, made simple)"));
        line("value", &format!("{value}{tried}"));
    }
    let nature = case.nature(suite.recording());
    match (&nature.lie, nature.truth) {
        (Lie::Evident(reason), _) => line("a client", &format!("could know: {reason}")),
        (Lie::Plausible(reason), _) => line("a client", &format!("could not know: {reason}")),
        (Lie::None, Truth::Changed) => line("truth", "the world really differs, and the reply says so"),
        (Lie::None, Truth::Masked) => {}
    }
    let claimed = match &run.ending {
        Ending::Answered { answer } => said(answer),
        Ending::Stopped => "nothing: the case ended here".to_owned(),
        Ending::Panicked { message, .. } => format!("nothing: panicked: {message}"),
        Ending::Hung { .. } => "nothing: it hung".to_owned(),
        Ending::Broken { reason } => format!("nothing: {reason}"),
    };
    line("claimed", &claimed);
    if let Ok(baseline) = suite.baseline() {
        line("should", &said(&baseline.answer));
    }
    for difference in verdict.differences.iter().take(SHOWN) {
        line("differs", &difference.to_string());
    }
    let calls = &run.ledger.calls;
    let skipped = if explains() { 0 } else { calls.len().saturating_sub(SHOWN) };
    if skipped > 0 {
        line("calls", &format!("... {skipped} before these; CHECKAGENT_EXPLAIN=1 shows all"));
    }
    for call in &calls[skipped..] {
        line("call", &call.to_string());
    }
    for note in &run.notes {
        line("note", note);
    }
    let smallest = report.minimal.as_ref().map_or(case, |minimal| &minimal.case);
    line("run it", &one_case(suite.plan(), smallest.name(), style));
    out
}

/// Whether everything is to be told: `CHECKAGENT_EXPLAIN`.
pub(crate) fn explains() -> bool {
    std::env::var_os("CHECKAGENT_EXPLAIN").is_some()
}

/// An answer on one line of bearable length.
fn said(answer: &Answer) -> String {
    const LONGEST: usize = 300;
    let word = match answer {
        Answer::Done { .. } => "done",
        Answer::Partial { .. } => "partial",
        Answer::Escalated { .. } => "escalated",
        Answer::Error { .. } => "failed",
    };
    let mut text = word.to_owned();
    if let Some(reason) = answer.reason() {
        let _ = write!(text, " ({reason})");
    }
    if let Some(value) = answer.value() {
        let _ = write!(text, " {value}");
    }
    if text.chars().count() > LONGEST {
        text = text.chars().take(LONGEST).chain(std::iter::once('…')).collect();
    }
    text
}
