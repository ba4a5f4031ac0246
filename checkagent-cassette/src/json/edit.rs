//! Changes to a JSON text that leave every other byte alone.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::convert::Conversion;
use super::pointer::{Pointer, Step};
use super::scan::{Entry, children};

/// One change to a JSON document. A pointer with `*` changes every place that it names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum Edit {
    /// The value at `at` becomes `value`.
    Set {
        /// Where.
        at: Pointer,
        /// What it becomes.
        value: Value,
    },
    /// The member or element at `at` is taken out.
    Remove {
        /// Where.
        at: Pointer,
    },
    /// The member at `at` gets another name.
    Rename {
        /// Where, with the old name.
        at: Pointer,
        /// The new name.
        to: String,
    },
    /// The value at `at` keeps its content and gets another type.
    Convert {
        /// Where.
        at: Pointer,
        /// What it becomes.
        to: Conversion,
    },
    /// A value is put into the list at `at`.
    Insert {
        /// The list.
        at: Pointer,
        /// The position that the value gets; past the end it becomes the last.
        index: usize,
        /// The value.
        value: Value,
    },
    /// A member is added to the object at `at`, as its last.
    Add {
        /// The object.
        at: Pointer,
        /// The member's name; nothing happens where there is one of that name.
        name: String,
        /// The member's value.
        value: Value,
    },
    /// The object at `at` is replaced by its members, which then stand beside it.
    Hoist {
        /// Where.
        at: Pointer,
    },
}

impl Edit {
    /// The place that this edit changes.
    #[must_use]
    pub fn at(&self) -> &Pointer {
        match self {
            Self::Set { at, .. }
            | Self::Remove { at }
            | Self::Rename { at, .. }
            | Self::Convert { at, .. }
            | Self::Insert { at, .. }
            | Self::Add { at, .. }
            | Self::Hoist { at } => at,
        }
    }

    /// Applies the edit to `text` (valid JSON); `None` when no place in it matches.
    ///
    /// # Examples
    ///
    /// ```
    /// use checkagent_cassette::json::{Edit, Pointer};
    ///
    /// let rename = Edit::Rename { at: Pointer::parse("/data/*/name"), to: "title".into() };
    /// let bent = rename.apply(r#"{"z":1.10,"data":[{"name":"a"},{"name":"b"}]}"#).unwrap();
    /// assert_eq!(bent, r#"{"z":1.10,"data":[{"title":"a"},{"title":"b"}]}"#);
    /// ```
    #[must_use]
    pub fn apply(&self, text: &str) -> Option<String> {
        let places = locate(text, self.at());
        let mut out = text.to_owned();
        // From the back, so that earlier ranges stay right.
        for place in places.iter().rev() {
            match self {
                Self::Set { value, .. } => out.replace_range(place.entry.value.clone(), &value.to_string()),
                Self::Remove { .. } => {
                    // Two neighbours may be taken out together; then each range has to be found in what is left.
                    let parent = children(&out, &(place.parent.start..parent_end(&out, place.parent.start)));
                    if let Some(range) = removal(&parent, place.entry.start()) {
                        out.replace_range(range, "");
                    }
                }
                Self::Convert { to, .. } => {
                    let range = place.entry.value.clone();
                    if let Some(new) = to.apply(&out[range.clone()]) {
                        out.replace_range(range, &new);
                    }
                }
                Self::Insert { index, value, .. } => {
                    if out[place.entry.value.clone()].starts_with('[') {
                        put(&mut out, &place.entry.value, *index, &value.to_string());
                    }
                }
                Self::Add { name, value, .. } => {
                    let members = children(&out, &place.entry.value);
                    let known = |entry: &Entry| entry.key.clone().is_some_and(|key| names(&out[key], name));
                    if out[place.entry.value.clone()].starts_with('{') && !members.iter().any(known) {
                        put(
                            &mut out,
                            &place.entry.value,
                            usize::MAX,
                            &format!("{}:{value}", Value::from(name.as_str())),
                        );
                    }
                }
                Self::Hoist { .. } => {
                    let value = place.entry.value.clone();
                    let inner = out[value.clone()].strip_prefix('{').and_then(|text| text.strip_suffix('}'));
                    let inner = inner.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
                    if let (Some(inner), Some(_)) = (inner, &place.entry.key) {
                        out.replace_range(place.entry.start()..value.end, &inner);
                    }
                }
                Self::Rename { to, .. } => {
                    let key = place.entry.key.clone()?;
                    out.replace_range(key, &Value::from(to.as_str()).to_string());
                }
            }
        }
        (!places.is_empty()).then_some(out)
    }
}

