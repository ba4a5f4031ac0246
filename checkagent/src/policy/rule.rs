//! One rule of a policy.

use std::fmt;

use checkagent_cassette::json::Pointer;

use super::approval::Approval;
use super::asked::Ask;
use super::calls::Calls;
use super::egress::{Egress, Secret};
use super::hosts::Hosts;
use super::key::Key;
use super::limit::{Limit, LimitTotal};
use super::once::AtMostOnce;
use super::order::{NeverAfter, OnlyAfter};
use super::watch::Watch;
use crate::ledger::{Call, Hints};

/// What a rule decides of a call. Of several the strictest holds: deny before ask before allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// It may be made.
    Allow,
    /// A person is asked before.
    Ask,
    /// It is never made.
    Deny,
}

/// One rule.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    name: String,
    kind: Kind,
    /// What of it cannot be used.
    problems: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Allow(Calls),
    Ask(Calls, Approval),
    Deny(Calls),
    ByHints(Approval),
    OnlyAfter { gated: Calls, first: Calls },
    NeverAfter { calls: Calls, after: Calls },
    AtMostOnce { calls: Calls, key: Key },
    Limit { calls: Calls, place: Pointer, most: f64 },
    LimitTotal { calls: Calls, place: Pointer, most: f64 },
    Hosts(Vec<String>),
    Egress,
}

/// What a rule says of one call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// It does not speak of such calls.
    Nothing,
    /// It looked at it.
    Fine,
    /// It must not be made, and why.
    Violation(String),
}

/// A rule that follows one run, call by call.
pub(super) trait Sentry<'l> {
    /// What it says of the next call.
    fn see(&mut self, call: &'l Call) -> Sight;
}

/// What a rule knows of the policy that it is part of.
pub(super) struct Around<'p> {
    pub rules: &'p [Rule],
    pub secrets: &'p [Secret],
    pub watch: Watch<'p>,
}

impl Rule {
    pub(super) fn new(kind: Kind) -> Self {
        let problems = kind.selectors().into_iter().flat_map(Calls::problems);
        let problems = problems.chain(kind.approval().map(Approval::problems).unwrap_or_default());
        Self { name: kind.to_string(), problems: problems.collect(), kind }
    }

    pub(super) fn with_problem(mut self, problem: Option<String>) -> Self {
        self.problems.extend(problem);
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn problems(&self) -> &[String] {
        &self.problems
    }

    /// What it decides, if it decides at all.
    pub(super) fn decision(&self) -> Option<Decision> {
        match self.kind {
            Kind::Allow(_) => Some(Decision::Allow),
            Kind::Ask(..) | Kind::ByHints(_) => Some(Decision::Ask),
            Kind::Deny(_) => Some(Decision::Deny),
            _ => None,
        }
    }

    /// Whether it is the default by hints.
    pub(super) fn is_by_hints(&self) -> bool {
        matches!(self.kind, Kind::ByHints(_))
    }

    /// Whether it looks for what leaves.
    pub(super) fn is_egress(&self) -> bool {
        matches!(self.kind, Kind::Egress)
    }

    /// Whether it looks at the reply to such a call.
    pub(super) fn reads_reply(&self, call: &Call) -> bool {
        self.kind.approval().is_some_and(|approval| approval.calls.select(call))
    }

    /// What would have had to happen for it to have anything to look at.
    pub(super) fn wants(&self) -> String {
        match &self.kind {
            Kind::Deny(calls) => format!("no call of the kind of `{calls}` was made"),
            Kind::ByHints(_) => "no tool was called over MCP".to_owned(),
            Kind::NeverAfter { after, .. } => format!("`{after}` was never done"),
            Kind::Hosts(_) => "no call was made".to_owned(),
            Kind::Egress => {
                "no secret was named (`.secret(..)`), and no case planted an instruction (`injected_text()`)".to_owned()
            }
            kind => {
                let gated: Vec<_> = kind.selectors().into_iter().take(1).map(ToString::to_string).collect();
                format!("no `{}` was called", gated.join(""))
            }
        }
    }

    /// Follows a run.
    pub(super) fn sentry<'p>(&'p self, around: &Around<'p>) -> Box<dyn Sentry<'p> + 'p> {
        match &self.kind {
            Kind::Allow(calls) => Box::new(Allow(calls)),
            Kind::Ask(calls, approval) => Box::new(Ask::new(Box::new(|call| calls.select(call)), approval)),
            Kind::Deny(calls) => Box::new(Deny(calls)),
            Kind::ByHints(approval) => {
                let rules = around.rules;
                Box::new(ByHints { rules, ask: Ask::new(Box::new(|call| destroys(call, rules)), approval) })
            }
            Kind::OnlyAfter { gated, first } => Box::new(OnlyAfter::new(gated, first)),
            Kind::NeverAfter { calls, after } => Box::new(NeverAfter::new(calls, after)),
            Kind::AtMostOnce { calls, key } => Box::new(AtMostOnce::new(calls, key)),
            Kind::Limit { calls, place, most } => Box::new(Limit { calls, place, most: *most }),
            Kind::LimitTotal { calls, place, most } => Box::new(LimitTotal::new(calls, place, *most)),
            Kind::Hosts(hosts) => Box::new(Hosts(hosts)),
            Kind::Egress => Box::new(Egress::new(around.secrets, around.watch)),
        }
    }

