//! A request to a model in the one form in which conversations are compared.

use std::collections::HashMap;

use serde_json::Value;

use super::wire::Wire;

impl Wire {
    /// The body of a request without what says nothing to the model: the spelling of the ids of tool calls, white space in
    /// the results of tools, white space and the order of members where arguments or results are JSON in a text.
    ///
    /// Two requests with the same normalised body are the same conversation, though an agent put it down in another way.
    /// Everything else is left as it is: roles, texts, tools that are offered, settings.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::Wire;
    /// use serde_json::json;
    ///
    /// let asked = |id: &str, arguments: &str, result: &str| {
    ///     let call = json!({"id": id, "type": "function", "function": {"name": "find", "arguments": arguments}});
    ///     Wire::OpenAiChat.normalised(&json!({"model": "m", "messages": [
    ///         {"role": "assistant", "tool_calls": [call]},
    ///         {"role": "tool", "tool_call_id": id, "content": result},
    ///     ]}))
    /// };
    /// let one = asked("call_1", r#"{"a":1,"b":2}"#, "two  hits");
    /// assert_eq!(one, asked("x", r#"{"b": 2, "a": 1}"#, "two hits\n"));
    /// assert_ne!(one, asked("x", r#"{"b": 2, "a": 1}"#, "no hits"));
    /// ```
    #[must_use]
    pub fn normalised(self, request: &Value) -> Value {
        let mut document = request.clone();
        let mut ids = Ids::default();
        match self {
            Self::OpenAiChat => each(document.get_mut("messages"), &mut |message| chat(message, &mut ids)),
            Self::OpenAiResponses => each(document.get_mut("input"), &mut |item| responses(item, &mut ids)),
            Self::Anthropic => blocks(document.get_mut("messages"), "content", &mut |block| anthropic(block, &mut ids)),
            Self::Bedrock => blocks(document.get_mut("messages"), "content", &mut |block| bedrock(block, &mut ids)),
            Self::Gemini => {
                let root =
                    if document.get("contents").is_none() { document.get_mut("request") } else { Some(&mut document) };
                let contents = root.and_then(|root| root.get_mut("contents"));
                blocks(contents, "parts", &mut |part| gemini(part, &mut ids));
            }
        }
        document
    }
}

fn chat(message: &mut Value, ids: &mut Ids) {
    each(message.get_mut("tool_calls"), &mut |call| {
        ids.rename(call.get_mut("id"));
        written(call.get_mut("function").and_then(|function| function.get_mut("arguments")));
    });
    written(message.get_mut("function_call").and_then(|function| function.get_mut("arguments")));
    if matches!(message.get("role").and_then(Value::as_str), Some("tool" | "function")) {
        ids.rename(message.get_mut("tool_call_id"));
        result(message.get_mut("content"));
    }
}

fn responses(item: &mut Value, ids: &mut Ids) {
    let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
    let (calls, answers) = (kind.ends_with("_call"), kind.ends_with("_call_output"));
    if calls || answers {
        ids.rename(item.get_mut("call_id"));
        // The name of the item itself, which some clients leave out.
        if item.get("call_id").is_some()
            && let Some(members) = item.as_object_mut()
        {
            members.remove("id");
        }
        written(item.get_mut("arguments"));
    }
    if answers {
        result(item.get_mut("output"));
    }
}

fn anthropic(block: &mut Value, ids: &mut Ids) {
    match block.get("type").and_then(Value::as_str) {
        Some("tool_use") => ids.rename(block.get_mut("id")),
        Some("tool_result") => {
            ids.rename(block.get_mut("tool_use_id"));
            result(block.get_mut("content"));
        }
        _ => {}
    }
}

fn bedrock(block: &mut Value, ids: &mut Ids) {
    ids.rename(block.get_mut("toolUse").and_then(|call| call.get_mut("toolUseId")));
    if let Some(answer) = block.get_mut("toolResult") {
        ids.rename(answer.get_mut("toolUseId"));
        result(answer.get_mut("content"));
    }
}

