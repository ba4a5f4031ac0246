//! How the world differs in one case: data that the world carries out.

use std::time::Duration;

use checkagent_cassette::analysis::{Endpoint, ItemFailure};
use checkagent_cassette::json::Edit;
use checkagent_cassette::{HttpReply, Reply};

use super::fault::{Fault, Loss};
use super::wait::Refusal;

/// How the world differs from the recording.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Bend {
    /// A fault in front of an interaction, so many times. The interaction is not consumed: a retry gets through.
    Fault {
        /// The interaction's number.
        at: usize,
        /// What happens instead.
        fault: Fault,
        /// How often.
        times: u32,
    },
    /// The channel is limited from the moment that an interaction is first asked for, until the virtual clock has
    /// passed the promised wait. Calls before that count as wait violations where the wait was promised.
    Limit {
        /// The interaction's number.
        at: usize,
        /// The promised wait.
        wait: Duration,
        /// How the service says so.
        refusal: Refusal,
    },
    /// The whole channel fails from the moment that an interaction is first asked for. Nothing is done meanwhile.
    Outage {
        /// The interaction's number.
        at: usize,
        /// What happens to every call.
        fault: Fault,
        /// How long.
        until: Until,
    },
    /// A page token is no longer accepted, until the page that issued it has been asked for again.
    Expire {
        /// The interaction that uses the token.
        at: usize,
        /// The interaction whose reply issued it.
        issued_by: usize,
        /// How the service refuses it.
        reply: HttpReply,
    },
    /// The effect is done, and its reply never arrives, or not as it was sent.
    Lose {
        /// The interaction's number.
        at: usize,
        /// How the reply is lost.
        loss: Loss,
    },
    /// The reply comes late: the client may have given up by then. What was asked for is done.
    Delay {
        /// The interaction's number.
        at: usize,
        /// Virtual time on top of the recorded latency.
        by: Duration,
        /// How often.
        times: u32,
    },
    /// A reply is changed, and stays changed when it is asked for again.
    Rewrite {
        /// The interaction's number.
        at: usize,
        /// Which replies are changed.
        scope: Scope,
        /// The changes.
        rewrite: Rewrite,
    },
    /// Another reply in the place of the recorded one. What was asked for is done.
    Replace {
        /// The interaction's number.
        at: usize,
        /// The reply.
        reply: Reply,
        /// How often; `None` for as long as the case goes on.
        times: Option<u32>,
    },
    /// Some items of a batch are not done, and the reply says so. A retry of these items is answered.
    PartlyDone {
        /// The interaction's number.
        at: usize,
        /// The items that fail, by position. What depends on them is not done either.
        failed: Vec<usize>,
        /// How they fail.
        failure: ItemFailure,
    },
    /// Several of these, which belong together: an item that moves from one page to the next.
    All(Vec<Bend>),
}

impl Bend {
    /// The interaction that is bent first; 0 for none.
    pub(crate) fn interaction(&self) -> usize {
        match self {
            Self::Fault { at, .. }
            | Self::Limit { at, .. }
            | Self::Outage { at, .. }
            | Self::Expire { at, .. }
            | Self::Lose { at, .. }
            | Self::Delay { at, .. }
            | Self::Rewrite { at, .. }
            | Self::Replace { at, .. }
            | Self::PartlyDone { at, .. } => *at,
            Self::All(bends) => bends.iter().map(Self::interaction).min().unwrap_or_default(),
        }
    }

    /// The bends that this is made of.
    pub(crate) fn parts(self) -> Vec<Self> {
        match self {
            Self::All(bends) => bends.into_iter().flat_map(Self::parts).collect(),
            other => vec![other],
        }
    }

    /// The same, so many times where a number of times makes sense.
    pub(crate) fn repeated(self, times: u32) -> Self {
        match self {
            Self::Fault { at, fault, .. } => Self::Fault { at, fault, times },
            Self::Delay { at, by, .. } => Self::Delay { at, by, times },
            Self::Replace { at, reply, times: Some(_) } => Self::Replace { at, reply, times: Some(times) },
            Self::Outage { at, fault, until: Until::Calls(_) } => {
                Self::Outage { at, fault, until: Until::Calls(times) }
            }
            Self::All(bends) => Self::All(bends.into_iter().map(|bend| bend.repeated(times)).collect()),
            other => other,
        }
    }
}

/// When an outage is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// After so many failed calls.
    Calls(u32),
    /// After so much virtual time.
    Elapsed(Duration),
    /// Never, as long as the case goes on.
    Never,
}

/// Which replies a rewrite changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Only the named one, each time that it is asked for.
    Interaction,
    /// The named one and every later reply of that endpoint: schema drift.
    EndpointFrom(Endpoint),
}

/// What changes in a reply; everything else of it stays, byte by byte.
///
/// # Examples
///
/// ```
/// use checkagent::cassette::json::{Edit, Pointer};
/// use checkagent::mutation::Rewrite;
///
/// let gone = Rewrite::edit(Edit::Remove { at: Pointer::parse("/next") }).header("link", None);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rewrite {
    /// Changes to the JSON document, one after the other. A place that a reply does not have is left alone.
    pub edits: Vec<Edit>,
    /// Headers that get another value, or `None` to be taken out; lower-case names.
    pub headers: Vec<(String, Option<String>)>,
    /// Another status.
    pub status: Option<u16>,
}

impl Rewrite {
    /// One change to the JSON document.
    #[must_use]
    pub fn edit(edit: Edit) -> Self {
        Self { edits: vec![edit], ..Self::default() }
    }

    /// Several changes to the JSON document, one after the other.
    #[must_use]
    pub fn edits(edits: Vec<Edit>) -> Self {
        Self { edits, ..Self::default() }
    }

    /// With another value of a header, or without it.
    #[must_use]
    pub fn header(mut self, name: &str, value: Option<&str>) -> Self {
        self.headers.push((name.to_owned(), value.map(str::to_owned)));
        self
    }

    /// With another status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// The reply with these changes.
    #[must_use]
    pub fn apply(&self, reply: &Reply) -> Reply {
        let mut reply = if self.edits.is_empty() { reply.clone() } else { reply.edited(&self.edits) };
        if let Reply::Http(http) = &mut reply {
            if let Some(status) = self.status {
                http.status = status;
            }
            for (name, value) in &self.headers {
                let at = http.headers.iter().position(|(known, _)| *known == **name);
                match (at, value) {
                    (Some(at), Some(value)) => http.headers[at].1 = value.as_str().into(),
                    (None, Some(value)) => http.headers.push((name.as_str().into(), value.as_str().into())),
                    (_, None) => http.headers.retain(|(known, _)| *known != **name),
                }
            }
        }
        reply
    }
}
