//! Servers of the Model Context Protocol.

mod empty_cursor;
mod error;
mod list_changed;
pub(crate) mod message;
mod new_required_argument;
mod session_lost;
mod sessions;
#[cfg(test)]
mod testing;
mod tool_error;
mod tool_removed;
mod tool_renamed;
mod tools;
mod wrong_id;

use std::sync::Arc;

use super::operator::Operator;

/// What stands in `mutations = [..]` without a path.
pub mod builtin {
    pub use super::empty_cursor::{McpEmptyCursor, mcp_empty_cursor};
    pub use super::error::{McpError, mcp_error};
    pub use super::list_changed::{McpListChanged, mcp_list_changed};
    pub use super::new_required_argument::{McpNewRequiredArgument, mcp_new_required_argument};
    pub use super::session_lost::{McpSessionLost, mcp_session_lost};
    pub use super::tool_error::{McpToolError, mcp_tool_error};
    pub use super::tool_removed::{McpToolRemoved, mcp_tool_removed};
    pub use super::tool_renamed::{McpToolRenamed, mcp_tool_renamed};
    pub use super::wrong_id::{McpWrongId, mcp_wrong_id};
}

/// The operators of this family, with their defaults.
#[must_use]
pub fn operators() -> Vec<Arc<dyn Operator>> {
    use builtin::*;
    vec![
        Arc::new(mcp_error()),
        Arc::new(mcp_tool_error()),
        Arc::new(mcp_wrong_id()),
        Arc::new(mcp_tool_removed()),
        Arc::new(mcp_tool_renamed()),
        Arc::new(mcp_new_required_argument()),
        Arc::new(mcp_list_changed()),
        Arc::new(mcp_session_lost()),
        Arc::new(mcp_empty_cursor()),
    ]
}
