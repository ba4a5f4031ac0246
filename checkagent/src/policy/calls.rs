//! Which calls a rule speaks of.

use std::fmt;

use crate::ledger::Call;
use crate::mutation::matches;

/// Calls, by a pattern in which `*` stands for anything: `POST /v1/refunds`, `DELETE *`, `send_*`.
///
/// A pattern with a method is matched with method and path of HTTP requests, one without with the name of a tool (over
/// MCP, or a call of the agent's own code).
#[derive(Clone, Debug)]
pub struct Calls {
    pattern: String,
}

/// The calls that a pattern names; see [`Calls`].
#[must_use]
pub fn calls(pattern: &str) -> Calls {
    Calls { pattern: pattern.to_owned() }
}

impl Calls {
    /// Whether it speaks of this call.
    #[must_use]
    pub fn select(&self, call: &Call) -> bool {
        match &call.tool {
            Some(tool) => matches(&self.pattern, tool),
            None => matches(&self.pattern, call.label.split('?').next().unwrap_or_default()),
        }
    }
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.pattern)
    }
}
