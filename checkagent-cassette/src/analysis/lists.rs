//! Lists in replies.

use serde_json::Value;

use crate::json::Pointer;

/// Deeper arrays are parts of items, not lists of results.
const DEEPEST: usize = 4;

/// Every array that is not inside another one, with its length.
#[must_use]
pub fn list_places(value: &Value) -> Vec<(Pointer, usize)> {
    fn walk(at: &Pointer, value: &Value, found: &mut Vec<(Pointer, usize)>) {
        match value {
            Value::Array(items) => found.push((at.clone(), items.len())),
            Value::Object(members) if at.steps().len() < DEEPEST => {
                for (key, member) in members.iter().filter(|(_, member)| member.is_array() || member.is_object()) {
                    walk(&at.key(key), member, found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(&Pointer::root(), value, &mut found);
    found
}

/// The array that holds the results: the longest array of objects, else the longest array.
#[must_use]
pub fn main_list(value: &Value) -> Option<(Pointer, usize)> {
    let rank = |(place, length): &(Pointer, usize)| {
        let objects = place.resolve(value).iter().any(|(_, list)| list[0].is_object());
        (objects, *length)
    };
    list_places(value).into_iter().filter(|(_, length)| *length > 0).max_by_key(rank)
}
