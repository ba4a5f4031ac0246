//! `docs/mutations.md`, made of what the operators say of themselves and of what they do to the sessions of the demo.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use checkagent_cassette::{CallReply, Content, HttpReply, Reply};
use similar::{ChangeTag, TextDiff};

use crate::answer::Answer;
use crate::budget::{Budget, Usage};
use crate::demo::sessions;
use crate::fixture::{Session, recording_of};
use crate::ledger::{Ending, Run};
use crate::mutation::shape::{Moment, shapes};
use crate::mutation::{Bend, Family, Lie, Mutation, Operator, Site, Truth, all};
use crate::oracle::{Baseline, Evidence, Rules, judge};
use crate::plan::{Nature, VerdictKind};
use crate::policy::Policy;
use crate::recording::Recording;
use crate::world::Reaction;

/// Lines of an example at most.
const LINES: usize = 24;
/// Longer lines are cut.
const WIDTH: usize = 110;

fn handbook() -> String {
    let operators = all();
    let mut out = String::from(
        "# Mutations\n\n\
         Every way in which a recording is bent, made from the code: `CHECKAGENT_DOCS=1 cargo test -p checkagent --lib handbook` writes this page.\n\n\
         *Masked*: the world is as recorded, and the reply lies, fails or is lost; the right answer is that of the undisturbed run.\n\
         *Changed*: the world really differs, and the reply says so. A lie is *evident* where a careful client could know, and\n\
         *plausible* where nothing gives it away; believing a plausible lie is undecided (`misled`).\n\n",
    );
    let _ = writeln!(out, "{} operators:\n", operators.len());
    for family in Family::ALL {
        let ids: Vec<_> = operators
            .iter()
            .filter(|operator| operator.family() == family)
            .map(|operator| format!("[`{0}`](#{0})", operator.id()))
            .collect();
        if !ids.is_empty() {
            let _ = writeln!(out, "* **{}**: {}", family.name(), ids.join(", "));
        }
    }
    let sessions = sessions();
    for family in Family::ALL {
        let mut of = operators.iter().filter(|operator| operator.family() == family).peekable();
        if of.peek().is_some() {
            let name = family.name();
            let _ = writeln!(out, "\n## {}{}", name[..1].to_uppercase(), &name[1..]);
        }
        for operator in of {
            section(&mut out, operator, &sessions);
        }
    }
    out.push_str("\n## Shapes of vendors\n\nFor `shaped_like(..)` and `Fault::Shaped(shape(..))`; numbers in a reply are computed, so that they add up.\n\n");
    out.push_str("| shape | kind | tells the wait | source |\n|---|---|---|---|\n");
    for shape in shapes() {
        let wait = if shape.tells_the_wait() { "yes" } else { "" };
        let _ = writeln!(out, "| `{}` | {:?} | {wait} | {} |", shape.id(), shape.kind(), shape.source());
    }
    out
}

fn section(out: &mut String, operator: &Arc<dyn Operator>, sessions: &[(&str, Arc<Recording>)]) {
    let about = operator.about();
    let truth = match operator.truth() {
        Truth::Masked => "masked",
        Truth::Changed => "changed",
    };
    let _ = writeln!(out, "\n### {}\n\n{}\n", operator.id(), about.what);
    let mut line = |name: &str, text: &str| {
        let _ = writeln!(out, "* **{name}**: {text}");
    };
    line("seen at", about.seen);
    line("source", about.source);
    line("truth", truth);
    line("where", about.sites);
    line("a good agent", about.good);
    let found = sessions.iter().find_map(|(name, recording)| {
        let mut sites = operator.sites(recording);
        sites.sort_by_key(|site| std::cmp::Reverse(site.rank));
        let mut site = sites.into_iter().next()?;
        let drawn = || operator.values(&site, recording)?.first("handbook");
        site.value = site.value.clone().or_else(drawn);
        Some((name, recording, site))
    });
    let Some((name, recording, site)) = found else {
        line("example", "none in the sessions of this page");
        return;
    };
    let lie = match &site.lie {
        Lie::None => String::new(),
        Lie::Evident(reason) => format!("; a client could know: {reason}"),
        Lie::Plausible(reason) => format!("; a client could not know: {reason}"),
    };
    let interaction = recording.interaction(site.interaction);
    line("example", &format!("`{}@{site}` in {name}: {}{lie}", operator.id(), interaction.request.label()));
    let _ = writeln!(out, "\n{}", example(operator, recording, &site));
}

