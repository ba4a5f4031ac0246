//! What a reply costs.

use serde_json::{Map, Value, json};

use crate::model::wire::Wire;

/// How many tokens were read and written.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::model::Usage;
///
/// let usage = Usage::new(120, 8);
/// assert_eq!((usage.input, usage.output), (120, 8));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    /// Tokens of the request.
    pub input: u64,
    /// Tokens of the reply.
    pub output: u64,
    /// What else the wire counts, by its own names: `prompt_tokens_details`, `cache_read_input_tokens`.
    pub more: Map<String, Value>,
}

const fn names(wire: Wire) -> (&'static str, &'static str, Option<&'static str>) {
    match wire {
        Wire::OpenAiChat => ("prompt_tokens", "completion_tokens", Some("total_tokens")),
        Wire::OpenAiResponses => ("input_tokens", "output_tokens", Some("total_tokens")),
        Wire::Anthropic => ("input_tokens", "output_tokens", None),
        Wire::Gemini => ("promptTokenCount", "candidatesTokenCount", Some("totalTokenCount")),
        Wire::Bedrock => ("inputTokens", "outputTokens", Some("totalTokens")),
    }
}

impl Usage {
    /// So many tokens read and written.
    #[must_use]
    pub fn new(input: u64, output: u64) -> Self {
        Self { input, output, more: Map::new() }
    }

    /// As a wire writes it.
    pub(super) fn written(&self, wire: Wire) -> Value {
        let (input, output, total) = names(wire);
        let mut all = Map::new();
        all.insert(input.to_owned(), self.input.into());
        all.insert(output.to_owned(), self.output.into());
        if let Some(total) = total {
            all.insert(total.to_owned(), self.input.saturating_add(self.output).into());
        }
        if wire == Wire::OpenAiResponses {
            // openai-python, response_usage.py.
            all.insert("input_tokens_details".to_owned(), json!({"cached_tokens": 0, "cache_write_tokens": 0}));
            all.insert("output_tokens_details".to_owned(), json!({"reasoning_tokens": 0}));
        }
        all.extend(self.more.clone());
        Value::Object(all)
    }

    pub(super) fn read(wire: Wire, mut all: Map<String, Value>) -> Self {
        let (input, output, total) = names(wire);
        let mut count = |name: &str| all.remove(name).and_then(|count| count.as_u64()).unwrap_or_default();
        let (input, output) = (count(input), count(output));
        if total.is_some_and(|total| all.get(total).and_then(Value::as_u64) == input.checked_add(output)) {
            all.remove(total.unwrap_or_default());
        }
        Self { input, output, more: all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_has_the_details_that_its_clients_ask_for_and_recorded_ones_stay() {
        let mut usage = Usage::new(3, 2);
        let details = json!({"cached_tokens": 0, "cache_write_tokens": 0});
        assert_eq!(usage.written(Wire::OpenAiResponses)["input_tokens_details"], details);
        let recorded = json!({"cached_tokens": 2});
        usage.more.insert("input_tokens_details".to_owned(), recorded.clone());
        assert_eq!(usage.written(Wire::OpenAiResponses)["input_tokens_details"], recorded);
        assert_eq!(
            usage.written(Wire::Anthropic),
            json!({"input_tokens": 3, "output_tokens": 2, "input_tokens_details": recorded})
        );
    }
}
