//! Tool calls put together from the pieces of a stream.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::saying::Called;
use super::tool::{ToolCall, name_of};

/// A call of which pieces have come.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    id: Option<String>,
    name: String,
    text: String,
    whole: Option<Value>,
    custom: bool,
    beside: Map<String, Value>,
}

impl Pieces {
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Name and id come once, or again with every piece.
    pub(super) fn named(&mut self, id: Option<&Value>, name: Option<&Value>) {
        if let Some(id) = id.and_then(name_of) {
            self.id = Some(id);
        }
        if let Some(name) = name.and_then(name_of) {
            self.name = name;
        }
    }

    /// A piece of the arguments: text that continues what came before, or all of them.
    pub(super) fn argued(&mut self, piece: Option<&Value>) {
        match piece {
            Some(Value::String(text)) => self.text.push_str(text),
            None | Some(Value::Null) => {}
            Some(whole) => self.whole = Some(whole.clone()),
        }
    }

    /// A member of the call that is none of these.
    pub(super) fn beside(&mut self, name: &str, value: &Value) {
        self.beside.insert(name.to_owned(), value.clone());
    }

    /// The call is one of a custom tool.
    pub(super) fn custom(&mut self) {
        self.custom = true;
    }

    /// The call as it was said.
    pub(super) fn said(self) -> Called {
        let whole = || self.whole.as_ref().map(Value::to_string).unwrap_or_default();
        let arguments = if self.text.is_empty() { whole() } else { self.text };
        Called { id: self.id, name: self.name, arguments, custom: self.custom, beside: self.beside }
    }

    fn call(self) -> Option<ToolCall> {
        let text = Some(self.text).filter(|text| !text.is_empty()).map(Value::String);
        let mut call = ToolCall::new(None, &self.name, text.or(self.whole).as_ref());
        call.id = self.id;
        Some(call).filter(|call| !call.name.is_empty())
    }
}

/// The calls of a stream in order of their place.
#[derive(Debug)]
pub(super) struct Assembly<K>(BTreeMap<K, Pieces>);

impl<K: Ord> Assembly<K> {
    pub(super) fn new() -> Self {
        Self(BTreeMap::new())
    }

    pub(super) fn at(&mut self, place: K) -> &mut Pieces {
        self.0.entry(place).or_default()
    }

    pub(super) fn started(&mut self, place: &K) -> Option<&mut Pieces> {
        self.0.get_mut(place)
    }

    pub(super) fn said(self) -> impl Iterator<Item = Called> {
        self.0.into_values().map(Pieces::said)
    }

    pub(super) fn finish(self) -> Vec<ToolCall> {
        self.0.into_values().filter_map(Pieces::call).collect()
    }
}
