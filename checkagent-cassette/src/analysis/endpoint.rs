//! Requests that ask for the same kind of thing.

use std::fmt;

use crate::format::{Interaction, Request};
use crate::key::id_tokens;

/// A channel and an operation on it, with ids in the path replaced: `GET /records/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// The channel.
    pub channel: String,
    /// `GET /v1/records/{id}`, or the name of a call.
    pub operation: String,
}

impl Endpoint {
    /// The endpoint of a recorded interaction.
    #[must_use]
    pub fn of(interaction: &Interaction) -> Self {
        Self::of_request(&interaction.channel, &interaction.request)
    }

    /// The endpoint of a request on a channel.
    #[must_use]
    pub fn of_request(channel: &str, request: &Request) -> Self {
        let operation = match request {
            Request::Http(request) => {
                let segments: Vec<_> = request.path().split('/').map(template).collect();
                format!("{} {}", request.method, segments.join("/"))
            }
            Request::Call(call) => call.name.to_string(),
        };
        Self { channel: channel.to_owned(), operation }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.operation)
    }
}

fn template(segment: &str) -> &str {
    let number = !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
    if number || id_tokens(segment).next().is_some() { "{id}" } else { segment }
}
