//! Places inside a JSON value.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// One step of a [`Pointer`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A member of an object.
    Key(String),
    /// An element of an array, counted from 0.
    Index(usize),
    /// Every element of an array.
    Each,
}

/// A JSON pointer (RFC 6901) in which `*` stands for every element of an array: `/data/*/amount`.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::json::Pointer;
/// use serde_json::json;
///
/// let value = json!({"data": [{"amount": 1}, {"amount": 2}]});
/// let amounts = Pointer::parse("/data/*/amount");
/// assert_eq!(amounts.resolve(&value).len(), 2);
/// assert_eq!(amounts.to_string(), "/data/*/amount");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(Vec<Step>);

impl Pointer {
    /// The whole value.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads `/a/0/*`. A step of digits is an index; `~0`, `~1` and `~2` stand for `~`, `/` and a literal `*`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let step = |part: &str| match part {
            "*" => Step::Each,
            digits if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().map_or_else(|_| Step::Key(digits.to_owned()), Step::Index)
            }
            key => Step::Key(key.replace("~1", "/").replace("~2", "*").replace("~0", "~")),
        };
        Self(text.split('/').skip(1).map(step).collect())
    }

    /// The steps from the root.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// This place's member `key`.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.then(Step::Key(key.to_owned()))
    }

    /// This place's element `index`.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.then(Step::Index(index))
    }

    /// This place with one step more.
    #[must_use]
    pub fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The container of this place and the last step; `None` for the root.
    #[must_use]
    pub fn split_last(&self) -> Option<(Self, &Step)> {
        let (last, rest) = self.0.split_last()?;
        Some((Self(rest.to_vec()), last))
    }

    /// The name of the nearest enclosing member, which is what people call the field.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) | Step::Each => None,
        })
    }

    /// The same place with every array index replaced by "every element".
    #[must_use]
    pub fn generalised(&self) -> Self {
        let each = |step: &Step| match step {
            Step::Index(_) => Step::Each,
            other => other.clone(),
        };
        Self(self.0.iter().map(each).collect())
    }

    /// Whether a concrete place lies at or below this one (`*` covers every index).
    #[must_use]
    pub fn covers(&self, place: &Self) -> bool {
        place.0.len() >= self.0.len()
            && self.0.iter().zip(&place.0).all(|(mine, theirs)| match (mine, theirs) {
                (Step::Each, Step::Index(_) | Step::Each) => true,
                (mine, theirs) => mine == theirs,
            })
    }

    /// Every concrete place and value that this pointer names in `value`.
    #[must_use]
    pub fn resolve<'v>(&self, value: &'v Value) -> Vec<(Pointer, &'v Value)> {
        let mut found = vec![(Pointer::root(), value)];
        for step in &self.0 {
            let mut next = Vec::new();
            for (place, value) in found {
                match (step, value) {
                    (Step::Key(key), Value::Object(members)) => {
                        next.extend(members.get(key).map(|member| (place.key(key), member)));
                    }
                    (Step::Index(index), Value::Array(items)) => {
                        next.extend(items.get(*index).map(|item| (place.index(*index), item)));
                    }
                    // An object may use digits as a member's name.
                    (Step::Index(index), Value::Object(members)) => {
                        let key = index.to_string();
                        next.extend(members.get(&key).map(|member| (place.key(&key), member)));
                    }
                    (Step::Each, Value::Array(items)) => {
                        next.extend(items.iter().enumerate().map(|(index, item)| (place.index(index), item)));
                    }
                    _ => {}
                }
            }
            found = next;
        }
        found
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            match step {
                Step::Key(key) => {
                    write!(f, "/{}", key.replace('~', "~0").replace('/', "~1").replace('*', "~2"))?;
                }
                Step::Index(index) => write!(f, "/{index}")?,
                Step::Each => f.write_str("/*")?,
            }
        }
        Ok(())
    }
}

impl Serialize for Pointer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Pointer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::parse(&String::deserialize(deserializer)?))
    }
}

/// Every scalar of `value` (and every empty container) with its place, in document order of `serde_json`.
pub fn leaves(value: &Value, visit: &mut dyn FnMut(&Pointer, &Value)) {
    fn walk(place: &mut Pointer, value: &Value, visit: &mut dyn FnMut(&Pointer, &Value)) {
        match value {
            Value::Object(members) if !members.is_empty() => {
                for (key, member) in members {
                    place.0.push(Step::Key(key.clone()));
                    walk(place, member, visit);
                    place.0.pop();
                }
            }
            Value::Array(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    place.0.push(Step::Index(index));
                    walk(place, item, visit);
                    place.0.pop();
                }
            }
            scalar => visit(place, scalar),
        }
    }
    walk(&mut Pointer::root(), value, visit);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn awkward_member_names_survive_a_round_trip() {
        let pointer = Pointer::root().key("a/b").key("~*").index(3).then(Step::Each);
        assert_eq!(Pointer::parse(&pointer.to_string()), pointer);
    }

    #[test]
    fn covers_knows_every_element() {
        let amounts = Pointer::parse("/data/*/amount");
        assert!(amounts.covers(&Pointer::parse("/data/7/amount/value")));
        assert!(!amounts.covers(&Pointer::parse("/data/7/name")));
        assert!(Pointer::root().covers(&amounts));
    }

    #[test]
    fn resolve_of_a_missing_place_is_empty() {
        assert!(Pointer::parse("/a/*/b").resolve(&json!({"a": {"b": 1}})).is_empty());
    }
}
