//! OpenAI chat completions, and the many that speak it.

use std::collections::HashMap;

use serde_json::Value;

use super::assembly::Assembly;
use super::documents::{Document, Documents};
use super::saying::Called;
use super::told::{Place, Reported, Root, Told, Visit, call, list};
use super::tool::{ModelReply, ToolCall, name_of};

const ROOT: Root = &["messages"];

pub(super) fn history<'v>(request: &'v Value, visit: Visit<'_, 'v>) {
    for (index, message) in list(request.get("messages")).iter().enumerate() {
        let at = Place::at(ROOT).item(index);
        match message.get("role").and_then(Value::as_str) {
            Some("tool") => {
                let result = Reported::new(message.get("tool_call_id"), message.get("content"), at);
                visit(Told::Result(result.named(message.get("name").or(message.get("tool_name")))));
            }
            Some("function") => {
                visit(Told::Result(Reported::new(None, message.get("content"), at).named(message.get("name"))));
            }
            _ => {
                for (part, item) in list(message.get("tool_calls")).iter().enumerate() {
                    if let Some(call) = tool_call(item) {
                        visit(Told::Call(call, at.field("tool_calls").part(part)));
                    }
                }
                if let Some(call) = message.get("function_call").and_then(|function| call(None, function, "arguments"))
                {
                    visit(Told::Call(call, at.field("function_call")));
                }
            }
        }
    }
}

fn tool_call(item: &Value) -> Option<ToolCall> {
    let id = item.get("id");
    match item.get("custom") {
        // A custom tool takes any text, also one that looks like JSON.
        Some(custom) => {
            let mut call = call(id, custom, "input")?;
            call.arguments = custom.get("input").cloned().unwrap_or_default();
            Some(call)
        }
        None => call(id, item.get("function").unwrap_or(item), "arguments"),
    }
}

pub(super) fn first_user(request: &Value) -> Option<&Value> {
    let user = |message: &&Value| message.get("role").and_then(Value::as_str) == Some("user");
    list(request.get("messages")).iter().find(user)?.get("content")
}

pub(super) fn reply(documents: Documents<'_>) -> ModelReply {
    let mut id = None;
    let mut whole = Vec::new();
    let mut chunks = Chunks::default();
    for Document { value, .. } in documents {
        id = id.or_else(|| value.get("id").and_then(name_of));
        for (position, choice) in list(value.get("choices")).iter().enumerate() {
            if let Some(message) = choice.get("message") {
                whole.extend(message_calls(message));
            }
            if let Some(delta) = choice.get("delta") {
                chunks.take(number(choice.get("index")).unwrap_or(position as u64), delta);
            }
        }
        if let Some(message) = value.get("message") {
            whole.extend(message_calls(message));
        }
    }
    whole.extend(chunks.calls.finish());
    ModelReply { id, calls: whole }
}

fn message_calls(message: &Value) -> Vec<ToolCall> {
    let mut calls: Vec<_> = list(message.get("tool_calls")).iter().filter_map(tool_call).collect();
    calls.extend(message.get("function_call").and_then(|function| call(None, function, "arguments")));
    calls
}

fn number(value: Option<&Value>) -> Option<u64> {
    value.and_then(Value::as_u64)
}

/// The legacy call stands before all others.
type At = (u64, Option<u64>, usize);

pub(super) struct Chunks {
    calls: Assembly<At>,
    /// Some gateways give every call the index 0: a new id is a new call.
    current: HashMap<(u64, u64), usize>,
}

impl Default for Chunks {
    fn default() -> Self {
        Self { calls: Assembly::new(), current: HashMap::new() }
    }
}

impl Chunks {
    fn take(&mut self, choice: u64, delta: &Value) {
        if let Some(function) = delta.get("function_call") {
            let pieces = self.calls.at((choice, None, 0));
            pieces.named(None, function.get("name"));
            pieces.argued(function.get("arguments"));
        }
        self.take_calls(choice, delta);
    }

    /// The calls of a piece of a message, or of all of it.
    pub(super) fn take_calls(&mut self, choice: u64, delta: &Value) {
        for (position, item) in list(delta.get("tool_calls")).iter().enumerate() {
            let index = number(item.get("index")).unwrap_or(position as u64);
            let id = item.get("id").and_then(name_of);
            let current = self.current.entry((choice, index)).or_default();
            let begun = self.calls.started(&(choice, Some(index), *current)).and_then(|pieces| pieces.id());
            if begun.is_some() && id.is_some() && begun != id.as_deref() {
                *current += 1;
            }
            let pieces = self.calls.at((choice, Some(index), *current));
            let (function, arguments) = match item.get("custom") {
                Some(custom) => {
                    pieces.custom();
                    (custom, "input")
                }
                None => (item.get("function").unwrap_or(item), "arguments"),
            };
            pieces.named(item.get("id"), function.get("name"));
            pieces.argued(function.get(arguments));
            let known = ["index", "id", "type", "function", "custom", "name", "arguments"];
            let beside = item.as_object().into_iter().flatten();
            for (name, value) in beside.filter(|(name, value)| !known.contains(&name.as_str()) && !value.is_null()) {
                pieces.beside(name, value);
            }
        }
    }

    /// The calls as they were said.
    pub(super) fn said(self) -> impl Iterator<Item = Called> {
        self.calls.said()
    }
}

#[cfg(test)]
mod tests;
