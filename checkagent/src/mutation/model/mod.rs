//! The model that drives the agent.

mod call_as_text;
mod content_filter;
mod context_overflow;
mod duplicate_call;
mod duplicate_call_id;
mod empty_reply;
#[cfg(test)]
mod fixture;
mod invalid_arguments;
mod malformed_arguments;
mod model_error;
mod model_midstream_error;
mod model_stall;
mod model_stream_cut;
mod position;
mod refragmented_stream;
mod refusal;
mod repeated_call;
mod said;
mod truncated_call;
mod unknown_tool;

pub(crate) use unknown_tool::near_miss;

use std::sync::Arc;

use super::operator::Operator;

/// What stands in `mutations = [..]` without a path.
pub mod builtin {
    pub use super::call_as_text::{CallAsText, call_as_text};
    pub use super::content_filter::{ContentFilter, content_filter};
    pub use super::context_overflow::{ContextOverflow, context_overflow};
    pub use super::duplicate_call::{DuplicateCall, duplicate_call};
    pub use super::duplicate_call_id::{DuplicateCallId, duplicate_call_id};
    pub use super::empty_reply::{EmptyReply, empty_reply};
    pub use super::invalid_arguments::{InvalidArguments, invalid_arguments};
    pub use super::malformed_arguments::{MalformedArguments, malformed_arguments};
    pub use super::model_error::{ModelError, model_error};
    pub use super::model_midstream_error::{ModelMidstreamError, model_midstream_error};
    pub use super::model_stall::{ModelStall, model_stall};
    pub use super::model_stream_cut::{ModelStreamCut, model_stream_cut};
    pub use super::refragmented_stream::{RefragmentedStream, refragmented_stream};
    pub use super::refusal::{Refused, refusal};
    pub use super::repeated_call::{RepeatedCall, repeated_call};
    pub use super::truncated_call::{TruncatedCall, truncated_call};
    pub use super::unknown_tool::{UnknownTool, unknown_tool};
}

/// The operators of this family, with their defaults.
#[must_use]
pub fn operators() -> Vec<Arc<dyn Operator>> {
    use builtin::{
        call_as_text, content_filter, context_overflow, duplicate_call, duplicate_call_id, empty_reply,
        invalid_arguments, malformed_arguments, model_error, model_midstream_error, model_stall, model_stream_cut,
        refragmented_stream, refusal, repeated_call, truncated_call, unknown_tool,
    };
    vec![
        Arc::new(model_error()),
        Arc::new(model_midstream_error()),
        Arc::new(model_stream_cut()),
        Arc::new(model_stall()),
        Arc::new(malformed_arguments()),
        Arc::new(invalid_arguments()),
        Arc::new(truncated_call()),
        Arc::new(unknown_tool()),
        Arc::new(duplicate_call_id()),
        Arc::new(duplicate_call()),
        Arc::new(repeated_call()),
        Arc::new(refusal()),
        Arc::new(content_filter()),
        Arc::new(empty_reply()),
        Arc::new(context_overflow()),
        Arc::new(call_as_text()),
        Arc::new(refragmented_stream()),
    ]
}
