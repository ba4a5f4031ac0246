//! How often real systems fail in the way of an operator.

use super::operator::{Family, Operator};

/// What an operator without a figure of its own gets.
const REST: u32 = 40;

/// Shares of failures, in ten-thousandths. They order cases and divide a budget; every operator gets its turn anyway.
///
/// Grounded: rate limits and server errors (Datadog, State of AI Engineering 2026, and 506 status incidents of two model
/// vendors), the kinds of drift (356 releases of stripe-python), bad arguments (K2 Vendor Verifier, 50,791 calls),
/// repeated steps (MAST, 1,642 traces). The others are judgement; a summary of one's own failures outranks both.
const SHARES: &[(&str, u32)] = &[
    ("rate_limit", 1880),
    ("server_error", 1197),
    ("partial_success", 684),
    ("timeout", 300),
    ("reply_lost", 598),
    ("error_in_200", 598),
    ("rate_limit_no_hint", 513),
    ("model_midstream_error", 427),
    ("malformed_arguments", 220),
    ("invalid_arguments", 207),
    ("new_enum_value", 299),
    ("quota_hard", 256),
    ("gateway_html", 256),
    ("conn_reset", 256),
    ("slow", 256),
    ("change_type", 179),
    ("auth_expired", 171),
    ("short_page", 171),
    ("empty_page", 171),
    ("expired_page_token", 171),
    ("model_stream_cut", 171),
    ("truncated_call", 171),
    ("unknown_tool", 171),
    ("repeated_call", 171),
    ("duplicate_item", 128),
    ("missing_item", 128),
    ("empty_reply", 128),
    ("cursor_loop", 85),
    ("newly_paginated", 85),
    ("bystander_error", 85),
    ("remove_field", 85),
    ("rename_field", 85),
    ("context_overflow", 85),
    ("null_field", 68),
    ("status_code", 51),
    ("corrupt_value", 300),
];

/// The usual share of an operator.
#[must_use]
pub(crate) fn usual(operator: &dyn Operator) -> u32 {
    let known = SHARES.iter().find(|(id, _)| *id == operator.id());
    known.map_or(REST, |(_, share)| *share)
}

/// Whether an operator belongs to days on which anything may fail. Attackers and people who are asked are no chance.
#[must_use]
pub(crate) fn is_chance(operator: &dyn Operator) -> bool {
    !matches!(operator.family(), Family::Adversarial | Family::Approval)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutation::all;

    #[test]
    fn every_share_is_that_of_an_operator() {
        let known: Vec<_> = all().iter().map(|operator| operator.id()).collect();
        let unknown: Vec<_> = SHARES.iter().map(|(id, _)| *id).filter(|id| !known.contains(id)).collect();
        assert_eq!(unknown, [] as [&str; 0]);
    }
}
