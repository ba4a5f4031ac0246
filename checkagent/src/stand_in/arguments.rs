//! Arguments that fit the schema of a tool.

use serde_json::{Map, Value, json};

/// How deep schemas are followed; they may hold themselves.
const DEPTH: usize = 6;

/// A value that is known for an argument, by its name and schema.
pub(super) type Known<'k> = &'k dyn Fn(&str, &Value) -> Option<Value>;

/// An object that the schema takes: what is known, and of the rest what must be there, filled by type.
pub(super) fn filled(schema: Option<&Value>, known: Known<'_>) -> Map<String, Value> {
    let Some(root) = schema else { return Map::new() };
    object(root, root, known, DEPTH)
}

/// The arguments that a schema names, with theirs.
pub(super) fn properties(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let root = schema;
    let own = resolved(root, schema).get("properties").and_then(Value::as_object);
    own.into_iter().flatten().map(move |(name, schema)| (name.as_str(), resolved(root, schema)))
}

/// Whether a schema takes a value of this type.
pub(super) fn takes(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        None => schema.get("enum").is_none() && schema.get("const").is_none(),
        Some(Value::Array(kinds)) => kinds.iter().any(|known| is(known, kind)),
        Some(known) => is(known, kind),
    }
}

fn is(known: &Value, kind: &str) -> bool {
    // Gemini writes them in capitals.
    known.as_str().is_some_and(|known| known.eq_ignore_ascii_case(kind))
}

fn object(root: &Value, schema: &Value, known: Known<'_>, depth: usize) -> Map<String, Value> {
    let schema = resolved(root, schema);
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|required| required == name));
    let mut object = Map::new();
    let members = schema.get("properties").and_then(Value::as_object);
    for (name, member) in members.into_iter().flatten() {
        let member = resolved(root, member);
        if let Some(value) = known(name, member) {
            object.insert(name.clone(), value);
        } else if is_required(name) {
            object.insert(name.clone(), value(root, name, member, known, depth));
        }
    }
    object
}

/// Where a reference or a choice leads to.
fn resolved<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    let mut schema = schema;
    for _ in 0..DEPTH {
        let reference = schema.get("$ref").and_then(Value::as_str).and_then(|place| place.strip_prefix('#'));
        let choice = ["anyOf", "oneOf", "allOf"].iter().find_map(|name| schema.get(*name)?.as_array());
        let chosen = choice.and_then(|all| all.iter().find(|one| one.get("type").is_none_or(|kind| kind != "null")));
        match reference.and_then(|place| root.pointer(place)).or(chosen) {
            Some(next) if schema.get("properties").is_none() => schema = next,
            _ => break,
        }
    }
    schema
}

fn value(root: &Value, name: &str, schema: &Value, known: Known<'_>, depth: usize) -> Value {
    let first = |key: &str| schema.get(key).and_then(Value::as_array).and_then(|all| all.first()).cloned();
    if let Some(fixed) =
        schema.get("const").cloned().or_else(|| first("enum")).or_else(|| schema.get("default").cloned())
    {
        return fixed;
    }
    let kinds = ["string", "integer", "number", "boolean", "array", "object", "null"];
    let kind = kinds.into_iter().find(|kind| takes(schema, kind)).unwrap_or("string");
    match kind {
        "integer" | "number" => least(schema),
        "boolean" => json!(true),
        "array" => {
            let count = schema.get("minItems").and_then(Value::as_u64).unwrap_or_default().min(8);
            let items = schema.get("items").map(|items| resolved(root, items)).filter(|_| depth > 0);
            let item = || items.map_or(Value::Null, |items| value(root, name, items, known, depth - 1));
            (0..count).map(|_| item()).collect()
        }
        "object" if depth > 0 => object(root, schema, known, depth - 1).into(),
        "object" => json!({}),
        "null" => Value::Null,
        _ => text(name, schema).into(),
    }
}