fn gemini(part: &mut Value, ids: &mut Ids) {
    for call in ["functionCall", "function_call"] {
        ids.rename(part.get_mut(call).and_then(|call| call.get_mut("id")));
    }
    for answer in ["functionResponse", "function_response"] {
        if let Some(answer) = part.get_mut(answer) {
            ids.rename(answer.get_mut("id"));
            // A tool without a schema puts its text into one of the members.
            each(answer.get_mut("response"), &mut |member| result(Some(member)));
        }
    }
}

/// The ids of tool calls, in order of first appearance.
#[derive(Default)]
struct Ids(HashMap<String, usize>);

impl Ids {
    fn rename(&mut self, id: Option<&mut Value>) {
        let Some(id) = id else { return };
        let Some(text) = id.as_str() else { return };
        let next = self.0.len();
        let order = *self.0.entry(text.to_owned()).or_insert(next);
        *id = format!("call {order}").into();
    }
}

/// Every element of a list, and every member of an object.
fn each(value: Option<&mut Value>, change: &mut dyn FnMut(&mut Value)) {
    let Some(value) = value else { return };
    match value {
        Value::Array(items) => items.iter_mut().for_each(change),
        Value::Object(members) => members.values_mut().for_each(change),
        _ => {}
    }
}

/// The blocks of every message; a single object counts as a list of one.
fn blocks(messages: Option<&mut Value>, field: &str, change: &mut dyn FnMut(&mut Value)) {
    let mut of_message = |message: &mut Value| match message.get_mut(field) {
        Some(Value::Array(blocks)) => blocks.iter_mut().for_each(&mut *change),
        Some(single @ Value::Object(_)) => change(single),
        _ => {}
    };
    match messages {
        Some(Value::Array(messages)) => messages.iter_mut().for_each(of_message),
        Some(single @ Value::Object(_)) => of_message(single),
        _ => {}
    }
}

/// Arguments as a text.
fn written(arguments: Option<&mut Value>) {
    let Some(arguments) = arguments else { return };
    if let Value::String(text) = arguments
        && let Some(document) = document(text)
    {
        *text = document;
    }
}

/// What a tool gave back: a text, or parts of which some are texts.
fn result(content: Option<&mut Value>) {
    let Some(content) = content else { return };
    match content {
        Value::String(text) => *text = evened(text),
        Value::Array(parts) => {
            for part in parts {
                if let Some(Value::String(text)) = part.get_mut("text") {
                    *text = evened(text);
                }
            }
        }
        _ => {}
    }
}

