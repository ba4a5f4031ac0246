//! Gemini's generateContent, as Google AI and Vertex speak it.

use serde_json::Value;

use super::documents::{Document, Documents};
use super::told::{Place, Reported, Root, Told, Visit, call, list};
use super::tool::{ModelReply, ToolCall, name_of};

/// The contents of a request; Code Assist wraps the request once more.
pub(super) fn contents(request: &Value) -> (Option<&Value>, Root) {
    match request.get("contents") {
        None => (request.get("request").and_then(|inner| inner.get("contents")), &["request", "contents"]),
        contents => (contents, &["contents"]),
    }
}

/// Elements with their positions. Google reads a single object as a list of one; it has no position.
pub(super) fn elements(value: Option<&Value>) -> impl Iterator<Item = (Option<usize>, &Value)> {
    let single = value.filter(|value| value.is_object()).map(|object| (None, object));
    list(value).iter().enumerate().map(|(position, item)| (Some(position), item)).chain(single)
}

pub(super) fn history<'v>(request: &'v Value, visit: Visit<'_, 'v>) {
    let (contents, root) = contents(request);
    for (item, content) in elements(contents) {
        let at = item.map_or(Place::at(root), |item| Place::at(root).item(item)).field("parts");
        for (position, part) in elements(content.get("parts")) {
            let at = position.map_or(at, |position| at.part(position));
            if let Some(call) = function_call(part) {
                visit(Told::Call(call, at));
            }
            if let Some(response) = either(part, "functionResponse", "function_response") {
                let result = Reported::new(response.get("id"), response.get("response"), at);
                visit(Told::Result(result.named(response.get("name"))));
            }
        }
    }
}

/// The JSON of Google's own clients has either spelling.
pub(super) fn either<'v>(value: &'v Value, camel: &str, snake: &str) -> Option<&'v Value> {
    value.get(camel).or_else(|| value.get(snake))
}

fn function_call(part: &Value) -> Option<ToolCall> {
    let function = either(part, "functionCall", "function_call")?;
    call(function.get("id"), function, "args")
}

pub(super) fn first_user(request: &Value) -> Option<&Value> {
    let user = |content: &&Value| matches!(content.get("role").and_then(Value::as_str), None | Some("user"));
    elements(contents(request).0).map(|(_, content)| content).find(user)?.get("parts")
}

pub(super) fn reply(documents: Documents<'_>) -> ModelReply {
    let mut reply = ModelReply::default();
    for Document { value, .. } in documents {
        let value = value.get("response").unwrap_or(&value);
        reply.id = reply.id.or_else(|| value.get("responseId").and_then(name_of));
        for candidate in list(value.get("candidates")) {
            let parts = candidate.get("content").and_then(|content| content.get("parts"));
            reply.calls.extend(elements(parts).filter_map(|(_, part)| function_call(part)));
        }
    }
    reply
}

#[cfg(test)]
mod tests;
