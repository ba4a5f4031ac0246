//! `check`: whether cassettes are as they should be.

use checkagent_cassette::redact::Redaction;
use checkagent_cassette::{Cassette, ChannelKind, Request};
use serde::Serialize;

use crate::args::Check;
use crate::cassettes::{self, Failure};
use crate::count::count;
use crate::finding::{Finding, Kind};
use crate::leaks::leaks;
use crate::outcome::Outcome;
use crate::output::Output;
use crate::outside::{Outside, outside, unknown_templates};
use crate::remark::{self, Remark};

/// What was found in each cassette.
#[derive(Debug, Default, Serialize)]
struct Report {
    cassettes: Vec<Checked>,
    skipped: Vec<Remark>,
    unreadable: Vec<Remark>,
    /// In all cassettes.
    findings: usize,
}

/// What was found in a cassette.
#[derive(Debug, Default, Serialize)]
pub struct Checked {
    pub file: String,
    pub interactions: usize,
    pub findings: Vec<Finding>,
    /// Channels that nothing went over; no mistake.
    pub unused_channels: Vec<String>,
    /// Where replies link to beside the channels; no mistake.
    pub outside: Vec<Outside>,
}

/// Checks what was named.
pub fn run(options: &Check, out: &mut Output) -> Outcome {
    let found = cassettes::find(&options.cassettes);
    let redaction = options.secrets.redaction();
    let mut report = Report { skipped: found.skipped, unreadable: found.unreadable, ..Report::default() };
    for source in &found.files {
        let file = remark::shown(&source.path);
        let checked = match Cassette::load(&source.path) {
            Ok(cassette) => Checked::of(file, &cassette, &redaction),
            Err(error) => match Failure::of(&source.path, &error) {
                Failure::Unreadable(remark) => {
                    report.unreadable.push(remark);
                    continue;
                }
                Failure::Refused(Remark { reason, .. }) => {
                    Checked { file, findings: vec![Finding::new(Kind::Integrity, None, reason)], ..Checked::default() }
                }
            },
        };
        out.lines(checked.lines());
        report.findings += checked.findings.len();
        report.cassettes.push(checked);
    }
    out.lines(remark::skipped(&report.skipped));
    out.lines(report.unreadable.iter().map(Remark::line));
    let wrong = report.cassettes.iter().filter(|checked| !checked.findings.is_empty()).count();
    if !report.cassettes.is_empty() {
        let of = count(report.cassettes.len(), "cassette");
        out.lines([match wrong {
            0 => format!("{of}: all well"),
            _ => format!("{of}: {} in {wrong}", count(report.findings, "finding")),
        }]);
    }
    out.document(&report);
    Outcome::of(report.cassettes.len() - wrong, wrong, report.unreadable.len())
}

impl Checked {
    /// Checks a cassette that could be loaded: its hash, format and counts are right.
    pub fn of(file: String, cassette: &Cassette, redaction: &Redaction) -> Self {
        let mut findings = keys(cassette);
        findings.extend(channels(cassette));
        findings.extend(leaks(cassette, redaction).into_iter().map(Finding::from));
        let is_unused = |name: &str| {
            let in_branches = cassette.branches().iter().flat_map(|branch| &branch.interactions);
            cassette.interactions().iter().chain(in_branches).all(|interaction| interaction.channel != *name)
        };
        let unused = cassette.header().channels.keys().filter(|name| is_unused(name)).cloned();
        Self {
            file,
            interactions: cassette.interactions().len(),
            findings,
            unused_channels: unused.collect(),
            outside: outside(cassette),
        }
    }

    /// As it is printed.
    pub fn lines(&self) -> Vec<String> {
        /// Replies of some services link to everything.
        const MOST: usize = 10;
        let file = &self.file;
        let mut lines: Vec<_> = self.findings.iter().map(|finding| finding.line(file)).collect();
        if lines.is_empty() {
            lines.push(format!("{file}: well, {}", count(self.interactions, "interaction")));
        }
        lines.extend(
            self.unused_channels.iter().map(|name| format!("{file}: note: nothing goes over channel `{name}`")),
        );
        lines.extend(self.outside.iter().take(MOST).map(|outside| {
            let links = count(outside.links, "link");
            format!(
                "{file}: note: {links} to {}, which is no channel, first in the reply of interaction {}",
                outside.origin, outside.first
            )
        }));
        if let Some(more) = self.outside.len().checked_sub(MOST).filter(|more| *more > 0) {
            lines.push(format!("{file}: note: links to {} more; `--format json` has them all", count(more, "origin")));
        }
        lines
    }
}

