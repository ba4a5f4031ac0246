//! All cases of one test: a pure function of plan and recording.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::budget::divide;
use super::candidate::{Candidate, candidates};
use super::case::{Case, combined_name};
use super::combination::{self, Combinations};
use super::failures::Failures;
use super::plan::Plan;
use crate::mutation::{Family, Filter, How, IntoMutations, Mutations, Set, Site};
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
    /// How well the cases of several faults cover, set by set.
    pub coverage: Vec<Coverage>,
    /// Everything that could be a case, also what did not fit into the budget.
    candidates: Vec<Candidate>,
}

/// How many pairs of faults meet in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Pairs that at least one case has.
    pub covered: usize,
    /// All pairs.
    pub of: usize,
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

/// The group of cases of several faults that were put together by pairs.
const PAIRS: &str = "pairs";

impl Matrix {
    /// Expands a plan over its recording. No agent runs.
    ///
    /// # Errors
    ///
    /// When the test names a mutation for which the recording has no place or that there is not, expects a verdict of
    /// a case that there is not, or names a summary of failures that cannot be read.
    pub fn expand(plan: &Plan, recording: &Recording) -> Result<Self, MatrixError> {
        let in_crate = |path: &Path| plan.in_crate(path);
        let matrix = Self::of_sets(&plan.wanted(), recording, &in_crate)?;
        matrix.check_expectations(plan)?;
        Ok(matrix)
    }

