//! What a test asks for: operators, which of their sites, and how they are put together.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::filter::{Filter, Where};
use super::operator::{Family, Operator};
use super::repeated::Repeated;

/// What stands in `mutations = [..]`: sets of operators, each with its own budget.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::{pairs, rate_limit, standard, Narrow};
///
/// // All that the recording supports, but for two, on one endpoint, at most 64 cases.
/// let some = standard().except("timeout").except("drift").at("GET /v1/records").budget(64);
/// // One operator, not before the fourth interaction.
/// let one = rate_limit().from(4);
/// // Several faults at once.
/// let both = pairs(standard()).budget(40);
/// ```
#[derive(Clone, Default)]
pub struct Mutations {
    sets: Vec<Set>,
    problems: Vec<String>,
}

/// Operators that share a budget.
#[derive(Clone)]
pub struct Set {
    /// The operators.
    pub wanted: Vec<Wanted>,
    /// How cases are made of them.
    pub how: How,
    /// Cases at most.
    pub budget: usize,
    /// A summary of failures that were seen (`cargo checkagent import --summary`), which says what comes first;
    /// relative to the crate's folder.
    pub weights: Option<PathBuf>,
}

/// An operator that a test asks for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The operator.
    pub operator: Arc<dyn Operator>,
    /// Whether the test named it; then the recording must have a place for it.
    pub named: bool,
    /// Which of its sites.
    pub filter: Filter,
}

/// How cases are made of operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum How {
    /// One fault a case.
    Alone,
    /// Several faults a case, so that every two sites of different families meet in one.
    Pairs,
    /// A bad day: every call may fail.
    Chaos {
        /// The name of its cases.
        name: &'static str,
        /// The share of calls that fail, in thousandths.
        per_mille: u32,
    },
}

/// Cases of a set at most, unless it says otherwise.
const BUDGET: usize = 256;
/// Days that are drawn, unless it is said how many.
const DAYS: usize = 16;

impl Mutations {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Operators as they come; a recording need not have a place for each.
    #[must_use]
    pub fn of(operators: impl IntoIterator<Item = Arc<dyn Operator>>) -> Self {
        let wanted = operators.into_iter().map(|operator| Wanted { operator, named: false, filter: Filter::default() });
        Self { sets: vec![Set::alone(wanted.collect())], problems: Vec::new() }
    }

    /// The sets.
    #[must_use]
    pub fn sets(&self) -> &[Set] {
        &self.sets
    }

    /// The operators of all sets.
    pub fn wanted(&self) -> impl Iterator<Item = &Wanted> {
        self.sets.iter().flat_map(|set| &set.wanted)
    }

    /// What a test asks for that there is not.
    pub(crate) fn problems(&self) -> &[String] {
        &self.problems
    }

    /// Only these: the id of an operator, the name of a family, or a pattern with `*`. Said twice, it is either.
    #[must_use]
    pub fn only(self, what: &str) -> Self {
        self.keep(&[what], true)
    }

    /// Only these, several at once.
    #[must_use]
    pub fn only_any(self, what: &[&str]) -> Self {
        self.keep(what, true)
    }

    /// Without these: the id of an operator, the name of a family, or a pattern with `*`.
    #[must_use]
    pub fn except(self, what: &str) -> Self {
        self.keep(&[what], false)
    }

    fn keep(mut self, what: &[&str], keep: bool) -> Self {
        for what in what {
            if !self.wanted().any(|wanted| is_meant(wanted.operator.as_ref(), what)) {
                let mut known: Vec<_> = self.wanted().map(|wanted| wanted.operator.id()).collect();
                known.extend(Family::ALL.map(Family::name));
                self.problems.push(format!("`{what}` is no operator or family here; known are {}", known.join(", ")));
            }
        }
        for set in &mut self.sets {
            set.wanted.retain(|wanted| what.iter().any(|what| is_meant(wanted.operator.as_ref(), what)) == keep);
        }
        self
    }

