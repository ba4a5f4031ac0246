//! All cases of one test: a pure function of plan and recording.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use checkagent_cassette::Request;

use super::case::Case;
use super::plan::Plan;
use crate::mutation::{Operator, Site, Wanted};
use crate::recording::Recording;

/// The baseline's companions: every way in which this test's world misbehaves.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// The cases, by operator in the test's order, then by site.
    pub cases: Vec<Case>,
    /// Operators for which the recording has no place.
    pub inapplicable: Vec<&'static str>,
    /// How many sites of an operator did not fit into the budget.
    pub left_out: BTreeMap<&'static str, usize>,
}

/// Why a test's mutations cannot be applied to its recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixError(String);

impl fmt::Display for MatrixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for MatrixError {}

/// Cases of one test at most.
const BUDGET: usize = 256;

impl Matrix {
    /// Expands a plan over its recording. No agent runs.
    ///
    /// # Errors
    ///
    /// When the test names a mutation for which the recording has no place, or expects a verdict of a case that there
    /// is not.
    pub fn expand(plan: &Plan, recording: &Recording) -> Result<Self, MatrixError> {
        let mutations = plan.wanted();
        let wanted = mutations.wanted();
        let operators: Vec<_> = wanted.iter().map(|wanted| Arc::clone(&wanted.operator)).collect();
        let sites: Vec<_> = operators.iter().map(|operator| ranked(supported(operator.as_ref(), recording))).collect();
        let mut matrix = Self::default();
        for (Wanted { operator, named }, sites) in wanted.iter().zip(&sites) {
            if sites.is_empty() && *named {
                return Err(MatrixError(format!(
                    "mutation `{}` finds no place in the cassette `{}`; take it out of `mutations`, or record a session in which the agent does what it applies to",
                    operator.id(),
                    recording.cassette().header().name
                )));
            }
            if sites.is_empty() {
                matrix.inapplicable.push(operator.id());
            }
        }
        let kept = within_budget(&sites);
        let mut names = BTreeSet::new();
        for ((operator, sites), kept) in operators.iter().zip(sites).zip(kept) {
            if sites.len() > kept {
                *matrix.left_out.entry(operator.id()).or_default() += sites.len() - kept;
            }
            let mut cases: Vec<_> =
                sites.into_iter().take(kept).map(|site| Case::new(Arc::clone(operator), site)).collect();
            cases.sort_by_key(|case| case.site().interaction);
            matrix.cases.extend(cases.into_iter().map(|case| unique(case, &mut names)));
        }
        matrix.check_expectations(plan, &operators)?;
        Ok(matrix)
    }

    /// The case of that name.
    #[must_use]
    pub fn case(&self, name: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.name() == name)
    }

    fn check_expectations(&self, plan: &Plan, operators: &[Arc<dyn Operator>]) -> Result<(), MatrixError> {
        for expectation in plan.expectations() {
            let known = operators.iter().any(|operator| operator.id() == expectation.case)
                || self.cases.iter().any(|case| expectation.covers(case.name()));
            if !known {
                let names: Vec<_> = operators.iter().map(|operator| operator.id()).collect();
                return Err(MatrixError(format!(
                    "`expect` names `{}`, which is no case of this test; operators are {}, cases are listed by `--list`",
                    expectation.case,
                    names.join(", ")
                )));
            }
        }
        Ok(())
    }
}

/// The sites of an operator at interactions that are true enough for it, and that an agent can come to: there is no seam
/// for the model of a trace.
fn supported(operator: &dyn Operator, recording: &Recording) -> Vec<Site> {
    let mut sites = operator.sites(recording);
    sites.retain(|site| {
        let interaction = recording.interaction(site.interaction);
        let model_of_a_trace = matches!(interaction.request, Request::Call(_)) && interaction.asks_a_model();
        interaction.fidelity >= operator.needs() && !model_of_a_trace
    });
    sites
}

fn ranked(mut sites: Vec<Site>) -> Vec<Site> {
    sites.sort_by_key(|site| std::cmp::Reverse(site.rank));
    sites
}

/// How many sites of each operator are kept: one of each in turn, so that none is crowded out.
fn within_budget(sites: &[Vec<Site>]) -> Vec<usize> {
    let mut kept = vec![0; sites.len()];
    let mut left = BUDGET;
    while left > 0 {
        let mut moved = false;
        for (kept, sites) in kept.iter_mut().zip(sites) {
            if left > 0 && *kept < sites.len() {
                *kept += 1;
                left -= 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    kept
}

/// Two sites may look alike in a name; the second gets a number.
fn unique(case: Case, names: &mut BTreeSet<String>) -> Case {
    let base = case.name().to_owned();
    let mut name = base.clone();
    let mut number = 2;
    while !names.insert(name.clone()) {
        name = format!("{base}~{number}");
        number += 1;
    }
    case.renamed(name)
}
