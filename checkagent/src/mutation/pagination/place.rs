//! Values that are put where a reply has room for them.

use serde_json::{Value, json};

use checkagent_cassette::json::{Edit, Pointer, Step};

/// The edit that makes a value stand at a place of a document, with the objects around it that are missing; `None`
/// where something else is in the way.
pub(super) fn put(document: &Value, at: &Pointer, value: Value) -> Option<Edit> {
    if !at.resolve(document).is_empty() {
        return Some(Edit::Set { at: at.clone(), value });
    }
    let (parent, last) = at.split_last()?;
    let Step::Key(name) = last else { return None };
    match parent.resolve(document).first() {
        Some((_, Value::Object(_))) => Some(Edit::Add { at: parent, name: name.clone(), value }),
        Some((_, Value::Null)) => Some(Edit::Set { at: parent, value: json!({ name: value }) }),
        Some(_) => None,
        None => put(document, &parent, json!({ name: value })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_set_added_or_put_into_new_objects() {
        let put = |at: &str, text: &str| {
            let edit = put(&serde_json::from_str(text).unwrap(), &Pointer::parse(at), json!("t"))?;
            edit.apply(text)
        };
        assert_eq!(put("/next", r#"{"next": null}"#).unwrap(), r#"{"next": "t"}"#);
        assert_eq!(put("/next", r#"{"a": 1}"#).unwrap(), r#"{"a": 1,"next":"t"}"#);
        assert_eq!(put("/paging/next/after", "{}").unwrap(), r#"{"paging":{"next":{"after":"t"}}}"#);
        assert_eq!(put("/paging/next", r#"{"paging": null}"#).unwrap(), r#"{"paging": {"next":"t"}}"#);
        assert_eq!((put("/next", "[1]"), put("/a/next", r#"{"a": 1}"#)), (None, None));
    }
}
