//! A JSON text under change: everything that is not changed keeps its bytes.

use std::ops::Range;

use serde_json::Value;

use crate::format::Reply;
use crate::json::scan::{Entry, children};
use crate::json::{Edit, Pointer, Step, apply_all};

/// The text of a reply while items of it are written anew.
#[derive(Debug)]
pub(super) struct Draft {
    text: String,
}

/// An element of a list that is written anew.
#[derive(Debug)]
pub(super) enum Line {
    /// The recorded element at that place.
    Kept(usize),
    New(Value),
}

impl Draft {
    /// The reply with its document changed.
    pub(super) fn of(reply: &Reply, change: impl FnOnce(&mut Self)) -> Reply {
        reply.map_document(|text| {
            let mut draft = Self { text: text.to_owned() };
            change(&mut draft);
            Some(draft.text)
        })
    }

    /// Sets a member of the document, which may be new.
    pub(super) fn put(&mut self, name: &str, value: &Value) {
        let set = Edit::Set { at: Pointer::root().key(name), value: value.clone() };
        let add = Edit::Add { at: Pointer::root(), name: name.to_owned(), value: value.clone() };
        self.edit(&[set, add]);
    }

    pub(super) fn edit(&mut self, edits: &[Edit]) {
        if let Some(text) = apply_all(&self.text, edits) {
            self.text = text;
        }
    }

    /// Writes a list anew.
    pub(super) fn list(&mut self, at: &Pointer, lines: Vec<Line>) {
        let Some(range) = self.range(at) else { return };
        let elements = children(&self.text, &range);
        let text_of = |line| match line {
            Line::Kept(place) => elements.get(place).map(|entry: &Entry| self.text[entry.value.clone()].to_owned()),
            Line::New(value) => Some(value.to_string()),
        };
        let lines: Vec<String> = lines.into_iter().filter_map(text_of).collect();
        self.text.replace_range(range, &format!("[{}]", lines.join(",")));
    }

    fn range(&self, at: &Pointer) -> Option<Range<usize>> {
        let start = self.text.len() - self.text.trim_start().len();
        let mut range = start..self.text.trim_end().len();
        for step in at.steps() {
            let entries = children(&self.text, &range);
            let found = match step {
                Step::Key(name) => entries.into_iter().find(|entry| self.is_named(entry, name)),
                Step::Index(index) => entries.into_iter().nth(*index),
                Step::Each => None,
            };
            range = found?.value;
        }
        Some(range)
    }

    fn is_named(&self, entry: &Entry, name: &str) -> bool {
        let key = entry.key.clone().map(|range| &self.text[range]);
        key.is_some_and(|key| serde_json::from_str::<String>(key).is_ok_and(|key| key == name))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::format::{Body, Content, HttpReply};

    fn changed(text: &str, change: impl FnOnce(&mut Draft)) -> String {
        let content = Content::Whole(Body::from_bytes(text.as_bytes()));
        let reply = Reply::Http(HttpReply { status: 200, content, ..HttpReply::default() });
        let Reply::Http(reply) = Draft::of(&reply, change) else { unreachable!() };
        String::from_utf8(reply.body().to_bytes().into_owned()).unwrap()
    }

    #[test]
    fn what_is_not_touched_keeps_its_bytes_even_when_it_moves() {
        let text = r#"{"z":1.10,"items":[{"b":1.0,"a":2},{"c":"\u00e9"}]}"#;
        let lines = vec![Line::Kept(1), Line::New(json!(7)), Line::Kept(0), Line::Kept(9)];
        let items = Pointer::root().key("items");
        assert_eq!(
            changed(text, |draft| draft.list(&items, lines)),
            r#"{"z":1.10,"items":[{"c":"\u00e9"},7,{"b":1.0,"a":2}]}"#
        );
    }

    #[test]
    fn a_member_is_set_or_added() {
        assert_eq!(changed(r#"{"b":1}"#, |draft| draft.put("b", &json!(2))), r#"{"b":2}"#);
        assert_eq!(changed(r#"{"b":1}"#, |draft| draft.put("a", &json!([]))), r#"{"b":1,"a":[]}"#);
        assert_eq!(changed("{}\n", |draft| draft.put("a", &json!(1))), "{\"a\":1}\n");
        assert_eq!(changed("[1]", |draft| draft.put("a", &json!(1))), "[1]");
    }
}
