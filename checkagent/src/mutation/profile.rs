//! Profiles: what real systems do on certain days.

use super::catalogue::all;
use super::mutations::Mutations;
use super::weight::is_chance;

fn picked(ids: &[&str]) -> Mutations {
    let operators = all().into_iter();
    Mutations::of(
        operators.filter(|operator| ids.iter().any(|id| *id == operator.id() || *id == operator.family().name())),
    )
}

fn chances() -> Mutations {
    Mutations::of(all().into_iter().filter(|operator| is_chance(operator.as_ref())))
}

/// A calm day: one call of fifty fails, in the way of any operator that applies.
///
/// 2 % of the spans of model calls had an error in March 2026 (Datadog, State of AI Engineering 2026). Sixteen days are
/// drawn, always the same ones; [`Mutations::budget`] says how many.
#[must_use]
pub fn calm() -> Mutations {
    chances().chaos("calm", 20)
}

/// A bad day: one call of twenty fails. 5 % of the spans of model calls had an error in February 2026.
#[must_use]
pub fn bad_day() -> Mutations {
    chances().chaos("bad_day", 50)
}

/// Incidents: a service is down for a long time, and then works again. Failures cluster in time; half of the incidents
/// of two model vendors lasted more than 46 to 74 minutes.
#[must_use]
pub fn incident() -> Mutations {
    picked(&["outage"])
}

/// Limits of every kind.
#[must_use]
pub fn rate_limited() -> Mutations {
    picked(&["rate_limit", "rate_limit_no_hint", "quota_hard"])
}

/// Writes of which the client does not learn whether they were done, or how many of them.
#[must_use]
pub fn ambiguous_writes() -> Mutations {
    picked(&[
        "timeout",
        "reply_lost",
        "late_reply",
        "conn_reset",
        "truncated_body",
        "error_in_200",
        "accepted_not_done",
        "partial",
    ])
}

/// Everything that happens to lists in pages.
#[must_use]
pub fn long_lists() -> Mutations {
    picked(&["pagination"])
}

/// The service was upgraded: fields, types, enumerations, status codes.
#[must_use]
pub fn api_upgrade() -> Mutations {
    picked(&["drift"])
}

/// The model writes what it should not: broken arguments, unknown tools, streams that end too early.
#[must_use]
pub fn flaky_model() -> Mutations {
    picked(&["model"])
}

/// Instructions in what the agent reads, each with a harmless twin.
#[must_use]
pub fn hostile_content() -> Mutations {
    picked(&["adversarial", "mcp_poisoned_description"])
}

/// People who say no, answer late, or change what they were asked.
#[must_use]
pub fn human_gate() -> Mutations {
    picked(&["approval"])
}
