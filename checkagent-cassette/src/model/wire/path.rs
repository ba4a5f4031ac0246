//! What a path says of the format.

use std::borrow::Cow;

use super::Wire;

/// The last two steps of a path, without query, and without the encoding of a colon.
fn last_steps(path: &str) -> (Cow<'_, str>, Cow<'_, str>) {
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let plain = |step: &str| step.replace("%3A", ":").replace("%3a", ":").into();
    let mut steps = path.rsplit('/').map(|step| if step.contains('%') { plain(step) } else { Cow::Borrowed(step) });
    let last = steps.next().unwrap_or_default();
    (steps.next().unwrap_or_default(), last)
}

pub(super) fn wire(path: &str) -> Option<Wire> {
    let (before, last) = last_steps(path);
    let verb = last.rsplit_once(':').map(|(_, verb)| verb);
    match (&*before, &*last, verb) {
        (_, _, Some("generateContent" | "streamGenerateContent")) => Some(Wire::Gemini),
        ("chat", "completions", _) => Some(Wire::OpenAiChat),
        (_, "responses", _) => Some(Wire::OpenAiResponses),
        ("v1" | "anthropic", "messages", _) | (_, _, Some("rawPredict" | "streamRawPredict")) => Some(Wire::Anthropic),
        (_, "converse" | "converse-stream", _) => Some(Wire::Bedrock),
        _ if is_invoke(path) => Some(Wire::Anthropic),
        _ => None,
    }
}

/// Bedrock's `/model/{id}/invoke`, which carries the model's own format.
pub(super) fn is_invoke(path: &str) -> bool {
    let (_, last) = last_steps(path);
    matches!(&*last, "invoke" | "invoke-with-response-stream") && path.contains("/model/")
}

/// Requests to a model's provider that look like a conversation and start none.
pub(super) fn is_something_else(path: &str) -> bool {
    let (before, last) = last_steps(path);
    let verb = last.rsplit_once(':').map_or(&*last, |(_, verb)| verb);
    let other = [
        "batchEmbedContents",
        "batchGenerateContent",
        "batches",
        "cachedContents",
        "compact",
        "count-tokens",
        "countTokens",
        "count_tokens",
        "embedContent",
        "embeddings",
        "files",
        "input_tokens",
        "moderations",
        "rerank",
        "tokenize",
    ];
    other.contains(&verb) || before == "batches"
}
