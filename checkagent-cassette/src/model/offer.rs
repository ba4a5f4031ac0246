//! The tools that a request offers to the model.

use serde_json::Value;

use super::told::list;
use super::tool::name_of;
use super::wire::Wire;

/// A tool of the agent, as the model is told of it.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::model::Wire;
/// use serde_json::json;
///
/// let request = json!({"messages": [], "tools": [
///     {"name": "find", "input_schema": {"type": "object", "required": ["q"], "properties": {"q": {"type": "string"}}}},
/// ]});
/// let tools = Wire::Anthropic.offered(&request);
/// assert_eq!((tools[0].name.as_str(), tools[0].requires("q"), tools[0].takes("r")), ("find", true, Some(false)));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OfferedTool {
    /// Its name.
    pub name: String,
    /// The JSON schema of its arguments, where there is one.
    pub schema: Option<Value>,
}

impl OfferedTool {
    /// Whether the schema says that this argument must be there.
    #[must_use]
    pub fn requires(&self, argument: &str) -> bool {
        let required = self.schema.as_ref().and_then(|schema| schema.get("required"));
        list(required).iter().any(|name| name == argument)
    }

    /// Whether the schema knows this argument; `None` where it names no arguments.
    #[must_use]
    pub fn takes(&self, argument: &str) -> Option<bool> {
        let known = self.schema.as_ref()?.get("properties")?.as_object()?;
        Some(known.contains_key(argument))
    }

    /// The type that the schema asks for, if it is one type: `integer`.
    #[must_use]
    pub fn type_of(&self, argument: &str) -> Option<&str> {
        self.schema.as_ref()?.get("properties")?.get(argument)?.get("type")?.as_str()
    }
}

impl Wire {
    /// The functions that the body of a request offers; tools that the provider carries out itself are left out.
    #[must_use]
    pub fn offered(self, request: &Value) -> Vec<OfferedTool> {
        let tools = list(request.get("tools").or_else(|| request.get("toolConfig")?.get("tools")));
        let tools = tools.iter().flat_map(|tool| match self {
            Self::Gemini => {
                let declared = tool.get("functionDeclarations").or_else(|| tool.get("function_declarations"));
                list(declared).iter().collect()
            }
            _ => vec![tool],
        });
        tools.filter_map(|tool| self.offer(tool)).collect()
    }

    fn offer(self, tool: &Value) -> Option<OfferedTool> {
        let is = |kind: &str| tool.get("type").is_some_and(|known| known == kind);
        let (tool, schema) = match self {
            Self::OpenAiChat => (tool.get("function")?, &["parameters"][..]),
            Self::OpenAiResponses if is("function") => (tool, &["parameters"][..]),
            Self::Anthropic if tool.get("type").is_none() || is("custom") => (tool, &["input_schema"][..]),
            // The others are the provider's own.
            Self::OpenAiResponses | Self::Anthropic => return None,
            Self::Gemini => (tool, &["parametersJsonSchema", "parameters"][..]),
            Self::Bedrock => (tool.get("toolSpec")?, &["inputSchema"][..]),
        };
        let schema = schema.iter().find_map(|name| tool.get(name));
        // Bedrock wraps it once more.
        let schema = if self == Self::Bedrock { schema.and_then(|schema| schema.get("json")) } else { schema };
        Some(OfferedTool { name: tool.get("name").and_then(name_of)?, schema: schema.cloned() })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_wire_offers_its_tools_in_its_own_place() {
        let schema = json!({"type": "object", "properties": {"q": {"type": "string"}}});
        for (wire, request) in [
            (
                Wire::OpenAiChat,
                json!({"tools": [{"type": "function", "function": {"name": "find", "parameters": schema}}]}),
            ),
            (
                Wire::OpenAiResponses,
                json!({"tools": [{"type": "web_search"}, {"type": "function", "name": "find", "parameters": schema}]}),
            ),
            (
                Wire::Anthropic,
                json!({"tools": [{"type": "bash_20250124", "name": "bash"}, {"name": "find", "input_schema": schema}]}),
            ),
            (Wire::Gemini, json!({"tools": [{"functionDeclarations": [{"name": "find", "parameters": schema}]}]})),
            (
                Wire::Bedrock,
                json!({"toolConfig": {"tools": [{"toolSpec": {"name": "find", "inputSchema": {"json": schema}}}]}}),
            ),
        ] {
            let offered = wire.offered(&request);
            assert_eq!(offered, [OfferedTool { name: "find".into(), schema: Some(schema.clone()) }], "{wire:?}");
            assert_eq!((offered[0].type_of("q"), offered[0].requires("q")), (Some("string"), false));
        }
    }

    #[test]
    fn a_tool_without_a_schema_says_nothing_of_its_arguments() {
        let offered = Wire::Gemini
            .offered(&json!({"tools": [{"functionDeclarations": [{"name": "now"}]}, {"googleSearch": {}}]}));
        assert_eq!((offered.len(), offered[0].takes("q"), offered[0].requires("q")), (1, None, false));
    }
}
