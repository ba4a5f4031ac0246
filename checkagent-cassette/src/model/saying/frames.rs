//! The frames of a stream as they are written.

use serde_json::Value;

use crate::{Body, Frame};

/// Frames one after the other.
#[derive(Debug, Default)]
pub(in crate::model) struct Frames(Vec<Frame>);

impl Frames {
    /// A server-sent event without a name.
    pub(in crate::model) fn data(&mut self, value: &Value) {
        self.raw(&format!("data: {value}\n\n"));
    }

    /// A server-sent event that has the name which stands in its data.
    pub(in crate::model) fn named(&mut self, value: &Value) {
        let name = value.get("type").and_then(Value::as_str).unwrap_or_default();
        self.raw(&format!("event: {name}\ndata: {value}\n\n"));
    }

    pub(in crate::model) fn raw(&mut self, text: &str) {
        self.0.push(Frame { after: None, data: Body::from_bytes(text.as_bytes()) });
    }

    pub(in crate::model) fn into_frames(self) -> Vec<Frame> {
        self.0
    }
}
