//! What a message or a tool result says, whichever way a wire puts it.

use serde_json::Value;
use xxhash_rust::xxh3::Xxh3;

/// The texts of a content that is nothing but text.
fn texts(content: &Value) -> Option<Vec<&str>> {
    match content {
        Value::String(text) => Some(vec![text]),
        Value::Array(parts) => parts.iter().filter(|part| part.get("cachePoint").is_none()).map(part_text).collect(),
        _ => None,
    }
}

fn part_text(part: &Value) -> Option<&str> {
    let is_text = match part.get("type") {
        None => true,
        Some(kind) => matches!(kind.as_str(), Some("text" | "input_text" | "output_text")),
    };
    part.get("text").and_then(Value::as_str).filter(|_| is_text)
}

/// The content as a value: text in one piece, a JSON document as what it is, and any other content unchanged.
pub(super) fn value_of(content: &Value) -> Value {
    if let Some(texts) = texts(content) {
        return document(&texts.concat());
    }
    // Bedrock wraps a document into a list of parts.
    match content.as_array().map(Vec::as_slice) {
        Some([part]) => part.get("json").unwrap_or(content).clone(),
        _ => content.clone(),
    }
}

fn document(text: &str) -> Value {
    let looks_like_one = text.trim_start().starts_with(['{', '[']);
    let document = if looks_like_one { serde_json::from_str(text).ok() } else { None };
    document.unwrap_or_else(|| text.into())
}

/// Whether two contents of messages say the same: clients move cache marks about, and put a text into parts or not.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::model::says_the_same;
/// use serde_json::json;
///
/// let marked = json!([{"type": "text", "text": "hi", "cache_control": {"type": "ephemeral"}}]);
/// assert!(says_the_same(&marked, &json!("hi")));
/// assert!(!says_the_same(&marked, &json!("ho")));
/// ```
#[must_use]
pub fn says_the_same(one: &Value, other: &Value) -> bool {
    let hash = |content: &Value| {
        let mut hasher = Xxh3::new();
        digest(&mut hasher, content);
        hasher.digest128()
    };
    one == other || hash(one) == hash(other)
}

/// Hashes what a content says: clients move cache marks about, and put a text into parts or not.
pub(super) fn digest(hasher: &mut Xxh3, content: &Value) {
    if let Some(texts) = texts(content) {
        hasher.update(b"t");
        for text in texts {
            hasher.update(text.as_bytes());
        }
        hasher.update(&[0xff]);
    } else {
        digest_value(hasher, content);
    }
}

pub(super) fn digest_value(hasher: &mut Xxh3, value: &Value) {
    match value {
        Value::Null => hasher.update(b"n"),
        Value::Bool(flag) => hasher.update(if *flag { b"y" } else { b"f" }),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(whole), _) => hasher.update(&whole.to_le_bytes()),
            (None, Some(negative)) => hasher.update(&negative.to_be_bytes()),
            (None, None) => hasher.update(&number.as_f64().unwrap_or_default().to_le_bytes()),
        },
        Value::String(text) => digest_text(hasher, text),
        Value::Array(items) => {
            hasher.update(b"[");
            for item in items {
                digest_value(hasher, item);
            }
            hasher.update(b"]");
        }
        Value::Object(members) => {
            hasher.update(b"{");
            for (name, member) in members.iter().filter(|(name, _)| *name != "cache_control") {
                digest_text(hasher, name);
                digest_value(hasher, member);
            }
            hasher.update(b"}");
        }
    }
}

pub(super) fn digest_text(hasher: &mut Xxh3, text: &str) {
    hasher.update(b"s");
    hasher.update(text.as_bytes());
    // No text holds this byte, so that no two sequences of texts look the same.
    hasher.update(&[0xff]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn hash(content: &Value) -> u64 {
        let mut hasher = Xxh3::new();
        digest(&mut hasher, content);
        hasher.digest()
    }

    #[test]
    fn a_text_that_is_a_document_becomes_one_and_other_text_stays() {
        assert_eq!(value_of(&json!(" {\"a\": 1}")), json!({"a": 1}));
        assert_eq!(value_of(&json!("[1")), json!("[1"));
        assert_eq!(value_of(&json!("12")), json!("12"));
        assert_eq!(value_of(&json!([])), json!(""));
    }

    #[test]
    fn parts_of_text_are_one_text_and_other_parts_stay_parts() {
        let text = json!([{"type": "text", "text": "{\"a\""}, {"type": "input_text", "text": ":1}"}]);
        assert_eq!(value_of(&text), json!({"a": 1}));
        let mixed = json!([{"type": "text", "text": "see"}, {"type": "image", "source": {}}]);
        assert_eq!(value_of(&mixed), mixed);
        assert_eq!(value_of(&json!([{"json": [1]}])), json!([1]));
        assert_eq!(value_of(&json!([{"text": "[2]"}, {"cachePoint": {"type": "default"}}])), json!([2]));
    }

    #[test]
    fn a_cache_mark_does_not_change_what_is_said() {
        let marked = json!([{"type": "text", "text": "hi", "cache_control": {"type": "ephemeral"}}]);
        assert_eq!(hash(&marked), hash(&json!("hi")));
        let image = json!([{"type": "image", "data": "a"}]);
        let marked = json!([{"type": "image", "data": "a", "cache_control": {"type": "ephemeral"}}]);
        assert_eq!(hash(&image), hash(&marked));
        assert_ne!(hash(&json!(["a", "b"])), hash(&json!(["ab"])));
    }
}
