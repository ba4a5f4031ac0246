//! How a reply differs from the recorded one.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use checkagent_cassette::analysis::{Difference, differences};
use checkagent_cassette::{CallReply, Reply};

/// One way in which the reply that an agent got differs from the recorded one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// A place of its document.
    Value(Difference),
    /// A header.
    Header {
        /// The name.
        name: String,
        /// The recorded value, if there is one.
        before: Option<String>,
        /// The value that the agent got, if it got one.
        after: Option<String>,
    },
    /// The status.
    Status {
        /// The recorded one.
        before: u16,
        /// The one that the agent got.
        after: u16,
    },
    /// The bytes, their pieces or their end: not a difference between two documents.
    Content {
        /// What was recorded, in short.
        before: String,
        /// What the agent got, in short.
        after: String,
    },
    /// It came so much later, in milliseconds.
    Late {
        /// The virtual time on top of the recorded latency.
        by_ms: u64,
    },
}

impl Change {
    /// What stands in the document now, where it did not stand before.
    #[must_use]
    pub fn new_value(&self) -> Option<&Value> {
        match self {
            Self::Value(difference) => difference.right.as_ref(),
            _ => None,
        }
    }
}

/// Every difference between two replies.
pub(crate) fn changes(before: &Reply, after: &Reply) -> Vec<Change> {
    let mut changes = Vec::new();
    match (before, after) {
        (Reply::Http(old), Reply::Http(new)) => {
            if old.status != new.status {
                changes.push(Change::Status { before: old.status, after: new.status });
            }
            let names = old.headers.iter().chain(&new.headers).map(|(name, _)| name.as_str());
            let mut seen: Vec<&str> = Vec::new();
            for name in names {
                if seen.contains(&name) {
                    continue;
                }
                seen.push(name);
                let (before, after) = (old.header(name), new.header(name));
                if before != after {
                    let owned = |value: Option<&str>| value.map(str::to_owned);
                    changes.push(Change::Header { name: name.to_owned(), before: owned(before), after: owned(after) });
                }
            }
            let (documents, same_end) = ((before.json(), after.json()), old.ending == new.ending);
            match documents {
                (Some(left), Some(right)) if same_end => {
                    changes.extend(differences(&left, &right).into_iter().map(Change::Value));
                }
                _ if old.content != new.content || !same_end => {
                    changes.push(Change::Content { before: in_short(before), after: in_short(after) });
                }
                _ => {}
            }
            // Other pieces of the same bytes are a difference too.
            if changes.is_empty() && old.content != new.content {
                changes.push(Change::Content { before: in_short(before), after: in_short(after) });
            }
        }
        (Reply::Call(CallReply::Returned(old)), Reply::Call(CallReply::Returned(new))) => {
            changes.extend(differences(old, new).into_iter().map(Change::Value));
        }
        (before, after) if before != after => {
            changes.push(Change::Content { before: in_short(before), after: in_short(after) });
        }
        _ => {}
    }
    changes
}

fn in_short(reply: &Reply) -> String {
    match reply {
        Reply::Http(http) => {
            let pieces = match &http.content {
                checkagent_cassette::Content::Frames(frames) => format!(" in {} pieces", frames.len()),
                checkagent_cassette::Content::Whole(_) => String::new(),
            };
            let bytes = http.body().to_bytes().len();
            format!("{bytes} bytes{pieces}, {}", http.ending.name().replace('_', " "))
        }
        Reply::Call(CallReply::Returned(value)) => value.to_string(),
        Reply::Call(CallReply::Failed(message)) => format!("failed: {message}"),
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        match self {
            Self::Value(difference) => difference.fmt(f),
            Self::Header { name, before, after } => {
                write!(f, "header `{name}`: {} became {}", or_none(before), or_none(after))
            }
            Self::Status { before, after } => write!(f, "status {before} became {after}"),
            Self::Content { before, after } => write!(f, "{before} became {after}"),
            Self::Late { by_ms } => write!(f, "{} s late", by_ms / 1000),
        }
    }
}