fn keys(cassette: &Cassette) -> Vec<Finding> {
    let anew = Cassette::new(cassette.header().clone(), cassette.interactions().to_vec());
    let pairs = cassette.interactions().iter().zip(anew.interactions());
    let wrong = pairs.filter(|(stated, computed)| stated.key != computed.key).map(|(stated, computed)| {
        let reason = format!(
            "the key {} is not that of the request, which is {}: a replay would not find it; seal the file",
            stated.key, computed.key
        );
        Finding::new(Kind::Key, Some(stated.number), reason)
    });
    wrong.collect()
}

fn channels(cassette: &Cassette) -> Vec<Finding> {
    let mut findings = Vec::new();
    for interaction in cassette.interactions() {
        let kind = cassette.header().channels.get(interaction.channel.as_str()).map(|channel| &channel.kind);
        let channel = &interaction.channel;
        let reason = match (&interaction.request, kind) {
            (_, None) => format!("there is no channel `{channel}`"),
            (Request::Http(_), Some(ChannelKind::Code)) => {
                format!("an HTTP exchange over `{channel}`, a channel of code")
            }
            (Request::Call(_), Some(ChannelKind::Http { .. })) => format!("a call over `{channel}`, a channel of HTTP"),
            _ => continue,
        };
        findings.push(Finding::new(Kind::Channel, Some(interaction.number), reason));
    }
    findings.extend(unknown_templates(cassette).into_iter().map(|(number, name)| {
        let reason =
            format!("a link to the origin of `{name}`, which is no channel of HTTP: a replay would not know it");
        Finding::new(Kind::Channel, Some(number), reason)
    }));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{call, cassette, get, over};
    use checkagent_cassette::{CallReply, Interaction};
    use serde_json::json;

    fn checked(interactions: Vec<Interaction>) -> Checked {
        Checked::of("a.json".to_owned(), &cassette(interactions), &Redaction::default())
    }

    #[test]
    fn a_good_cassette_is_well() {
        let checked = checked(vec![get("/x", "{}"), call(json!({}), CallReply::Returned(json!(1)))]);
        assert_eq!(checked.lines(), ["a.json: well, 2 interactions"]);
    }

    #[test]
    fn channels_and_links_that_lead_nowhere_are_found() {
        let Interaction { request, reply, .. } =
            get("/x", r#"{"a":"{{origin:api}}/1","b":"{{origin-escaped:gone}}\/2"}"#);
        let checked = checked(vec![over("code", request, reply)]);
        assert_eq!(
            checked.lines(),
            [
                "a.json: interaction 1: an HTTP exchange over `code`, a channel of code",
                "a.json: interaction 1: a link to the origin of `gone`, which is no channel of HTTP: a replay would not \
             know it",
                "a.json: note: nothing goes over channel `api`",
            ]
        );
    }

    #[test]
    fn links_out_of_the_recording_are_notes() {
        let reply = r#"{"a":"https://other.example/1","b":["https://other.example/2"],"c":"{{origin:api}}/3"}"#;
        let checked = checked(vec![get("/x", "{}"), get("/y", reply)]);
        assert!(checked.findings.is_empty());
        assert_eq!(
            checked.lines()[2],
            "a.json: note: 2 links to https://other.example, which is no channel, first in the reply of interaction 2"
        );
    }

    #[test]
    fn a_finding_never_says_the_secret() {
        let checked = checked(vec![get("/x", r#"{"password":"hunter2!"}"#)]);
        let said = format!("{:?} {}", checked.lines(), serde_json::to_string(&checked).unwrap());
        assert!(said.contains("/password") && !said.contains("hunter2"), "{said}");
    }
}