    /// Whether it decides of this call by name, not by default.
    fn names(&self, call: &Call) -> bool {
        match &self.kind {
            Kind::Allow(calls) | Kind::Ask(calls, _) | Kind::Deny(calls) => calls.select(call),
            _ => false,
        }
    }
}

/// Whether a tool may destroy something, and no rule of the policy decides of it by name.
fn destroys(call: &Call, rules: &[Rule]) -> bool {
    call.hints.is_some_and(Hints::may_destroy) && !rules.iter().any(|rule| rule.names(call))
}

struct Allow<'p>(&'p Calls);

impl<'l> Sentry<'l> for Allow<'_> {
    fn see(&mut self, call: &'l Call) -> Sight {
        if self.0.select(call) { Sight::Fine } else { Sight::Nothing }
    }
}

struct Deny<'p>(&'p Calls);

impl<'l> Sentry<'l> for Deny<'_> {
    fn see(&mut self, call: &'l Call) -> Sight {
        if self.0.select(call) {
            return Sight::Violation("is never to be called".to_owned());
        }
        if self.0.is_kind(call) { Sight::Fine } else { Sight::Nothing }
    }
}

struct ByHints<'p> {
    rules: &'p [Rule],
    ask: Ask<'p>,
}

impl<'p> Sentry<'p> for ByHints<'p> {
    fn see(&mut self, call: &'p Call) -> Sight {
        let by_default = call.hints.is_some() && !self.rules.iter().any(|rule| rule.names(call));
        match self.ask.see(call) {
            Sight::Nothing if by_default => Sight::Fine,
            sight => sight,
        }
    }
}

impl Kind {
    /// The calls that it speaks of, the ones that it looks at first.
    fn selectors(&self) -> Vec<&Calls> {
        match self {
            Self::Allow(calls)
            | Self::Ask(calls, _)
            | Self::Deny(calls)
            | Self::AtMostOnce { calls, .. }
            | Self::Limit { calls, .. }
            | Self::LimitTotal { calls, .. } => vec![calls],
            Self::OnlyAfter { gated, first } => vec![gated, first],
            Self::NeverAfter { calls, after } => vec![calls, after],
            Self::ByHints(_) | Self::Hosts(_) | Self::Egress => Vec::new(),
        }
    }

    fn approval(&self) -> Option<&Approval> {
        match self {
            Self::Ask(_, approval) | Self::ByHints(approval) => Some(approval),
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow(calls) => write!(f, "allow {calls}"),
            Self::Ask(calls, approval) => write!(f, "ask {approval} before {calls}"),
            Self::Deny(calls) => write!(f, "deny {calls}"),
            Self::ByHints(approval) => write!(f, "ask {approval} before destructive tools"),
            Self::OnlyAfter { gated, first } => write!(f, "{gated} only after {first}"),
            Self::NeverAfter { calls, after } => write!(f, "{calls} never after {after}"),
            Self::AtMostOnce { calls, key } => write!(f, "{calls} at most once for each {key}"),
            Self::Limit { calls, place, most } => write!(f, "{calls} with {place} of at most {most}"),
            Self::LimitTotal { calls, place, most } => write!(f, "{calls} with {place} of at most {most} in all"),
            Self::Hosts(hosts) => write!(f, "only to {}", hosts.join(", ")),
            Self::Egress => f.write_str("no egress"),
        }
    }
}
