//! Generated values: the search for one that fails, and for the simplest of its kind.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use super::draw::seed;

/// A source of values for one site, shrinking towards the simplest.
///
/// It may hold several kinds of values. They are tried in turn, each shrinks within its kind; the first kinds should be
/// the simpler ones.
///
/// # Examples
///
/// ```
/// use checkagent::mutation::strategies::{empty, negative, zero};
///
/// let wrong = zero().or(negative()).or(empty());
/// let found = wrong.search("a name", |value| value.as_i64().filter(|number| *number < 0));
/// assert_eq!(found.failing.unwrap().1, -1);
/// ```
#[derive(Clone)]
pub struct Values {
    kinds: Vec<Kind>,
    fits: Option<Fits>,
    tries: usize,
    shrinks: usize,
}

type Fits = Arc<dyn Fn(&Value) -> bool + Send + Sync>;

#[derive(Clone)]
struct Kind {
    strategy: BoxedStrategy<Value>,
    /// One of its values; for those that are chosen without being generated.
    sample: Option<Value>,
}

/// What came out of trying values.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<T> {
    /// How many values were tried before one failed, or in all.
    pub tried: usize,
    /// The simplest value that fails, with what the test said of it.
    pub failing: Option<(Value, T)>,
}

/// Values that are tried, unless it is said otherwise.
const TRIES: usize = 64;
/// Values that are tried where a model reacts to each.
const FEW: usize = 4;
/// Draws for each value that is to be tried, at most.
const ROUNDS: usize = 8;
/// Attempts to make a failing value simpler: enough to halve a number of 64 bits down to the first that fails, twice.
const SHRINKS: usize = 256;
/// Attempts to draw a value that is asked for.
const DRAWS: usize = 16;

impl Values {
    /// The values of a proptest strategy.
    #[must_use]
    pub fn new(strategy: impl Strategy<Value = Value> + 'static) -> Self {
        Self {
            kinds: vec![Kind { strategy: strategy.boxed(), sample: None }],
            fits: None,
            tries: TRIES,
            shrinks: SHRINKS,
        }
    }

    /// The values of a proptest strategy, of which this is one.
    pub(super) fn like(sample: impl Into<Value>, strategy: impl Strategy<Value = Value> + 'static) -> Self {
        let kind = Kind { strategy: strategy.boxed(), sample: Some(sample.into()) };
        Self { kinds: vec![kind], fits: None, tries: TRIES, shrinks: SHRINKS }
    }

    /// These, and in turn with them values of other kinds.
    #[must_use]
    pub fn or(mut self, others: Self) -> Self {
        self.kinds.extend(others.kinds);
        self
    }

    /// Only values for which this is true; also while they are made simpler.
    #[must_use]
    pub fn only(mut self, fits: impl Fn(&Value) -> bool + Send + Sync + 'static) -> Self {
        let before = self.fits.take();
        self.fits = Some(Arc::new(move |value| before.as_ref().is_none_or(|before| before(value)) && fits(value)));
        self
    }

    /// How many values are drawn in one case; each is tried once.
    #[must_use]
    pub fn tries(mut self, tries: usize) -> Self {
        self.tries = tries;
        self
    }

    /// The first few of the values, and nothing simpler than those: for cases in which each value costs the reaction of a
    /// model.
    #[must_use]
    pub(crate) fn few(self) -> Self {
        Self { tries: self.tries.min(FEW), shrinks: 0, ..self }
    }

    /// The first value of that name.
    pub(crate) fn first(&self, name: &str) -> Option<Value> {
        self.clone().tries(1).search(name, |value| Some(value.clone())).failing.map(|(value, _)| value)
    }

    /// One value of each kind that has one to show.
    pub(super) fn samples(&self) -> impl Iterator<Item = &Value> {
        self.kinds.iter().filter_map(|kind| kind.sample.as_ref())
    }