/// Applies several edits one after the other; `None` when none of them found its place.
#[must_use]
pub fn apply_all(text: &str, edits: &[Edit]) -> Option<String> {
    edits.iter().fold(None, |bent: Option<String>, edit| edit.apply(bent.as_deref().unwrap_or(text)).or(bent))
}

struct Place {
    entry: Entry,
    parent: Range<usize>,
}

impl Entry {
    fn start(&self) -> usize {
        self.key.as_ref().map_or(self.value.start, |key| key.start)
    }
}

fn locate(text: &str, pointer: &Pointer) -> Vec<Place> {
    let start = text.len() - text.trim_start().len();
    let whole = start..text.trim_end().len();
    let mut places = vec![Place { entry: Entry { key: None, value: whole.clone() }, parent: whole }];
    for step in pointer.steps() {
        let mut next = Vec::new();
        for place in &places {
            let parent = place.entry.value.clone();
            let children = children(text, &parent).into_iter().enumerate();
            let matching = children.filter(|(index, child)| match (step, &child.key) {
                (Step::Key(name), Some(key)) => names(&text[key.clone()], name),
                (Step::Index(wanted), Some(key)) => names(&text[key.clone()], &wanted.to_string()),
                (Step::Index(wanted), None) => index == wanted,
                (Step::Each, None) => true,
                _ => false,
            });
            next.extend(matching.map(|(_, entry)| Place { entry, parent: parent.clone() }));
        }
        places = next;
    }
    places
}

/// Puts the text of an element or a member into a container.
fn put(out: &mut String, container: &Range<usize>, index: usize, text: &str) {
    let entries = children(out, container);
    match (entries.get(index), entries.last()) {
        (Some(entry), _) => out.insert_str(entry.start(), &format!("{text},")),
        (None, Some(last)) => out.insert_str(last.value.end, &format!(",{text}")),
        (None, None) => out.insert_str(container.start + 1, text),
    }
}

fn names(quoted: &str, name: &str) -> bool {
    quoted.get(1..quoted.len().saturating_sub(1)) == Some(name)
        || (quoted.contains('\\') && serde_json::from_str::<String>(quoted).is_ok_and(|key| key == name))
}

