//! What both agents have to know of the shop and the model: page size, names.

/// Orders asked for at a time.
pub(crate) const PAGE_SIZE: usize = 3;

/// The model that is asked for. The planner answers under any name.
pub(crate) const MODEL: &str = "desk-planner-1";

/// The key of the model's provider; a recording must not show it.
pub(crate) const API_KEY: &str = "sk-demo-refund-desk-0000000000000000";
