//! What a server of MCP says of its own tools.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a tool says of itself in a list of tools, with the defaults of MCP: a tool that says nothing may destroy.
///
/// Source: MCP 2025-06-18, `ToolAnnotations`. They are hints: a server that is not trusted may say anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "these are the four hints of MCP")]
pub struct Hints {
    /// `readOnlyHint`: it changes nothing.
    pub read_only: bool,
    /// `destructiveHint`: it may change or remove what is there, not only add to it.
    pub destructive: bool,
    /// `idempotentHint`: called twice with the same arguments, it changes no more than called once.
    pub idempotent: bool,
    /// `openWorldHint`: it reaches what is outside of the server.
    pub open_world: bool,
}

impl Default for Hints {
    fn default() -> Self {
        Self { read_only: false, destructive: true, idempotent: false, open_world: true }
    }
}

impl Hints {
    /// Those of a tool, as a list of tools has it.
    #[must_use]
    pub fn of_tool(tool: &Value) -> Self {
        let usual = Self::default();
        let hint = |name: &str, usual: bool| tool["annotations"][name].as_bool().unwrap_or(usual);
        Self {
            read_only: hint("readOnlyHint", usual.read_only),
            destructive: hint("destructiveHint", usual.destructive),
            idempotent: hint("idempotentHint", usual.idempotent),
            open_world: hint("openWorldHint", usual.open_world),
        }
    }

    /// Whether it may change or remove what is there: a tool that only reads does not, whatever else it says.
    #[must_use]
    pub fn may_destroy(self) -> bool {
        self.destructive && !self.read_only
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tool_that_says_nothing_may_destroy_and_each_hint_is_read() {
        let usual = Hints { read_only: false, destructive: true, idempotent: false, open_world: true };
        assert_eq!(Hints::of_tool(&json!({"name": "pay"})), usual);
        assert_eq!(Hints::of_tool(&json!({"annotations": {"readOnlyHint": "yes"}})), usual);
        for (name, value, hints) in [
            ("readOnlyHint", true, Hints { read_only: true, ..usual }),
            ("destructiveHint", false, Hints { destructive: false, ..usual }),
            ("idempotentHint", true, Hints { idempotent: true, ..usual }),
            ("openWorldHint", false, Hints { open_world: false, ..usual }),
        ] {
            assert_eq!(Hints::of_tool(&json!({"annotations": {name: value}})), hints, "{name}");
        }
    }

    #[test]
    fn only_a_tool_that_changes_something_may_destroy() {
        let of = |read_only, destructive| Hints { read_only, destructive, ..Hints::default() }.may_destroy();
        assert_eq!([of(false, true), of(false, false), of(true, true), of(true, false)], [true, false, false, false]);
    }
}