    /// Tries the values; `test` returns something for a value that fails. The first failing value is shrunk.
    ///
    /// The values depend on `name` alone: the same name gives the same values in every run and on every machine.
    pub fn search<T>(&self, name: &str, mut test: impl FnMut(&Value) -> Option<T>) -> Found<T> {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed(name));
        // Not `Config::default()`: that one reads `PROPTEST_*` and would make a case depend on the environment.
        let config = Config { failure_persistence: None, ..Config::with_cases(1) };
        let mut runner = TestRunner::new_with_rng(config, rng);
        let mut passed = HashSet::new();
        // Kinds of few values repeat themselves; the others make up for it.
        for kind in self.kinds.iter().cycle().take(self.tries.saturating_mul(ROUNDS)) {
            if passed.len() >= self.tries {
                break;
            }
            let Some(mut tree) = self.draw(kind, &mut runner) else { continue };
            let value = tree.current();
            let written = value.to_string();
            if passed.contains(&written) {
                continue;
            }
            let Some(first) = test(&value) else {
                passed.insert(written);
                continue;
            };
            let tried = passed.len() + 1;
            let mut simplest = (value, first);
            let mut left = self.shrinks;
            let mut going = left > 0 && tree.simplify();
            while going && left > 0 {
                let value = tree.current();
                let said = if self.fits(&value) {
                    left -= 1;
                    test(&value)
                } else {
                    None
                };
                going = match said {
                    Some(said) => {
                        simplest = (value, said);
                        tree.simplify()
                    }
                    None => tree.complicate(),
                };
            }
            return Found { tried, failing: Some(simplest) };
        }
        Found { tried: passed.len(), failing: None }
    }

    /// A value of that kind that fits; none of a kind that seems to have none.
    fn draw(&self, kind: &Kind, runner: &mut TestRunner) -> Option<Box<dyn ValueTree<Value = Value>>> {
        let mut draws = (0..DRAWS).filter_map(|_| kind.strategy.new_tree(runner).ok());
        draws.find(|tree| self.fits(&tree.current()))
    }

    fn fits(&self, value: &Value) -> bool {
        self.fits.as_ref().is_none_or(|fits| fits(value))
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let samples: Vec<_> = self.kinds.iter().map(|kind| &kind.sample).collect();
        f.debug_struct("Values").field("kinds", &samples).field("tries", &self.tries).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::strategies;
    use super::*;

    #[test]
    fn the_same_name_gives_the_same_values() {
        let values = strategies::positive().or(strategies::words());
        let drawn = |name: &str| {
            let mut drawn = Vec::new();
            values.search(name, |value| -> Option<()> {
                drawn.push(value.clone());
                None
            });
            drawn
        };
        assert_eq!(drawn("a"), drawn("a"));
        assert_ne!(drawn("a"), drawn("b"));
        assert_eq!(drawn("a").len(), TRIES);
        assert_eq!(strategies::zero().search("a", |_| None::<()>).tried, 1);
    }

    #[test]
    fn few_values_are_the_first_ones_and_are_not_made_simpler() {
        let values = strategies::positive().or(strategies::negative());
        let tried = |values: &Values, fails: &dyn Fn(usize) -> bool| {
            let mut tried = Vec::new();
            let found = values.search("a", |value| {
                tried.push(value.clone());
                fails(tried.len()).then(|| value.clone())
            });
            (tried, found)
        };
        let (all, _) = tried(&values, &|_| false);
        let (few, found) = tried(&values.clone().few(), &|_| false);
        assert_eq!((few.as_slice(), found.tried), (&all[..FEW], FEW));
        let (few, found) = tried(&values.clone().few(), &|number| number == 2);
        assert_eq!(few, all[..2]);
        assert_eq!(found.failing, Some((all[1].clone(), all[1].clone())));
        assert_eq!(tried(&values.tries(2).few(), &|_| false).0, all[..2]);
    }

    #[test]
    fn what_does_not_fit_is_neither_tried_nor_found() {
        let odd = |value: &Value| value.as_i64().is_some_and(|number| number % 2 != 0);
        let values = strategies::positive().or(strategies::zero()).only(odd).only(|value| *value != json!(1));
        for name in 0..50 {
            let mut tried = Vec::new();
            let found = values.search(&name.to_string(), |value| {
                tried.push(value.clone());
                value.as_i64().filter(|number| *number > 1000)
            });
            assert!(tried.iter().all(|value| odd(value) && *value != json!(1)));
            assert!(found.failing.is_some_and(|(_, number)| number % 2 != 0));
        }
    }

    #[test]
    fn a_source_without_values_that_fit_finds_nothing() {
        let none = strategies::zero().only(|_| false).search("a", |_| Some(()));
        assert_eq!(none, Found { tried: 0, failing: None });
    }
}
