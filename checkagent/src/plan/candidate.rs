//! The sites that a recording has for an operator.

use std::sync::Arc;

use checkagent_cassette::Request;

use super::failures::Failures;
use crate::mutation::{Operator, Set, Site, Wanted, usual};
use crate::recording::Recording;

/// An operator that a test asks for, with its sites, best first.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub operator: Arc<dyn Operator>,
    pub named: bool,
    /// Its share of the budget.
    pub weight: u32,
    pub sites: Vec<Site>,
}

/// The candidates of a set.
pub(super) fn candidates(set: &Set, recording: &Recording, failures: Option<&Failures>) -> Vec<Candidate> {
    let of = |wanted: &Wanted| {
        let Wanted { operator, named, filter } = wanted;
        let mut sites = supported(operator.as_ref(), recording);
        sites.retain(|site| filter.keeps(recording.interaction(site.interaction)));
        let mut weight = usual(operator.as_ref());
        if let Some(failures) = failures {
            weight = failures.weight(operator.as_ref()).unwrap_or(weight);
            for site in &mut sites {
                let operation = &recording.endpoint(site.interaction).operation;
                site.rank = site.rank.saturating_add(failures.rank(operator.as_ref(), operation));
            }
        }
        sites.sort_by_key(|site| std::cmp::Reverse(site.rank));
        Candidate { operator: Arc::clone(operator), named: *named, weight, sites }
    };
    set.wanted.iter().map(of).collect()
}

/// The sites of an operator at interactions that are true enough for it, and that an agent can come to: there is no seam
/// for the model of a trace.
fn supported(operator: &dyn Operator, recording: &Recording) -> Vec<Site> {
    let mut sites = operator.sites(recording);
    sites.retain(|site| {
        // A user's operator may name what is not there.
        let Some(interaction) = site.interaction.checked_sub(1).and_then(|at| recording.interactions().get(at)) else {
            return false;
        };
        let model_of_a_trace =
            matches!(interaction.request, Request::Call(_)) && recording.asks_a_model(interaction.number);
        interaction.fidelity >= operator.needs() && !model_of_a_trace
    });
    sites
}