    /// Only at these interactions: a number, an operation (`GET /v1/records/*`) or a channel. Said twice, at either.
    #[must_use]
    pub fn at(self, place: impl Into<Where>) -> Self {
        let place = place.into();
        self.filtered(|filter| filter.at.push(place.clone()))
    }

    /// Only from the interaction of that number on.
    #[must_use]
    pub fn from(self, number: usize) -> Self {
        self.filtered(|filter| filter.from = filter.from.max(number))
    }

    /// Only after so many interactions: real limits come after some successes.
    #[must_use]
    pub fn after(self, number: usize) -> Self {
        self.from(number + 1)
    }

    fn filtered(mut self, change: impl Fn(&mut Filter)) -> Self {
        self.sets.iter_mut().flat_map(|set| &mut set.wanted).for_each(|wanted| change(&mut wanted.filter));
        self
    }

    /// So many times in a row, where an operator's fault passes by itself.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        for wanted in self.sets.iter_mut().flat_map(|set| &mut set.wanted) {
            wanted.operator = Arc::new(Repeated::new(Arc::clone(&wanted.operator), times));
        }
        self
    }

    /// At most so many cases of each set; 256 (16 days for a profile of chances) if it is not said.
    #[must_use]
    pub fn budget(mut self, cases: usize) -> Self {
        self.sets.iter_mut().for_each(|set| set.budget = cases);
        self
    }

    /// What was seen to fail comes first: a summary that `cargo checkagent import --summary` wrote. The path is
    /// relative to the crate's folder.
    #[must_use]
    pub fn weights(mut self, path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        self.sets.iter_mut().for_each(|set| set.weights = Some(path.clone()));
        self
    }

    /// Days on which every call may fail.
    pub(super) fn chaos(mut self, name: &'static str, per_mille: u32) -> Self {
        for set in &mut self.sets {
            set.how = How::Chaos { name, per_mille };
            set.budget = DAYS;
        }
        self
    }
}

/// Several faults in one case: every two sites of different families meet in at least one, as far as the budget goes.
///
/// Sites whose lie is plausible are left out, because nothing is proved there. A failing case is shrunk to the faults
/// that it takes.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::{pairs, standard};
///
/// let mutations = pairs(standard().only_any(&["transport", "pagination", "partial"])).budget(40);
/// ```
#[must_use]
pub fn pairs(mutations: impl IntoMutations) -> Mutations {
    let mut all = Mutations::new();
    mutations.add_to(&mut all);
    all.sets.iter_mut().for_each(|set| set.how = How::Pairs);
    all
}

impl Set {
    fn alone(wanted: Vec<Wanted>) -> Self {
        Self { wanted, how: How::Alone, budget: BUDGET, weights: None }
    }
}

fn is_meant(operator: &dyn Operator, what: &str) -> bool {
    matches(what, operator.id()) || operator.family().name() == what
}

/// Whether a text fits a pattern in which `*` stands for anything.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|start| text.strip_prefix(start)) else { return false };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let found = if parts.peek().is_none() {
            rest.strip_suffix(part).map(|_| rest.len())
        } else {
            rest.find(part).map(|at| at + part.len())
        };
        let Some(end) = found else { return false };
        rest = &rest[end..];
    }
    rest.is_empty()
}

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.wanted.iter().map(|wanted| wanted.operator.id()).collect();
        write!(f, "{:?} {ids:?}, at most {}", self.how, self.budget)
    }
}

impl fmt::Debug for Mutations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.sets).finish()
    }
}

/// What may stand in `mutations = [..]`: an operator, or a set of them such as [`standard()`](super::standard).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a mutation",
    label = "not a mutation",
    note = "use a built-in one such as `rate_limit()`, or implement `checkagent::mutation::Operator`"
)]
pub trait IntoMutations {
    /// Adds itself.
    fn add_to(self, mutations: &mut Mutations);
}