    /// Expands mutations over a recording, without a test; paths are relative to the current folder.
    ///
    /// # Errors
    ///
    /// As [`Matrix::expand`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use checkagent::cassette::Cassette;
    /// use checkagent::mutation::standard;
    /// use checkagent::{Matrix, Recording};
    ///
    /// let recording = Recording::new(Cassette::load("cassettes/export.json")?, Vec::new());
    /// for case in Matrix::of(standard(), &recording)?.cases {
    ///     println!("{}", case.name());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(mutations: impl IntoMutations, recording: &Recording) -> Result<Self, MatrixError> {
        let mut all = Mutations::new();
        mutations.add_to(&mut all);
        Self::of_sets(&all, recording, &Path::to_owned)
    }

    fn of_sets(
        mutations: &Mutations,
        recording: &Recording,
        in_crate: &dyn Fn(&Path) -> PathBuf,
    ) -> Result<Self, MatrixError> {
        if let Some(problem) = mutations.problems().first() {
            return Err(MatrixError(format!("mutations: {problem}")));
        }
        let mut matrix = Self::default();
        let mut names = BTreeSet::new();
        for set in mutations.sets() {
            let failures = match &set.weights {
                Some(path) => Some(Failures::load(&in_crate(path)).map_err(MatrixError)?),
                None => None,
            };
            let candidates = candidates(set, recording, failures.as_ref());
            matrix.check_named(&candidates, recording)?;
            let cases = match set.how {
                How::Alone => matrix.alone(&candidates, set.budget),
                _ => matrix.together(set, &candidates, recording),
            };
            if cases.is_empty()
                && let Some(problem) = nothing_made_of(set)
            {
                return Err(MatrixError(problem));
            }
            matrix.cases.extend(cases.into_iter().map(|case| unique(case, &mut names)));
            matrix.candidates.extend(candidates);
        }
        Ok(matrix)
    }

    /// What the recording has no place for, by name: whole families, and single operators of the others.
    #[must_use]
    pub fn nowhere(&self) -> Vec<&'static str> {
        let family_of = |id: &str| {
            let of = self.candidates.iter().find(|candidate| candidate.operator.id() == id);
            of.map(|candidate| candidate.operator.family())
        };
        let is_empty = |family: Family| {
            let mut of = self.candidates.iter().filter(|candidate| candidate.operator.family() == family).peekable();
            // A single operator is better called by its own name.
            of.clone().count() > 1 && of.peek().is_some() && of.all(|candidate| candidate.sites.is_empty())
        };
        let mut names = Vec::new();
        for id in &self.inapplicable {
            let name = family_of(id).filter(|family| is_empty(*family)).map_or(*id, Family::name);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The case of that name.
    #[must_use]
    pub fn case(&self, name: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.name() == name)
    }

    /// The case of that name, also one that is not among the cases: what did not fit into the budget, and any faults
    /// together (`empty_list@2+timeout@5`).
    #[must_use]
    pub fn find(&self, name: &str, recording: &Recording) -> Option<Case> {
        if let Some(case) = self.case(name) {
            return Some(case.clone());
        }
        let part = |part: &str| {
            let (id, site) = part.split_once('@')?;
            let of = self.candidates.iter().filter(|candidate| candidate.operator.id() == id);
            of.flat_map(|candidate| candidate.sites.iter().map(move |site| (candidate, site)))
                .find(|(_, known)| known.to_string() == site)
        };
        let parts: Option<Vec<_>> = name.split('+').map(part).collect();
        match parts?.as_slice() {
            [(candidate, site)] => Some(Case::new(Arc::clone(&candidate.operator), (*site).clone())),
            parts => {
                let with_value =
                    |(candidate, site): &(&Candidate, &Site)| combination::with_value(candidate, site, recording);
                let mutations: Vec<_> = parts.iter().map(with_value).collect();
                Case::together(combined_name(&mutations), PAIRS, mutations)
            }
        }
    }

    fn check_named(&mut self, candidates: &[Candidate], recording: &Recording) -> Result<(), MatrixError> {
        for candidate in candidates.iter().filter(|candidate| candidate.sites.is_empty()) {
            let id = candidate.operator.id();
            if candidate.named {
                return Err(MatrixError(format!(
                    "mutation `{id}` finds no place in the cassette `{}`; take it out of `mutations`, or record a session in which the agent does what it applies to",
                    recording.cassette().header().name
                )));
            }
            if !self.inapplicable.contains(&id) {
                self.inapplicable.push(id);
            }
        }
        Ok(())
    }

    fn alone(&mut self, candidates: &[Candidate], budget: usize) -> Vec<Case> {
        let weights: Vec<_> = candidates.iter().map(|candidate| (candidate.weight, candidate.sites.len())).collect();
        let mut all = Vec::new();
        for (Candidate { operator, sites, .. }, kept) in candidates.iter().zip(divide(budget, &weights)) {
            if sites.len() > kept {
                *self.left_out.entry(operator.id()).or_default() += sites.len() - kept;
            }
            let sites = sites.iter().take(kept).cloned();
            let mut cases: Vec<_> = sites.map(|site| Case::new(Arc::clone(operator), site)).collect();
            cases.sort_by_key(|case| case.site().interaction);
            all.extend(cases);
        }
        all
    }

    fn together(&mut self, set: &Set, candidates: &[Candidate], recording: &Recording) -> Vec<Case> {
        let (group, Combinations { cases, pairs, open }) = match set.how {
            How::Chaos { name, per_mille } => {
                (name, combination::days(candidates, name, per_mille, set.budget, recording))
            }
            _ => (PAIRS, combination::pairs(candidates, set.budget, recording)),
        };
        if pairs > 0 {
            self.coverage.push(Coverage { covered: pairs - open, of: pairs });
        }
        let name = |index: usize| format!("{group}@{:02}", index + 1);
        let cases = cases.into_iter().enumerate();
        cases.filter_map(|(index, faults)| Case::together(name(index), group, faults)).collect()
    }

    fn check_expectations(&self, plan: &Plan) -> Result<(), MatrixError> {
        for expectation in plan.expectations() {
            let known = self.candidates.iter().any(|candidate| candidate.operator.id() == expectation.case)
                || self.cases.iter().any(|case| case.group() == expectation.case || expectation.covers(case.name()));
            if !known {
                let mut names: Vec<_> = self.candidates.iter().map(|candidate| candidate.operator.id()).collect();
                names.dedup();
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

/// Why a set without a case is a mistake; `None` where it only says that the recording supports nothing of it.
fn nothing_made_of(set: &Set) -> Option<String> {
    let narrowed = set.wanted.iter().any(|wanted| wanted.filter != Filter::default());
    Some(match set.how {
        How::Pairs => {
            "`pairs(..)` makes no case: it takes sites of two families at which something can be proved".to_owned()
        }
        How::Chaos { name, .. } => {
            format!("`{name}()` makes no case: the recording has no place for any of its faults")
        }
        How::Alone if set.wanted.is_empty() => {
            "a set of mutations is empty: `only` and `except` left nothing".to_owned()
        }
        How::Alone if narrowed => "a set of mutations makes no case: the recording has nothing of it there".to_owned(),
        How::Alone => return None,
    })
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
