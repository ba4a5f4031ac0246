//! What tells calls apart.

use std::fmt;

use serde_json::Value;

use checkagent_cassette::json::Pointer;

use super::document::plain;
use crate::ledger::Call;

/// Where the value stands by which calls are told apart.
#[derive(Clone, Debug)]
pub(super) enum Key {
    /// In the document.
    Place(Pointer),
    /// In the path, where the pattern has `{..}`.
    Path(Vec<String>),
}

impl Key {
    /// `/order_id` is a place in the document, `/orders/{order}` a part of the path.
    pub(super) fn parse(text: &str) -> Self {
        if text.contains('{') {
            return Self::Path(text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect());
        }
        Self::Place(Pointer::parse(text))
    }

    /// Every value that a call has there.
    pub(super) fn values(&self, call: &Call) -> Vec<String> {
        match self {
            Self::Place(place) => {
                let document = call.request.as_ref().unwrap_or(&Value::Null);
                place.resolve(document).into_iter().filter_map(|(_, value)| plain(value)).collect()
            }
            Self::Path(pattern) => in_path(pattern, &call.target).into_iter().collect(),
        }
    }

    /// Why a text is none.
    pub(super) fn problem(text: &str) -> Option<String> {
        let is_place = text.starts_with('/') && text.len() > 1;
        (!is_place && !text.contains('{')).then(|| {
            format!("`{text}` is no place in a document: write `/{text}`, or a part of the path, `/orders/{{order}}`")
        })
    }
}

/// What stands in a path for the parts in braces, where the pattern occurs in it.
fn in_path(pattern: &[String], target: &str) -> Option<String> {
    let path = target.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    parts.windows(pattern.len().max(1)).find_map(|window| {
        let mut values = Vec::new();
        for (wanted, part) in pattern.iter().zip(window) {
            if wanted.starts_with('{') {
                values.push(*part);
            } else if wanted != part {
                return None;
            }
        }
        (!values.is_empty()).then(|| values.join("/"))
    })
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Place(place) => place.fmt(f),
            Self::Path(pattern) => write!(f, "/{}", pattern.join("/")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{carrying, served};
    use super::*;

    #[test]
    fn a_key_stands_in_the_document_or_in_the_path() {
        let call = carrying(
            1,
            "POST /v1/orders/o-1/items/7?x=/orders/no",
            json!({"order": "o-2", "items": [{"n": 1}, {"n": 2}]}),
        );
        for (key, values) in [
            ("/order", vec!["o-2"]),
            ("/items/*/n", vec!["1", "2"]),
            ("/other", vec![]),
            ("/orders/{order}", vec!["o-1"]),
            ("orders/{order}/items/{item}", vec!["o-1/7"]),
            ("/orders/{order}/refunds", vec![]),
            ("{any}", vec!["v1"]),
        ] {
            assert_eq!(Key::parse(key).values(&call), values, "{key}");
        }
        assert!(Key::parse("/order").values(&served(1, "GET /order")).is_empty());
        assert_eq!(Key::parse("orders/{order}").to_string(), "/orders/{order}");
        assert_eq!(Key::parse("/a/b").to_string(), "/a/b");
    }

    #[test]
    fn what_is_no_key_is_told() {
        for good in ["/a", "/orders/{o}", "{o}"] {
            assert_eq!(Key::problem(good), None);
        }
        for bad in ["a", "/", ""] {
            assert!(Key::problem(bad).is_some(), "{bad}");
        }
        assert!(Key::problem("a").is_some_and(|problem| problem.contains("`/a`") && problem.contains("{order}")));
    }
}
