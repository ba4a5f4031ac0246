//! What a request to a model says: the tools on offer, the ticket, and what was called so far.

use serde_json::Value;

/// A conversation, as a chat request carries it.
#[derive(Clone, Debug, Default)]
pub struct Conversation {
    /// The tools on offer.
    pub tools: Vec<Tool>,
    /// What the user says.
    pub user: String,
    /// The calls so far, in order.
    pub steps: Vec<Step>,
}

/// A tool on offer.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its arguments: name, and whether it takes a text.
    pub arguments: Vec<(String, bool)>,
}

/// A call that was made, and what came of it.
#[derive(Clone, Debug)]
pub struct Step {
    /// The tool.
    pub tool: String,
    /// Its arguments.
    pub arguments: Value,
    /// What it returned; empty while nothing came.
    pub result: String,
}

impl Conversation {
    /// Reads a chat request; what it does not know, it leaves out.
    #[must_use]
    pub fn of(request: &Value) -> Self {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let mut read = Self {
            tools: list(&request["tools"]).iter().filter_map(|tool| Tool::of(&tool["function"])).collect(),
            ..Self::default()
        };
        let mut ids = Vec::new();
        for message in list(&request["messages"]) {
            match message["role"].as_str() {
                Some("user") => read.user = text(&message["content"]),
                Some("assistant") => {
                    for call in list(&message["tool_calls"]) {
                        ids.push(call["id"].clone());
                        let arguments = call["function"]["arguments"].as_str().unwrap_or_default();
                        read.steps.push(Step {
                            tool: call["function"]["name"].as_str().unwrap_or_default().to_owned(),
                            arguments: serde_json::from_str(arguments).unwrap_or_default(),
                            result: String::new(),
                        });
                    }
                }
                Some("tool") => {
                    let called = ids.iter().rposition(|id| *id == message["tool_call_id"]);
                    if let Some(step) = called.and_then(|at| read.steps.get_mut(at)) {
                        step.result = text(&message["content"]);
                    }
                }
                _ => {}
            }
        }
        read
    }

    /// The tool of that name.
    #[must_use]
    pub fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.name == name)
    }
}

impl Tool {
    fn of(function: &Value) -> Option<Self> {
        let properties = function["parameters"]["properties"].as_object().cloned().unwrap_or_default();
        let takes_text = |schema: &Value| schema["type"] == "string" || schema["type"][0] == "string";
        let arguments = properties.iter().map(|(name, schema)| (name.clone(), takes_text(schema))).collect();
        Some(Self { name: function["name"].as_str()?.to_owned(), arguments })
    }
}

/// A content: a text, or parts of one.
fn text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect::<Vec<_>>().join("\n"),
        _ => String::new(),
    }
}