fn parent_end(text: &str, start: usize) -> usize {
    let mut depth = 0usize;
    for token in super::scan::Tokens::new(&text[start..]) {
        match token.kind {
            super::scan::TokenKind::OpenObject | super::scan::TokenKind::OpenArray => depth += 1,
            super::scan::TokenKind::CloseObject | super::scan::TokenKind::CloseArray => {
                depth -= 1;
                if depth == 0 {
                    return start + token.range.end;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// The range that takes out one child together with the comma that belongs to it.
fn removal(siblings: &[Entry], start: usize) -> Option<Range<usize>> {
    let index = siblings.iter().position(|sibling| sibling.start() == start)?;
    let entry = &siblings[index];
    Some(match (siblings.get(index + 1), index.checked_sub(1).and_then(|before| siblings.get(before))) {
        (Some(next), _) => entry.start()..next.start(),
        (None, Some(before)) => before.value.end..entry.value.end,
        (None, None) => entry.start()..entry.value.end,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn remove(at: &str, text: &str) -> Option<String> {
        Edit::Remove { at: Pointer::parse(at) }.apply(text)
    }

    #[test]
    fn removing_first_last_only_and_all_leaves_valid_json() {
        let text = r#"{"a": 1, "b": [1, 2, 3], "c": {"d": 4}}"#;
        assert_eq!(remove("/a", text).unwrap(), r#"{"b": [1, 2, 3], "c": {"d": 4}}"#);
        assert_eq!(remove("/b/2", text).unwrap(), r#"{"a": 1, "b": [1, 2], "c": {"d": 4}}"#);
        assert_eq!(remove("/c/d", text).unwrap(), r#"{"a": 1, "b": [1, 2, 3], "c": {}}"#);
        assert_eq!(remove("/b/*", text).unwrap(), r#"{"a": 1, "b": [], "c": {"d": 4}}"#);
    }

    #[test]
    fn an_edit_without_a_place_says_so() {
        assert_eq!(remove("/x", "{}"), None);
        assert_eq!(apply_all("{}", &[Edit::Remove { at: Pointer::parse("/x") }]), None);
    }

    #[test]
    fn set_replaces_whole_containers() {
        let set = Edit::Set { at: Pointer::parse("/b"), value: json!([]) };
        assert_eq!(set.apply(r#"{"a":1.10,"b":[{"c":[1,2]}],"d":0}"#).unwrap(), r#"{"a":1.10,"b":[],"d":0}"#);
    }

    #[test]
    fn values_get_another_type_and_keep_their_digits() {
        let convert = |to, text: &str| Edit::Convert { at: Pointer::parse("/a"), to }.apply(text).unwrap();
        assert_eq!(convert(Conversion::Text, r#"{"a":1.10}"#), r#"{"a":"1.10"}"#);
        assert_eq!(convert(Conversion::Number, r#"{"a":"1.10"}"#), r#"{"a":1.10}"#);
        assert_eq!(convert(Conversion::Number, r#"{"a":"x"}"#), r#"{"a":"x"}"#);
        assert_eq!(convert(Conversion::List, r#"{"a": "x"}"#), r#"{"a": ["x"]}"#);
        assert_eq!(convert(Conversion::Object("id".into()), r#"{"a":"x"}"#), r#"{"a":{"id":"x"}}"#);
    }

    #[test]
    fn elements_and_members_are_put_where_they_belong() {
        let insert = |index, text: &str| {
            Edit::Insert { at: Pointer::parse("/l"), index, value: json!({"n": 9}) }.apply(text).unwrap()
        };
        assert_eq!(insert(0, r#"{"l": [1, 2]}"#), r#"{"l": [{"n":9},1, 2]}"#);
        assert_eq!(insert(7, r#"{"l": [1, 2]}"#), r#"{"l": [1, 2,{"n":9}]}"#);
        assert_eq!(insert(0, r#"{"l": [ ]}"#), r#"{"l": [{"n":9} ]}"#);
        assert_eq!(insert(0, r#"{"l": {}}"#), r#"{"l": {}}"#);
        let add = |name: &str, text: &str| {
            let at = Pointer::parse("/d/*");
            Edit::Add { at, name: name.into(), value: json!(true) }.apply(text).unwrap()
        };
        assert_eq!(add("z", r#"{"d": [{"a": 1}, {}]}"#), r#"{"d": [{"a": 1,"z":true}, {"z":true}]}"#);
        assert_eq!(add("a", r#"{"d": [{"a": 1}]}"#), r#"{"d": [{"a": 1}]}"#);
    }

    #[test]
    fn a_hoisted_object_leaves_its_members_behind() {
        let hoist = |text: &str| Edit::Hoist { at: Pointer::parse("/p") }.apply(text).unwrap();
        assert_eq!(hoist(r#"{"a": 1, "p": {"x": 1.0, "y": [2]}}"#), r#"{"a": 1, "x": 1.0, "y": [2]}"#);
        assert_eq!(hoist(r#"{"p": {}}"#), r#"{"p": {}}"#);
        assert_eq!(hoist(r#"{"p": 3}"#), r#"{"p": 3}"#);
    }

    #[test]
    fn escaped_names_are_found_and_new_names_are_escaped() {
        let rename = Edit::Rename { at: Pointer::root().key("ä\""), to: "q\"".into() };
        assert_eq!(rename.apply(r#"{"\u00e4\"":1}"#).unwrap(), r#"{"q\"":1}"#);
    }
}