/// The reply before and after.
fn example(operator: &Arc<dyn Operator>, recording: &Arc<Recording>, site: &Site) -> String {
    let moment = Moment {
        wait: Duration::from_secs(30),
        now: SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000),
        number: 1,
    };
    let first = operator.bend(site, recording).parts().into_iter().next();
    let front = match &first {
        Some(Bend::Fault { fault, .. } | Bend::Outage { fault, .. }) => Some(fault.reply(&moment)),
        Some(Bend::Limit { wait, refusal, .. }) => Some(Some(refusal.reply(&Moment { wait: *wait, ..moment }))),
        _ => None,
    };
    let mutation = Mutation { operator: Arc::clone(operator), site: site.clone() };
    let mut session = Session::new(recording, vec![mutation]);
    let reactions = session.play();
    let calls = session.ledger().calls;
    let Some(met) = calls.iter().position(|call| call.outcome.is_bent()) else { return "not met".to_owned() };
    let before = recording.interaction(met + 1);
    let mut after = match (front, &reactions[met]) {
        (Some(Some(reply)), _) => shown(&Reply::Http(reply)),
        (_, Reaction::Reply(reply, late)) => {
            let mut text = shown(reply);
            if let Some(late) = late.checked_sub(before.latency.unwrap_or_default()).filter(|late| !late.is_zero()) {
                let _ = writeln!(text, "(after {} s)", late.as_secs());
            }
            text
        }
        (_, Reaction::Stall) => "nothing, and the connection stays open\n".to_owned(),
        (_, Reaction::Reset) => "nothing, and the connection is closed\n".to_owned(),
        (_, Reaction::End | Reaction::Ask(_)) => "nothing: the case ends here\n".to_owned(),
    };
    if after == shown(&before.reply) {
        let _ = writeln!(after, "({})", calls[met].outcome);
    }
    diff(&shown(&before.reply), &after)
}

fn diff(before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(1) {
        if !lines.is_empty() {
            lines.push("  ...".to_owned());
        }
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            let text: String = change.value().trim_end().chars().take(WIDTH).collect();
            lines.push(format!("{sign} {text}").trim_end().to_owned());
        }
    }
    if lines.len() > LINES {
        let more = lines.len() - LINES;
        lines.truncate(LINES);
        lines.push(format!("  ... {more} more lines"));
    }
    format!("```diff\n{}\n```", lines.join("\n"))
}

fn shown(reply: &Reply) -> String {
    match reply {
        Reply::Http(http) => http_shown(http),
        Reply::Call(CallReply::Returned(value)) => format!("{value:#}\n"),
        Reply::Call(CallReply::Failed(message)) => format!("failed: {message}\n"),
    }
}

fn http_shown(http: &HttpReply) -> String {
    let mut out = format!("{}\n", http.status);
    for (name, value) in &http.headers {
        let _ = writeln!(out, "{name}: {value}");
    }
    match &http.content {
        Content::Frames(frames) => {
            for frame in frames {
                let _ = writeln!(out, "{}", String::from_utf8_lossy(&frame.data.to_bytes()).trim_end());
            }
        }
        Content::Whole(body) => match body.json() {
            Some(document) => {
                let _ = writeln!(out, "{document:#}");
            }
            None => {
                let _ = writeln!(out, "{}", String::from_utf8_lossy(&body.to_bytes()));
            }
        },
    }
    if http.ending != checkagent_cassette::Ending::Complete {
        let _ = writeln!(out, "(the stream ends here: {})", http.ending.name().replace('_', " "));
    }
    out
}

#[test]
fn the_page_of_the_operators_says_what_the_code_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/mutations.md");
    let page = handbook();
    if std::env::var_os("CHECKAGENT_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let hint =
        "docs/mutations.md is out of date; write it with `CHECKAGENT_DOCS=1 cargo test -p checkagent --lib handbook`";
    assert!(written == page, "{hint}:\n{}", diff(&written, &page));
}

#[test]
fn every_operator_has_an_example_in_a_session_and_is_delivered_there() {
    let sessions = sessions();
    let mut nowhere = Vec::new();
    for operator in all() {
        let delivered = sessions.iter().any(|(_, recording)| {
            operator.sites(recording).iter().any(|site| {
                let mut site = site.clone();
                let drawn = || operator.values(&site, recording)?.first("handbook");
                site.value = site.value.clone().or_else(drawn);
                let mut session = Session::new(recording, vec![Mutation { operator: Arc::clone(&operator), site }]);
                session.play();
                session.ledger().bent_calls().next().is_some()
            })
        });
        if !delivered {
            nowhere.push(operator.id());
        }
    }
    assert_eq!(nowhere, [""; 0], "delivered in no session");
}

#[test]
fn nothing_applies_to_an_empty_recording_and_what_is_not_met_is_unreached() {
    let empty = recording_of(Vec::new());
    let answer = Answer::done("as undisturbed");
    let baseline = Baseline {
        answer: answer.clone(),
        effects: vec![],
        calls: 0,
        volatile: vec![],
        elapsed_ms: 0,
        usage: Usage::default(),
        in_order: vec![],
        looked_at: vec![],
    };
    for operator in all() {
        assert_eq!(operator.sites(&empty), [], "{operator:?}");
        let (recording, site) = sessions()
            .into_iter()
            .find_map(|(_, recording)| Some((Arc::clone(&recording), operator.sites(&recording).into_iter().next()?)))
            .unwrap_or_else(|| panic!("{operator:?} has no session"));
        let mut silent =
            Session::new(&recording, vec![Mutation { operator: Arc::clone(&operator), site: site.clone() }]);
        let ending = Ending::Answered { answer: answer.clone() };
        let run = Run { ending, ledger: silent.ledger(), unused: vec![], notes: vec![], elapsed_ms: 0 };
        let nature = Nature::of(operator.truth(), &site);
        let evidence = Evidence { baseline: &baseline, nature: &nature, run: &run, twin: None };
        let rules = Rules {
            policy: &Policy::new(),
            budget: &Budget::new(),
            goal: &|_, _| None,
            check: &|_| Ok(()),
            strict: false,
        };
        let verdict = judge(&evidence, &rules);
        assert_eq!(verdict.kind, VerdictKind::Unreached, "{operator:?}");
    }
}
