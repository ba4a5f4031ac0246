//! The recorded request that an unrecorded one resembles most.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::diff::{Difference, differences};
use crate::format::{Interaction, Request};

/// The nearest recorded request, and what differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nearest {
    /// Its interaction's number.
    pub number: usize,
    /// What it is called: `GET /v1/records`.
    pub label: String,
    /// From the recorded request to the new one.
    pub differences: Vec<Difference>,
}

impl fmt::Display for Nearest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 5;
        write!(f, "nearest is interaction {} ({})", self.number, self.label)?;
        for difference in self.differences.iter().take(SHOWN) {
            write!(f, "; {difference}")?;
        }
        match self.differences.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more differences"),
        }
    }
}

/// Finds the recorded request on the same channel with the fewest differences.
#[must_use]
pub fn nearest(channel: &str, request: &Request, interactions: &[Interaction]) -> Option<Nearest> {
    let asked = document(request);
    interactions
        .iter()
        .filter(|interaction| interaction.channel == *channel)
        .map(|interaction| (interaction, differences(&document(&interaction.request), &asked)))
        // Another method or path is further away than any difference in parameters.
        .min_by_key(|(_, differences)| differences.iter().map(weight).sum::<usize>())
        .map(|(interaction, differences)| Nearest {
            number: interaction.number,
            label: interaction.request.label(),
            differences,
        })
}

fn weight(difference: &Difference) -> usize {
    match difference.at.steps().first() {
        Some(step) if *step == crate::json::Step::Key("method".into()) => 200,
        Some(step) if *step == crate::json::Step::Key("path".into()) => 100,
        _ => 1,
    }
}

/// A request as one document, so that any difference has a pointer.
fn document(request: &Request) -> Value {
    let mut document = serde_json::Map::new();
    match request {
        Request::Http(request) => {
            document.insert("method".into(), request.method.as_str().into());
            document.insert("path".into(), request.path().split('/').skip(1).collect::<Vec<_>>().into());
            let query = request.query().split('&').filter(|pair| !pair.is_empty());
            let query = query.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
            let query: serde_json::Map<_, _> = query.map(|(name, value)| (name.to_owned(), value.into())).collect();
            document.insert("query".into(), query.into());
            let body = request.body.json().or_else(|| request.body.text().map(Value::from));
            document.insert("body".into(), body.unwrap_or_default());
        }
        Request::Call(call) => {
            document.insert("call".into(), call.name.as_str().into());
            document.insert("args".into(), call.args.clone());
        }
    }
    document.into()
}
