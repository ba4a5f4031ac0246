//! Servers of the Model Context Protocol.

mod empty_cursor;
mod error;
mod list_changed;
mod new_required_argument;
mod poisoned_description;
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
    pub use super::poisoned_description::{McpPoisonedDescription, mcp_poisoned_description};
    pub use super::session_lost::{McpSessionLost, mcp_session_lost};
    pub use super::tool_error::{McpToolError, mcp_tool_error};
    pub use super::tool_removed::{McpToolRemoved, mcp_tool_removed};
    pub use super::tool_renamed::{McpToolRenamed, mcp_tool_renamed};
    pub use super::wrong_id::{McpWrongId, mcp_wrong_id};
}

/// The operators of this family, with their defaults.
#[must_use]
pub fn operators() -> Vec<Arc<dyn Operator>> {
    use builtin::{
        mcp_empty_cursor, mcp_error, mcp_list_changed, mcp_new_required_argument, mcp_poisoned_description,
        mcp_session_lost, mcp_tool_error, mcp_tool_removed, mcp_tool_renamed, mcp_wrong_id,
    };
    vec![
        Arc::new(mcp_error()),
        Arc::new(mcp_tool_error()),
        Arc::new(mcp_wrong_id()),
        Arc::new(mcp_tool_removed()),
        Arc::new(mcp_tool_renamed()),
        Arc::new(mcp_new_required_argument()),
        Arc::new(mcp_poisoned_description()),
        Arc::new(mcp_list_changed()),
        Arc::new(mcp_session_lost()),
        Arc::new(mcp_empty_cursor()),
    ]
}
