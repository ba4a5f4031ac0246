//! One case, explained: what was bent, what the agent did and claimed, what it should have claimed.

use std::fmt::Write;

use super::command::{Style, one_case};
use crate::answer::Answer;
use crate::ledger::{Ending, Ledger, Outcome, Tier};
use crate::mutation::{Lie, Mutation, Truth};
use crate::suite::{Decision, Report, Suite, decide};

/// The report of a case: what was bent, what the agent did next, what it claimed and what it should have claimed. Short;
/// with `CHECKAGENT_EXPLAIN=1` everything is in it.
pub(crate) fn case(suite: &Suite, report: &Report, style: Style) -> String {
    explained(suite, report, style, explains())
}

/// Changes of a reply that are shown at most.
const CHANGES: usize = 4;
/// Calls after the first fault that are shown at most.
const NEXT: usize = 4;
/// Differences of the answer that are shown at most.
const DIFFERENCES: usize = 6;

fn explained(suite: &Suite, report: &Report, style: Style, whole: bool) -> String {
    let (case, verdict, run) = (&report.case, &report.verdict, &report.run);
    let most = |short: usize| if whole { usize::MAX } else { short };
    let nature = case.nature(suite.recording());
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
    for text in what_was_bent(&run.ledger, most(CHANGES)) {
        line("bent", &text);
    }
    if let Some(value) = &case.site().value {
        let tried = report.values_tried.map_or_else(String::new, |tried| format!(" (of {tried} tried, made simple)"));
        line("value", &format!("{value}{tried}"));
    }
    match &nature.lie {
        Lie::Evident(reason) => line("a client", &format!("could know: {reason}")),
        Lie::Plausible(reason) => line("a client", &format!("could not know: {reason}")),
        Lie::None => {}
    }
    for text in what_came_next(&run.ledger, most(NEXT)) {
        line("then", &text);
    }
    line("claimed", &claimed(&run.ending));
    if let Ok(baseline) = suite.baseline() {
        line("should", &should(&baseline.answer, nature.truth));
    }
    for difference in verdict.differences.iter().take(most(DIFFERENCES)) {
        line("differs", &difference.to_string());
    }
    if verdict.tier != Tier::Proved {
        line("tier", &tier(&run.ledger, verdict.tier));
    }
    if let Some(injection) = &verdict.injection {
        let utility = if injection.utility { "the task was done" } else { "the task was not done" };
        line("planted", &format!("{}: {}; {utility}", injection.obedience, injection.evidence));
    }
    if whole {
        for signal in suite.signals(report).map(|signals| signals.to_string()).unwrap_or_default().lines() {
            line("signal", signal);
        }
        for call in &run.ledger.calls {
            line("call", &call.to_string());
        }
    }
    for note in &run.notes {
        line("note", note);
    }
    if !whole {
        line("more", "CHECKAGENT_EXPLAIN=1 shows every call");
    }
    let smallest = report.minimal.as_ref().map_or(case, |minimal| &minimal.case);
    line("run it", &one_case(suite.plan(), smallest.name(), style));
    out
}

/// The first reply that was bent and what of it, a line each; then how many more calls met something.
fn what_was_bent(ledger: &Ledger, most: usize) -> Vec<String> {
    let mut bent = ledger.bent_calls();
    let Some(first) = bent.next() else { return Vec::new() };
    let more = bent.count();
    let mut lines = match &first.outcome {
        Outcome::Served { bent, .. } if bent.len() > 1 => {
            let mut lines = vec![format!("{}: {} places of the reply", first.label, bent.len())];
            lines.extend(bent.iter().take(most).map(|change| format!("  {change}")));
            lines
        }
        _ => vec![first.to_string().trim_start().to_owned()],
    };
    if more > 0 {
        lines.push(format!("and {more} more calls that met it"));
    }
    lines
}

/// What the agent did after it met the first fault.
fn what_came_next(ledger: &Ledger, most: usize) -> Vec<String> {
    let Some(at) = ledger.calls.iter().position(|call| call.outcome.is_bent()) else { return Vec::new() };
    let next = &ledger.calls[at + 1..];
    if next.is_empty() {
        return vec!["no further call".to_owned()];
    }
    let mut lines: Vec<_> = next.iter().take(most).map(|call| call.to_string().trim_start().to_owned()).collect();
    if next.len() > lines.len() {
        lines.push(format!("and {} more calls", next.len() - lines.len()));
    }
    lines
}

fn claimed(ending: &Ending) -> String {
    match ending {
        Ending::Answered { answer } => said(answer),
        Ending::Stopped => "nothing: the case ended here".to_owned(),
        Ending::Panicked { message, .. } => format!("nothing: panicked: {message}"),
        Ending::Hung { .. } => "nothing: it hung".to_owned(),
        Ending::Broken { reason } => format!("nothing: {reason}"),
    }
}

/// What it should have claimed.
fn should(undisturbed: &Answer, truth: Truth) -> String {
    match truth {
        Truth::Masked => format!("{}, or that it could not", said(undisturbed)),
        Truth::Changed => format!("what is true now, or that it could not; not {}", said(undisturbed)),
    }
}

/// How it was decided, with the stand-ins by name.
fn tier(ledger: &Ledger, tier: Tier) -> String {
    let mut names: Vec<_> = ledger.calls.iter().filter_map(|call| call.model.as_ref()?.stand_in.as_deref()).collect();
    names.dedup();
    match names.as_slice() {
        [] => tier.to_string(),
        names => format!("{tier} ({})", names.join(", ")),
    }
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
