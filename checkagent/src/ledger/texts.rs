//! The texts that a call carries, in the order in which they were sent.

use serde_json::Value;

use super::call::Call;

/// A text that a call carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text<'c> {
    /// The part of the call.
    pub part: Where,
    /// The member or parameter that it is the value or the name of; empty where there is none.
    pub field: &'c str,
    /// The text.
    pub content: &'c str,
}

/// A part of a call. What is sent in pieces is put together within the first ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Where {
    /// A text of the document, or of the arguments.
    Value,
    /// The value of a parameter of the query.
    Query,
    /// A header, or a field that is redacted.
    Elsewhere,
    /// A segment of the path.
    Path,
    /// The name of a member or parameter.
    Name,
}

/// The texts of a call: segments of its path and parameters of its query as they were sent, names and texts of its
/// document, and what else it is known to carry.
pub(crate) fn texts(call: &Call) -> Vec<Text<'_>> {
    let (path, query) = call.target.split_once('?').unwrap_or((&call.target, ""));
    let mut texts: Vec<Text<'_>> =
        path.split('/').map(|content| Text { part: Where::Path, field: "", content }).collect();
    for pair in query.split('&') {
        let (field, content) = pair.split_once('=').unwrap_or((pair, ""));
        texts.push(Text { part: Where::Name, field, content: field });
        texts.push(Text { part: Where::Query, field, content });
    }
    if let Some(document) = &call.request {
        strings(document, &mut |text| texts.push(text));
    }
    texts.extend(call.carries.iter().map(|(field, content)| Text { part: Where::Elsewhere, field, content }));
    texts.retain(|text| !text.content.is_empty());
    texts
}

/// Every name and every text of a document.
pub(crate) fn strings<'v>(document: &'v Value, visit: &mut dyn FnMut(Text<'v>)) {
    fn walk<'v>(field: &'v str, value: &'v Value, visit: &mut dyn FnMut(Text<'v>)) {
        match value {
            Value::String(content) => visit(Text { part: Where::Value, field, content }),
            Value::Array(items) => items.iter().for_each(|item| walk(field, item, visit)),
            Value::Object(members) => {
                for (name, member) in members {
                    visit(Text { part: Where::Name, field: name, content: name });
                    walk(name, member, visit);
                }
            }
            _ => {}
        }
    }
    walk("", document, visit);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Where::{Elsewhere, Name, Path, Query};
    use super::*;
    use crate::ledger::Outcome;

    #[test]
    fn target_document_and_what_is_kept_beside_them_are_all_looked_at() {
        let call = Call {
            request: Some(json!({"to": ["a", "b"], "n": 5, "more": {"note": "c"}})),
            carries: vec![("x-trace".to_owned(), "d".to_owned())],
            ..Call::new("api", "GET /v1/find?q=e&flag", Outcome::Indulged)
        };
        let seen: Vec<_> = texts(&call).iter().map(|text| (text.part, text.field, text.content)).collect();
        assert_eq!(
            seen,
            [
                (Path, "", "v1"),
                (Path, "", "find"),
                (Name, "q", "q"),
                (Query, "q", "e"),
                (Name, "flag", "flag"),
                (Name, "more", "more"),
                (Name, "note", "note"),
                (Where::Value, "note", "c"),
                (Name, "n", "n"),
                (Name, "to", "to"),
                (Where::Value, "to", "a"),
                (Where::Value, "to", "b"),
                (Elsewhere, "x-trace", "d"),
            ]
        );
        assert_eq!(texts(&Call::new("code", "", Outcome::Indulged)), []);
    }
}