/// JSON in one form; any other text with one space where there is white space.
fn evened(text: &str) -> String {
    document(text).unwrap_or_else(|| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The text of a JSON object or list in one form, whatever the features of `serde_json` are.
fn document(text: &str) -> Option<String> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let mut value: Value = serde_json::from_str(text).ok()?;
    value.sort_all_objects();
    Some(value.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A request with one call and its result, on each wire.
    fn request(wire: Wire, id: &str, arguments: &str, output: &str) -> Value {
        let parsed: Value = serde_json::from_str(arguments).unwrap();
        match wire {
            Wire::OpenAiChat => json!({"model": "m", "messages": [
                {"role": "user", "content": "go  on"},
                {"role": "assistant", "tool_calls": [{"id": id, "function": {"name": "f", "arguments": arguments}}]},
                {"role": "tool", "tool_call_id": id, "content": output},
            ]}),
            Wire::OpenAiResponses => json!({"model": "m", "input": [
                {"role": "user", "content": "go  on"},
                {"type": "function_call", "id": format!("fc_{id}"), "call_id": id, "name": "f", "arguments": arguments},
                {"type": "function_call_output", "call_id": id, "output": output},
            ]}),
            Wire::Anthropic => json!({"model": "m", "messages": [
                {"role": "user", "content": "go  on"},
                {"role": "assistant", "content": [{"type": "tool_use", "id": id, "name": "f", "input": parsed}]},
                {"role": "user", "content": [
                    {"type": "tool_result", "tool_use_id": id, "content": [{"type": "text", "text": output}]},
                ]},
            ]}),
            Wire::Gemini => json!({"contents": [
                {"role": "user", "parts": {"text": "go  on"}},
                {"role": "model", "parts": [{"functionCall": {"id": id, "name": "f", "args": parsed}}]},
                {"role": "user", "parts": [{"functionResponse": {"id": id, "name": "f", "response": {"output": output}}}]},
            ]}),
            Wire::Bedrock => json!({"messages": [
                {"role": "user", "content": [{"text": "go  on"}]},
                {"role": "assistant", "content": [{"toolUse": {"toolUseId": id, "name": "f", "input": parsed}}]},
                {"role": "user", "content": [{"toolResult": {"toolUseId": id, "content": [{"text": output}]}}]},
            ]}),
        }
    }

    const WIRES: [Wire; 5] = [Wire::OpenAiChat, Wire::OpenAiResponses, Wire::Anthropic, Wire::Gemini, Wire::Bedrock];

    #[test]
    fn spelling_of_ids_white_space_and_order_of_members_say_nothing() {
        for wire in WIRES {
            let of = |id, arguments, output| wire.normalised(&request(wire, id, arguments, output));
            let one = of("a", r#"{"x":1,"y":[1,2]}"#, r#"{"n":1,"m":"a b"}"#);
            assert_eq!(one, of("b", r#"{ "y": [1, 2], "x": 1 }"#, "{\n  \"m\": \"a b\",\n  \"n\": 1\n}"), "{wire:?}");
            assert_eq!(of("a", "{}", " not\tfound\n"), of("a", "{}", "not found"), "{wire:?}");
        }
    }

    #[test]
    fn what_was_said_called_or_given_back_still_counts() {
        for wire in WIRES {
            let plain = request(wire, "a", r#"{"x":1}"#, r#"{"n":"a b"}"#);
            let is_another = |other: Value| assert_ne!(wire.normalised(&plain), wire.normalised(&other), "{wire:?}");
            is_another(request(wire, "a", r#"{"x":2}"#, r#"{"n":"a b"}"#));
            is_another(request(wire, "a", r#"{"x":1}"#, r#"{"n":"a  b"}"#));
            is_another(request(wire, "a", r#"{"x":1}"#, "not found"));
            let text = plain.to_string();
            is_another(serde_json::from_str(&text.replace("go  on", "go on")).unwrap());
            is_another(serde_json::from_str(&text.replace("\"f\"", "\"g\"")).unwrap());
            let mut more = plain.clone();
            more["tools"] = json!([]);
            is_another(more);
        }
    }

    #[test]
    fn two_calls_under_one_id_are_not_two_calls_under_two() {
        let of = |one: &str, two: &str| {
            let call = |id: &str| json!({"id": id, "function": {"name": "f", "arguments": "{}"}});
            Wire::OpenAiChat
                .normalised(&json!({"messages": [{"role": "assistant", "tool_calls": [call(one), call(two)]}]}))
        };
        assert_eq!(of("a", "b"), of("b", "a"));
        assert_ne!(of("a", "b"), of("a", "a"));
    }

    #[test]
    fn what_is_no_conversation_stays_as_it_is() {
        for wire in WIRES {
            for odd in [json!(null), json!([1]), json!({"messages": 1, "input": "text", "contents": [[]]})] {
                assert_eq!(wire.normalised(&odd), odd, "{wire:?}");
            }
            let broken = json!({"messages": [{"role": "tool", "content": "{broken   x"}]});
            assert_eq!(Wire::OpenAiChat.normalised(&broken)["messages"][0]["content"], "{broken x");
        }
    }

    #[test]
    fn a_wrapped_request_of_gemini_is_reached() {
        let wrap = |id: &str| json!({"model": "m", "request": request(Wire::Gemini, id, "{}", "x")});
        assert_eq!(Wire::Gemini.normalised(&wrap("a")), Wire::Gemini.normalised(&wrap("b")));
    }
}
