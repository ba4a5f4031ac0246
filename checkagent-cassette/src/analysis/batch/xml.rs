//! Elements of an XML text, as far as flat documents need them.

use std::ops::Range;

/// An element: where it stands with its tags, and where its content.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Element {
    pub whole: Range<usize>,
    pub content: Range<usize>,
}

/// The elements of that name, in order. An element in one of the same name is not looked for.
pub(super) fn elements(text: &str, name: &str) -> Vec<Element> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find(&open)).map(|start| start + at) {
        let Some(tag) = text.get(start + open.len()..) else { break };
        at = start + open.len();
        // `<DeleteResult>` is no `<Delete>`.
        if !tag.starts_with(|c: char| c == '>' || c == '/' || c.is_whitespace()) {
            continue;
        }
        let Some(end) = tag.find('>') else { break };
        let inner = at + end + 1;
        if tag[..end].ends_with('/') {
            found.push(Element { whole: start..inner, content: inner..inner });
            at = inner;
            continue;
        }
        let Some(length) = text[inner..].find(&close) else { break };
        at = inner + length + close.len();
        found.push(Element { whole: start..at, content: inner..inner + length });
    }
    found
}

/// The content of the first element of that name.
pub(super) fn content<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let first = elements(text, name).into_iter().next()?;
    Some(&text[first.content])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_told_from_others_that_begin_alike() {
        let text =
            r#"<?xml version="1.0"?><Delete xmlns="u"><Object><Key>a</Key></Object><Object ><Key/></Object></Delete>"#;
        assert_eq!(elements(text, "Object").len(), 2);
        assert_eq!((content(text, "Key"), content(text, "Del")), (Some("a"), None));
        assert_eq!(content("<a><b></a>", "b"), None);
        assert_eq!(content("<a", "a"), None);
    }
}
