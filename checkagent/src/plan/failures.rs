//! What was seen to fail: a summary of recordings and traces, as `cargo checkagent import --summary` writes it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::mutation::{Family, Operator};

/// The failures of one's own systems.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Failures {
    operations: BTreeMap<String, Seen>,
    calls: u64,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Seen {
    calls: u64,
    errors: BTreeMap<Class, u64>,
}

/// What a kind of error says of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Limit,
    Server,
    Timeout,
    Connection,
    Auth,
    Conflict,
    NotFound,
    InsideSuccess,
    Invalid,
}

#[derive(Deserialize)]
struct File {
    checkagent_failures: u64,
    operations: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    operation: String,
    calls: u64,
    #[serde(default)]
    errors: BTreeMap<String, u64>,
}

/// The version of the file that this code knows.
const VERSION: u64 = 1;
/// Added to the rank of a site whose operation was always seen to fail in this way.
const MOST_RANK: u64 = 400;

impl Failures {
    /// Reads a summary.
    pub(super) fn load(path: &Path) -> Result<Self, String> {
        let hint = "write one with `cargo checkagent import traces/ --summary failures.json`";
        let text =
            std::fs::read_to_string(path).map_err(|error| format!("weights: {}: {error}; {hint}", path.display()))?;
        Self::parse(&text).map_err(|error| format!("weights: {}: {error}; {hint}", path.display()))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: File = serde_json::from_str(text).map_err(|error| format!("no summary of failures: {error}"))?;
        if file.checkagent_failures != VERSION {
            return Err(format!("a summary of version {}, and this reads version {VERSION}", file.checkagent_failures));
        }
        let mut failures = Self::default();
        for row in file.operations {
            failures.calls = failures.calls.saturating_add(row.calls);
            // An operation stands there once for each kind of channel.
            let seen = failures.operations.entry(row.operation).or_default();
            seen.calls = seen.calls.saturating_add(row.calls);
            for (error, times) in row.errors {
                if let Some(class) = Class::of(&error) {
                    let count = seen.errors.entry(class).or_default();
                    *count = count.saturating_add(times);
                }
            }
        }
        Ok(failures)
    }

    /// The share of all calls that failed in the way of an operator, in ten-thousandths, and at least 1; `None` for an
    /// operator of which the summary can say nothing.
    pub(super) fn weight(&self, operator: &dyn Operator) -> Option<u32> {
        let classes = classes(operator);
        if classes.is_empty() {
            return None;
        }
        let failed: u64 = self.operations.values().map(|seen| seen.failed(classes)).sum();
        Some(u32::try_from(failed.saturating_mul(10_000) / self.calls.max(1)).unwrap_or(u32::MAX).max(1))
    }

    /// How much higher a site at that operation ranks.
    pub(super) fn rank(&self, operator: &dyn Operator, operation: &str) -> u32 {
        let Some(seen) = self.operations.get(operation) else { return 0 };
        let rank = seen.failed(classes(operator)).min(seen.calls).saturating_mul(MOST_RANK) / seen.calls.max(1);
        u32::try_from(rank).unwrap_or_default()
    }
}

impl Seen {
    fn failed(&self, classes: &[Class]) -> u64 {
        classes.iter().filter_map(|class| self.errors.get(class)).sum()
    }
}