impl<O: Operator> IntoMutations for O {
    fn add_to(self, mutations: &mut Mutations) {
        let wanted = Wanted { operator: Arc::new(self), named: true, filter: Filter::default() };
        // Operators that are named one by one share a budget.
        let is_open = |set: &&mut Set| {
            let plain = set.budget == BUDGET && set.weights.is_none() && set.how == How::Alone;
            plain && set.wanted.iter().all(|wanted| wanted.named)
        };
        match mutations.sets.last_mut().filter(is_open) {
            Some(set) => set.wanted.push(wanted),
            None => mutations.sets.push(Set::alone(vec![wanted])),
        }
    }
}

impl IntoMutations for Mutations {
    fn add_to(self, mutations: &mut Mutations) {
        mutations.sets.extend(self.sets);
        mutations.problems.extend(self.problems);
    }
}

/// A single operator, narrowed: `rate_limit().at("GET /v1/records").times(2)`.
pub trait Narrow: IntoMutations + Sized {
    /// As [`Mutations::at`].
    #[must_use]
    fn at(self, place: impl Into<Where>) -> Mutations {
        of_one(self).at(place)
    }

    /// As [`Mutations::from`].
    #[must_use]
    fn from(self, number: usize) -> Mutations {
        of_one(self).from(number)
    }

    /// As [`Mutations::after`].
    #[must_use]
    fn after(self, number: usize) -> Mutations {
        of_one(self).after(number)
    }

    /// As [`Mutations::times`]; an operator's own `times` comes first where it has one.
    #[must_use]
    fn times(self, times: u32) -> Mutations {
        of_one(self).times(times)
    }

    /// As [`Mutations::budget`].
    #[must_use]
    fn budget(self, cases: usize) -> Mutations {
        of_one(self).budget(cases)
    }
}

impl<O: Operator> Narrow for O {}

fn of_one(mutation: impl IntoMutations) -> Mutations {
    let mut mutations = Mutations::new();
    mutation.add_to(&mut mutations);
    mutations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutation::{rate_limit, server_error, standard, timeout};

    fn ids(mutations: &Mutations) -> Vec<&'static str> {
        mutations.wanted().map(|wanted| wanted.operator.id()).collect()
    }

    #[test]
    fn operators_are_picked_by_id_family_and_pattern() {
        assert_eq!(ids(&standard().only("timeout")), ["timeout"]);
        let drift = standard().only("drift").except("rename_field");
        assert!(drift.wanted().all(|wanted| wanted.operator.family() == Family::Drift));
        assert!(!ids(&drift).contains(&"rename_field") && ids(&drift).contains(&"null_field"));
        assert!(ids(&standard().only("*_field")).contains(&"remove_field"));
    }

    #[test]
    fn a_name_that_means_nothing_is_a_problem() {
        assert_eq!(standard().only("drift").problems(), &[] as &[String]);
        let problems = standard().except("rate_limt");
        assert!(problems.problems()[0].starts_with("`rate_limt` is no operator or family here; known are "));
    }

    #[test]
    fn named_operators_share_a_budget_and_sets_have_their_own() {
        let mut all = Mutations::new();
        rate_limit().add_to(&mut all);
        timeout().add_to(&mut all);
        Narrow::after(server_error(), 3).budget(4).add_to(&mut all);
        standard().add_to(&mut all);
        let budgets: Vec<_> = all.sets().iter().map(|set| (set.budget, set.wanted.len().min(3))).collect();
        assert_eq!(budgets, [(256, 2), (4, 1), (256, 3)]);
        assert_eq!(all.sets()[1].wanted[0].filter.from, 4);
    }

    #[test]
    fn patterns_stand_for_anything_between() {
        assert!(matches("*@2:data.*", "rename@2:data.amount") && matches("a*", "a") && matches("*", ""));
        assert!(!matches("a", "ab") && !matches("*b", "abc") && !matches("a*b*c", "acb"));
    }
}
