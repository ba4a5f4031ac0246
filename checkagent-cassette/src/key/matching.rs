//! What of a request does not count when it is matched.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json::Pointer;

/// The volatile parts of requests: what differs from run to run without meaning anything.
///
/// Written into the cassette's header, because recording and replay must leave out the same things.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::key::Matching;
///
/// let matching = Matching::default().ignore_query("nonce").ignore_field("/meta/sent_at");
/// assert!(matching.ignores_query("nonce"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ignore_query: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ignore_fields: Vec<Pointer>,
}

/// Members that tracing and transport put into JSON requests by themselves.
const ALWAYS_VOLATILE: [&str; 4] = ["traceparent", "tracestate", "baggage", "progressToken"];

impl Matching {
    /// Leaves out a query parameter.
    #[must_use]
    pub fn ignore_query(mut self, name: impl Into<String>) -> Self {
        self.ignore_query.push(name.into());
        self.ignore_query.sort();
        self
    }

    /// Leaves out a place of the JSON body, as a pointer in which `*` stands for every element.
    #[must_use]
    pub fn ignore_field(mut self, pointer: &str) -> Self {
        self.ignore_fields.push(Pointer::parse(pointer));
        self.ignore_fields.sort();
        self
    }

    /// Whether that query parameter is left out.
    #[must_use]
    pub fn ignores_query(&self, name: &str) -> bool {
        self.ignore_query.iter().any(|ignored| ignored == name)
    }

    pub(super) fn ignores_member(&self, place: &Pointer, name: &str) -> bool {
        ALWAYS_VOLATILE.contains(&name) || self.ignore_fields.iter().any(|ignored| ignored.covers(place))
    }

    pub(super) fn has_fields(&self) -> bool {
        !self.ignore_fields.is_empty()
    }

    pub(crate) fn to_json(&self) -> Option<Value> {
        (*self != Self::default()).then(|| serde_json::to_value(self).unwrap_or_default())
    }
}
