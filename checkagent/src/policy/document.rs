//! Values in what calls carry.

use serde_json::Value;

use checkagent_cassette::json::{Pointer, Step};

use crate::ledger::Call;

/// What a pointer names in a document: at its root, or else under one of its members, because replies and tools wrap
/// what they carry (`data`, `arguments`).
pub(super) fn said<'v>(document: &'v Value, place: &Pointer) -> Option<&'v Value> {
    at(document, place).or_else(|| document.as_object()?.values().find_map(|member| at(member, place)))
}

/// The one value at a place; of a pattern the first.
fn at<'v>(value: &'v Value, place: &Pointer) -> Option<&'v Value> {
    place.steps().iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.get(index).or_else(|| value.get(index.to_string())),
        Step::Each => value.get(0),
    })
}

/// Whether two values say the same: `500` and `500.0`, `7` and `"7"`.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    a == b || matches!((number(a), number(b)), (Some(a), Some(b)) if a.total_cmp(&b).is_eq())
}

/// A number, also one that is written as a text.
pub(super) fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| number.is_finite())
}

/// A scalar as it stands in a path; `None` for what names nothing.
pub(super) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether a call carries a value as a whole: in its document, or as a part of its path or query.
pub(super) fn carries(call: &Call, wanted: &str) -> bool {
    let mut found = call.target.split(['/', '?', '&', '=']).any(|part| part == wanted);
    if let Some(document) = call.request.as_ref().filter(|_| !found) {
        found = holds(document, wanted);
    }
    found
}

fn holds(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text == wanted,
        Value::Number(number) => {
            wanted.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && number.to_string() == wanted
        }
        Value::Array(items) => items.iter().any(|item| holds(item, wanted)),
        Value::Object(members) => members.values().any(|member| holds(member, wanted)),
        _ => false,
    }
}

/// Every text that a call carries: its target, the names and the values of its document.
pub(super) fn texts<'c>(call: &'c Call, visit: &mut dyn FnMut(&'c str)) {
    visit(&call.target);
    call.request.iter().for_each(|document| texts_of(document, visit));
}

/// The values of a document that are texts, without the names of its members.
pub(super) fn values_of<'c>(value: &'c Value, visit: &mut dyn FnMut(&'c str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(items) => items.iter().for_each(|item| values_of(item, visit)),
        Value::Object(members) => members.values().for_each(|member| values_of(member, visit)),
        _ => {}
    }
}

/// Every text of a document: names and values.
pub(super) fn texts_of<'c>(value: &'c Value, visit: &mut dyn FnMut(&'c str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(items) => items.iter().for_each(|item| texts_of(item, visit)),
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            visit(name);
            texts_of(member, visit);
        }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{carrying, served};
    use super::*;

    #[test]
    fn a_value_stands_at_the_root_or_under_one_member() {
        let at = |document: &Value| said(document, &Pointer::parse("/amount")).cloned();
        assert_eq!(at(&json!({"amount": 1, "arguments": {"amount": 2}})), Some(json!(1)));
        assert_eq!(at(&json!({"id": "a", "arguments": {"amount": 2}})), Some(json!(2)));
        assert_eq!(at(&json!({"a": {"b": {"amount": 3}}})), None);
        assert_eq!(at(&json!(null)), None);
        let of = |place: &str| said(&json!({"items": [{"n": 1}, {"n": 2}], "7": "x"}), &Pointer::parse(place)).cloned();
        assert_eq!([of("/items/1/n"), of("/items/*/n"), of("/7")], [Some(json!(2)), Some(json!(1)), Some(json!("x"))]);
    }

    #[test]
    fn values_that_say_the_same_are_the_same() {
        for (a, b) in
            [(json!(500), json!(500.0)), (json!(7), json!("7")), (json!("a"), json!("a")), (json!(null), json!(null))]
        {
            assert!(same(&a, &b), "{a} {b}");
        }
        for (a, b) in
            [(json!(500), json!(501)), (json!("a"), json!("b")), (json!(true), json!("true")), (json!(0), json!(null))]
        {
            assert!(!same(&a, &b), "{a} {b}");
        }
        assert_eq!(
            [json!(" 4.5 "), json!("x"), json!("inf"), json!(null)].map(|value| number(&value)),
            [Some(4.5), None, None, None]
        );
        assert_eq!(
            [json!("a"), json!(7), json!(""), json!(true), json!(null)].map(|value| plain(&value)),
            [Some("a".to_owned()), Some("7".to_owned()), None, None, None]
        );
    }

    #[test]
    fn a_call_carries_whole_values() {
        let call = carrying(1, "POST /orders/o-1?by=apr-9", json!({"n": [17, -4], "of": ["apr-1"], "yes": true}));
        for carried in ["o-1", "apr-9", "17", "-4", "apr-1"] {
            assert!(carries(&call, carried), "{carried}");
        }
        for other in ["o", "apr", "1", "n", "true"] {
            assert!(!carries(&call, other), "{other}");
        }
        assert!(!carries(&served(1, "GET /x"), "y"));
        let mut seen = Vec::new();
        texts(&call, &mut |text| seen.push(text));
        assert_eq!(seen, ["/orders/o-1?by=apr-9", "n", "of", "apr-1", "yes"]);
    }
}