/// The least number that is one or more.
fn least(schema: &Value) -> Value {
    let bound = |name: &str| schema.get(name).filter(|bound| bound.is_number());
    let above = bound("exclusiveMinimum").and_then(Value::as_i64).map(|bound| bound.saturating_add(1).into());
    let least = bound("minimum").cloned().or(above);
    let at_least_one = least.filter(|least: &Value| least.as_f64().is_some_and(|least| least > 1.0));
    let most = bound("maximum").filter(|most| most.as_f64().is_some_and(|most| most < 1.0));
    at_least_one.or_else(|| most.cloned()).unwrap_or(json!(1))
}

fn text(name: &str, schema: &Value) -> String {
    let size = |bound: &str| {
        let bound = schema.get(bound).and_then(Value::as_u64);
        bound.map(|bound| usize::try_from(bound).unwrap_or(usize::MAX))
    };
    let of_format = match schema.get("format").and_then(Value::as_str) {
        Some("date") => Some("2026-01-15"),
        Some("date-time") => Some("2026-01-15T12:00:00Z"),
        Some("time") => Some("12:00:00Z"),
        Some("email") => Some("someone@example.com"),
        Some("uri" | "url") => Some("https://example.com/"),
        Some("uuid") => Some("00000000-0000-4000-8000-000000000001"),
        _ => None,
    };
    let text = of_format.map_or_else(|| name.replace(['_', '-'], " "), str::to_owned);
    let text: String = text.chars().take(size("maxLength").unwrap_or(usize::MAX)).collect();
    let missing = size("minLength").unwrap_or_default().min(1 << 10).saturating_sub(text.chars().count());
    text + &"x".repeat(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(schema: &Value) -> Value {
        Value::Object(filled(Some(schema), &|_, _| None))
    }

    #[test]
    fn what_must_be_there_is_filled_by_its_type_and_the_rest_left_out() {
        let schema = json!({"type": "object", "required": ["a", "b", "c", "d", "e", "f", "g"], "properties": {
            "a": {"type": "string"}, "b": {"type": "INTEGER", "minimum": 5}, "c": {"type": ["null", "boolean"]},
            "d": {"enum": ["x", "y"]}, "e": {"type": "array", "minItems": 2, "items": {"type": "number"}},
            "f": {"type": "object", "required": ["at"], "properties": {"at": {"type": "string", "format": "date"}}},
            "g": {"type": "integer", "maximum": 0}, "h": {"type": "string"},
        }});
        let expected = json!({"a": "a", "b": 5, "c": true, "d": "x", "e": [1, 1], "f": {"at": "2026-01-15"}, "g": 0});
        assert_eq!(all(&schema), expected);
    }

    #[test]
    fn references_and_choices_are_followed_and_endless_ones_end() {
        let schema = json!({"$ref": "#/$defs/a", "$defs": {
            "a": {"type": "object", "required": ["b", "c"], "properties": {
                "b": {"anyOf": [{"type": "null"}, {"type": "string", "minLength": 4}]}, "c": {"$ref": "#/$defs/loop"}}},
            "loop": {"$ref": "#/$defs/loop"},
        }});
        assert_eq!(all(&schema)["b"], "bxxx");
        let endless = json!({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}});
        assert!(all(&endless)["a"]["a"].is_object());
    }

    #[test]
    fn what_is_known_is_taken_and_texts_keep_their_length() {
        let schema =
            json!({"required": ["order"], "properties": {"order": {"type": "string", "maxLength": 3}, "n": {}}});
        assert_eq!(all(&schema), json!({"order": "ord"}));
        let known = filled(Some(&schema), &|name, _| (name == "n").then(|| json!(7)));
        assert_eq!(Value::Object(known), json!({"order": "ord", "n": 7}));
        for odd in [json!(null), json!([]), json!({"properties": 7, "required": {}}), json!({"type": "string"})] {
            assert_eq!(all(&odd), json!({}));
        }
        assert!(filled(None, &|_, _| None).is_empty());
    }
}
