//! What differs between two JSON values.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use crate::json::Pointer;

/// One place where two values differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The place.
    pub at: Pointer,
    /// What the left value has there.
    pub left: Option<Value>,
    /// What the right value has there.
    pub right: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.at.to_string();
        let place = if place.is_empty() { "the whole value" } else { &place };
        match (&self.left, &self.right) {
            (Some(left), Some(right)) => write!(f, "{place}: {} became {}", short(left), short(right)),
            (Some(left), None) => write!(f, "{place}: {} is missing", short(left)),
            (None, Some(right)) => write!(f, "{place}: {} is new", short(right)),
            (None, None) => f.write_str(place),
        }
    }
}

/// A value on one line of bearable length.
fn short(value: &Value) -> String {
    const LONGEST: usize = 80;
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    let cut: String = text.chars().take(LONGEST).collect();
    format!("{cut}…")
}

/// Every place where `left` and `right` differ, in the order of `left`.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::analysis::differences;
/// use serde_json::json;
///
/// let found = differences(&json!({"a": 1, "b": [1]}), &json!({"a": 2, "b": [1, 3]}));
/// let lines: Vec<_> = found.iter().map(ToString::to_string).collect();
/// assert_eq!(lines, ["/a: 1 became 2", "/b/1: 3 is new"]);
/// ```
#[must_use]
pub fn differences(left: &Value, right: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(&Pointer::root(), Some(left), Some(right), &mut found);
    found
}

fn compare(at: &Pointer, left: Option<&Value>, right: Option<&Value>, found: &mut Vec<Difference>) {
    match (left, right) {
        (Some(Value::Object(left)), Some(Value::Object(right))) => {
            for (key, value) in left {
                compare(&at.key(key), Some(value), right.get(key), found);
            }
            for (key, value) in right.iter().filter(|(key, _)| !left.contains_key(*key)) {
                compare(&at.key(key), None, Some(value), found);
            }
        }
        (Some(Value::Array(left)), Some(Value::Array(right))) => {
            for index in 0..left.len().max(right.len()) {
                compare(&at.index(index), left.get(index), right.get(index), found);
            }
        }
        (Some(Value::Number(left)), Some(Value::Number(right))) if is_same_number(left, right) => {}
        (left, right) if left == right => {}
        (left, right) => {
            found.push(Difference { at: at.clone(), left: left.cloned(), right: right.cloned() });
        }
    }
}

/// `2.0` and `2` are the same. Two whole numbers are not because they are next to each other: ids go beyond what a float
/// can tell apart.
fn is_same_number(left: &Number, right: &Number) -> bool {
    left == right || ((left.is_f64() || right.is_f64()) && left.as_f64() == right.as_f64())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_numbers_are_compared_to_the_last_digit_and_others_by_their_value() {
        let same = |left: &Value, right: &Value| differences(left, right).is_empty();
        assert!(same(&json!(2), &json!(2.0)) && same(&json!(0), &json!(-0.0)));
        assert!(!same(&json!(1_817_418_544_771_626_945_u64), &json!(1_817_418_544_771_626_944_u64)));
        assert!(!same(&json!(i64::MAX), &json!(u64::MAX)) && !same(&json!(-1), &json!(u64::MAX)));
    }
}
