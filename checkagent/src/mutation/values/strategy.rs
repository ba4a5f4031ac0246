//! Generated values: the only module that knows proptest.

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use super::draw::seed;

/// A source of values for one site, shrinking towards the simplest.
#[derive(Clone, Debug)]
pub struct Values {
    strategy: BoxedStrategy<Value>,
    tries: usize,
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
const TRIES: usize = 8;
/// Attempts to make a failing value simpler.
const SHRINKS: usize = 48;

impl Values {
    /// The values of a proptest strategy.
    #[must_use]
    pub fn new(strategy: impl Strategy<Value = Value> + 'static) -> Self {
        Self { strategy: strategy.boxed(), tries: TRIES }
    }

    /// How many values are tried in one case.
    #[must_use]
    pub fn tries(mut self, tries: usize) -> Self {
        self.tries = tries;
        self
    }

    /// The first value of that name.
    pub(crate) fn first(&self, name: &str) -> Option<Value> {
        self.clone().tries(1).search(name, |value| Some(value.clone())).failing.map(|(value, _)| value)
    }

    /// Tries the values; `test` returns something for a value that fails. The first failing value is shrunk.
    ///
    /// The values depend on `name` alone: the same name gives the same values in every run and on every machine.
    pub fn search<T>(&self, name: &str, mut test: impl FnMut(&Value) -> Option<T>) -> Found<T> {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed(name));
        // Not `Config::default()`: that one reads `PROPTEST_*` and would make a case depend on the environment.
        let config = Config { failure_persistence: None, ..Config::with_cases(1) };
        let mut runner = TestRunner::new_with_rng(config, rng);
        for tried in 1..=self.tries {
            let Ok(mut tree) = self.strategy.new_tree(&mut runner) else { break };
            let value = tree.current();
            let Some(first) = test(&value) else { continue };
            let mut simplest = (value, first);
            let mut left = SHRINKS;
            let mut going = tree.simplify();
            while going && left > 0 {
                left -= 1;
                let value = tree.current();
                going = match test(&value) {
                    Some(said) => {
                        simplest = (value, said);
                        tree.simplify()
                    }
                    None => tree.complicate(),
                };
            }
            return Found { tried, failing: Some(simplest) };
        }
        Found { tried: self.tries, failing: None }
    }
}

/// Strategies for values that are wrong in the ways of real data.
pub mod strategies {
    use proptest::prelude::{Just, Strategy, any, prop_oneof};
    use serde_json::{Value, json};

    use super::Values;

    /// Numbers that are not positive.
    #[must_use]
    pub fn not_positive() -> Values {
        Values::new(prop_oneof![Just(0_i64), -1_000_000_i64..=-1].prop_map(|number| json!(number)))
    }

    /// Negative numbers.
    #[must_use]
    pub fn negative() -> Values {
        Values::new((-1_000_000_i64..=-1).prop_map(|number| json!(number)))
    }

    /// Numbers with a fraction.
    #[must_use]
    pub fn fractions() -> Values {
        Values::new((1_i32..=1_000_000).prop_map(|number| json!(f64::from(number) + 0.5)))
    }

    /// The empty string.
    #[must_use]
    pub fn empty() -> Values {
        Values::new(Just(json!("")))
    }

    /// Text that has no known format and is in no enumeration.
    #[must_use]
    pub fn words() -> Values {
        let letters = proptest::collection::vec(proptest::char::range('a', 'z'), 3..12);
        Values::new(letters.prop_map(|letters| Value::from(format!("?{}", letters.into_iter().collect::<String>()))))
    }

    /// Other whole numbers around a positive one.
    #[must_use]
    pub fn other_integers(observed: i64) -> Values {
        let other = (1_i64..=1000).prop_map(move |step| json!(observed.saturating_add(step)));
        Values::new(other)
    }

    /// Numbers on the other side of what an `f64` or `i32` holds exactly.
    #[must_use]
    pub fn huge() -> Values {
        Values::new(any::<u32>().prop_map(|step| json!((1_u64 << 53) + u64::from(step))))
    }
}
