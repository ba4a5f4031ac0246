//! Which sites of an operator a test asks for.

use checkagent_cassette::Interaction;
use checkagent_cassette::analysis::Endpoint;

use super::mutations::matches;

/// Which sites are kept; all if nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// At any of these; anywhere if there is none.
    pub at: Vec<Where>,
    /// From the interaction of that number on.
    pub from: usize,
}

/// A place in a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// The interaction of that number, counted from 1.
    Number(usize),
    /// A channel (`records`), what is asked (`GET /v1/records/17`), or the operation (`GET /v1/records/{id}`); `*`
    /// stands for anything.
    Named(String),
}

impl Filter {
    /// Whether an interaction is meant.
    #[must_use]
    pub fn keeps(&self, interaction: &Interaction) -> bool {
        interaction.number >= self.from && (self.at.is_empty() || self.at.iter().any(|place| place.is(interaction)))
    }
}

impl Where {
    fn is(&self, interaction: &Interaction) -> bool {
        match self {
            Self::Number(number) => *number == interaction.number,
            Self::Named(name) => {
                matches(name, &interaction.channel)
                    || matches(name, &interaction.request.label())
                    || matches(name, &Endpoint::of(interaction).operation)
            }
        }
    }
}

impl From<usize> for Where {
    fn from(number: usize) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Where {
    fn from(name: &str) -> Self {
        Self::Named(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::recording;

    #[test]
    fn places_are_named_by_number_channel_request_and_operation() {
        let get = |target| ("GET", target, Value::Null, json!({}));
        let recording = recording(&[get("/v1/records"), get("/v1/records/17"), get("/v1/users")]);
        let kept = |at: Where, from| {
            let filter = Filter { at: vec![at], from };
            let kept = recording.interactions().iter().filter(|interaction| filter.keeps(interaction));
            kept.map(|interaction| interaction.number).collect::<Vec<_>>()
        };
        assert_eq!(kept(2.into(), 0), [2]);
        assert_eq!(kept("api".into(), 2), [2, 3]);
        assert_eq!(kept("GET /v1/records*".into(), 0), [1, 2]);
        assert_eq!(kept("GET /v1/records/{id}".into(), 0), [2]);
    }
}
