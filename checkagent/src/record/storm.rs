//! A good recording is never replaced by an outage.

use checkagent_cassette::{Cassette, Interaction, Reply};

/// Why a new recording must not replace the old one; `None` if it may.
///
/// Refused when more than half of its replies are account or server failures (401, 402, 403, 429, 5xx), and the old
/// recording was better.
pub(super) fn refusal(new: &[Interaction], old: Option<&Cassette>) -> Option<String> {
    let failures = count(new);
    if failures * 2 <= new.len() {
        return None;
    }
    let old = old.map(Cassette::interactions).unwrap_or_default();
    let better = !old.is_empty() && count(old) * new.len() < failures * old.len();
    better.then(|| {
        format!(
            "{failures} of {} replies are errors of the account or the server; the cassette that is there is better and \
             was kept. Check credentials and quota, or delete it to record the errors on purpose",
            new.len()
        )
    })
}

fn count(interactions: &[Interaction]) -> usize {
    interactions.iter().filter(|interaction| is_failure(&interaction.reply)).count()
}

/// Whether a reply is a failure of the account or the server.
pub(super) fn is_failure(reply: &Reply) -> bool {
    match reply {
        Reply::Http(reply) => matches!(reply.status, 401 | 402 | 403 | 429 | 500..=599),
        Reply::Call(_) => false,
    }
}
