//! What a request says of the conversation that it belongs to.

use serde_json::Value;

use super::told::list;
use super::wire::Wire;
use super::{gemini, openai_chat, openai_responses};

impl Wire {
    /// What the user said first: the content of that message as the wire has it. With [`Wire::instructions`] it tells
    /// one conversation from another, as long as the agent sends the conversation from its start.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::Wire;
    /// use serde_json::json;
    ///
    /// let request = json!({"messages": [
    ///     {"role": "system", "content": "You look after orders."},
    ///     {"role": "user", "content": "Where is my order?"},
    /// ]});
    /// assert_eq!(Wire::OpenAiChat.first_user(&request), Some(&json!("Where is my order?")));
    /// assert_eq!(Wire::OpenAiChat.instructions(&request), Some(&json!("You look after orders.")));
    /// ```
    #[must_use]
    pub fn first_user(self, request: &Value) -> Option<&Value> {
        match self {
            Self::OpenAiResponses => openai_responses::first_user(request),
            Self::Gemini => gemini::first_user(request),
            Self::OpenAiChat | Self::Anthropic | Self::Bedrock => openai_chat::first_user(request),
        }
    }

    /// What the agent tells the model to be: the system prompt, or the first message of a system or a developer.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::Wire;
    /// use serde_json::json;
    ///
    /// let request = json!({"instructions": "Be brief.", "input": "hi"});
    /// assert_eq!(Wire::OpenAiResponses.instructions(&request), Some(&json!("Be brief.")));
    /// ```
    #[must_use]
    pub fn instructions(self, request: &Value) -> Option<&Value> {
        let stated = match self {
            Self::OpenAiChat => None,
            Self::OpenAiResponses => request.get("instructions"),
            Self::Anthropic | Self::Bedrock => request.get("system"),
            Self::Gemini => {
                let request = request.get("request").unwrap_or(request);
                return gemini::either(request, "systemInstruction", "system_instruction")?.get("parts");
            }
        };
        let told =
            |message: &&Value| matches!(message.get("role").and_then(Value::as_str), Some("system" | "developer"));
        let of_message = || self.messages(request).iter().find(told)?.get("content");
        stated.filter(|stated| !stated.is_null()).or_else(of_message)
    }

    /// The messages of a request, or the items where the wire has those. A text alone is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::model::Wire;
    /// use serde_json::json;
    ///
    /// let request = json!({"contents": [{"role": "user", "parts": [{"text": "hi"}]}]});
    /// assert_eq!(Wire::Gemini.messages(&request).len(), 1);
    /// ```
    #[must_use]
    pub fn messages(self, request: &Value) -> &[Value] {
        match self {
            Self::OpenAiResponses => list(request.get("input")),
            Self::Gemini => list(gemini::contents(request).0),
            Self::OpenAiChat | Self::Anthropic | Self::Bedrock => list(request.get("messages")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_wire_has_its_instructions_in_its_own_place() {
        let message = json!({"role": "developer", "content": "Be brief."});
        let parts = json!([{"text": "Be brief."}]);
        for (wire, request, expected) in [
            (Wire::OpenAiChat, json!({"messages": [message]}), json!("Be brief.")),
            (Wire::OpenAiResponses, json!({"instructions": null, "input": [message]}), json!("Be brief.")),
            (Wire::OpenAiResponses, json!({"instructions": "Go.", "input": [message]}), json!("Go.")),
            (Wire::Anthropic, json!({"system": "Be brief.", "messages": []}), json!("Be brief.")),
            (Wire::Bedrock, json!({"system": parts, "messages": []}), parts.clone()),
            (Wire::Gemini, json!({"systemInstruction": {"parts": parts}, "contents": []}), parts.clone()),
            (Wire::Gemini, json!({"request": {"system_instruction": {"parts": parts}}}), parts.clone()),
        ] {
            assert_eq!(wire.instructions(&request), Some(&expected), "{wire:?}");
        }
        assert_eq!(Wire::OpenAiChat.instructions(&json!({"messages": [{"role": "user", "content": "hi"}]})), None);
        assert_eq!(Wire::Gemini.instructions(&json!({"contents": []})), None);
    }

    #[test]
    fn messages_are_counted_where_they_stand_and_rubbish_has_none() {
        assert_eq!(Wire::OpenAiResponses.messages(&json!({"input": [{}, {}]})).len(), 2);
        assert_eq!(Wire::OpenAiResponses.messages(&json!({"input": "hi"})).len(), 0);
        assert_eq!(Wire::Gemini.messages(&json!({"request": {"contents": [{}]}})).len(), 1);
        assert_eq!(Wire::Anthropic.messages(&json!(7)).len(), 0);
    }
}