impl Class {
    /// The class of an error as the summary names it: `status 429`, `status 200 with errors`, `TimeoutError`.
    fn of(error: &str) -> Option<Self> {
        let lower = error.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        if lower.starts_with("result with") || (lower.starts_with("status") && lower.contains(" with ")) {
            return Some(Self::InsideSuccess);
        }
        let status = lower.strip_prefix("status ").and_then(|rest| rest.get(..3)).and_then(|code| code.parse().ok());
        match status {
            Some(429 | 509) => return Some(Self::Limit),
            Some(408) => return Some(Self::Timeout),
            Some(401 | 403) => return Some(Self::Auth),
            Some(404 | 410) => return Some(Self::NotFound),
            Some(409 | 412 | 423) => return Some(Self::Conflict),
            Some(500..=599) => return Some(Self::Server),
            Some(400..=499) => return Some(Self::Invalid),
            _ => {}
        }
        [
            (&["rate limit", "ratelimit", "too many requests", "throttl", "quota"][..], Self::Limit),
            (&["timeout", "timed out", "deadline"], Self::Timeout),
            (&["connection", "reset by peer", "broken pipe", "network"], Self::Connection),
            (&["unauthorized", "forbidden", "permission", "authentication"], Self::Auth),
            (&["not found", "notfound", "no such"], Self::NotFound),
            (&["conflict", "already exists"], Self::Conflict),
            (&["unavailable", "internal", "overloaded", "server error"], Self::Server),
            (&["validation", "invalid", "valueerror", "typeerror", "keyerror"], Self::Invalid),
        ]
        .into_iter()
        .find_map(|(words, class)| says(words).then_some(class))
    }
}

/// The kinds of errors in which an operator shows.
fn classes(operator: &dyn Operator) -> &'static [Class] {
    match (operator.id(), operator.family()) {
        ("rate_limit" | "rate_limit_no_hint" | "quota_hard", _) => &[Class::Limit],
        ("server_error" | "gateway_html" | "outage" | "model_error", _) => &[Class::Server],
        ("timeout" | "reply_lost" | "slow" | "late_reply" | "model_stall", _) => &[Class::Timeout],
        ("conn_reset" | "truncated_body" | "model_stream_cut", _) => &[Class::Connection],
        ("auth_expired", _) => &[Class::Auth],
        ("conflict", _) => &[Class::Conflict],
        ("not_found_after_create", _) => &[Class::NotFound],
        ("error_in_200" | "mcp_tool_error", _) | (_, Family::Partial) => &[Class::InsideSuccess],
        ("malformed_arguments" | "invalid_arguments", _) => &[Class::Invalid],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutation::{rate_limit, remove_field, server_error};

    #[test]
    fn what_failed_often_weighs_more_where_it_failed() {
        let text = r#"{"checkagent_failures": 1, "operations": [
            {"operation": "GET /a", "channel": "http", "calls": 100, "errors": {"status 429": 50}, "latency_ms": {}},
            {"operation": "GET /b", "channel": "http", "calls": 100, "errors": {"APITimeoutError": 3, "status 503": 1}}
        ]}"#;
        let failures = Failures::parse(text).unwrap();
        assert_eq!(failures.weight(&rate_limit()), Some(2500));
        assert_eq!(failures.weight(&server_error()), Some(50));
        assert_eq!(failures.weight(&remove_field()), None);
        assert_eq!((failures.rank(&rate_limit(), "GET /a"), failures.rank(&rate_limit(), "GET /b")), (200, 0));
    }

    #[test]
    fn errors_are_told_apart_by_status_and_by_words() {
        for (error, class) in [
            ("status 429", Some(Class::Limit)),
            ("status 200 with ok: false (ratelimited)", Some(Class::InsideSuccess)),
            ("status 529", Some(Class::Server)),
            ("openai.RateLimitError", Some(Class::Limit)),
            ("ReadTimeout", Some(Class::Timeout)),
            ("something else", None),
        ] {
            assert_eq!(Class::of(error), class, "{error}");
        }
    }

    #[test]
    fn a_file_that_is_none_says_what_to_do() {
        let error = Failures::load(Path::new("no-such.json")).unwrap_err();
        assert!(error.contains("no-such.json") && error.contains("cargo checkagent import"), "{error}");
        assert!(Failures::parse(r#"{"checkagent_failures": 2, "operations": []}"#).unwrap_err().contains("version 2"));
        assert!(Failures::parse("[]").is_err());
    }
}
