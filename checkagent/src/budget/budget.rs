//! Limits of a run; what a test does not say is derived from its baseline.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::prices::{self, Price, Prices};
use super::usage::Usage;

/// How much a run may use. What is passed makes a case *runaway*.
///
/// A limit that a test gives is hard. One that it does not give follows from what the agent uses undisturbed, and is so
/// wide that an agent which tries eight times with exponential back-off stays within it:
///
/// | limit | without a word |
/// |---|---|
/// | [`calls`](Self::calls) | five times those of the baseline, and 20 |
/// | [`identical`](Self::identical) calls in a row | five times the longest row of the baseline, and 20 |
/// | [`early`](Self::early) calls | 1: a race is no loop |
/// | [`tokens`](Self::tokens) | five times those of the baseline, and 20 times its largest answer; none where replies do not say |
/// | [`retries`](Self::retries) of a request | as many as the calls allow |
/// | [`time`](Self::time) | none: what does not come to an end is *hung* |
/// | [`cost`](Self::cost) | none: it follows from the tokens |
///
/// # Examples
///
/// ```
/// use checkagent::Budget;
///
/// let budget = Budget::new().calls(40).retries(3).cost(0.05);
/// assert_eq!(budget.calls_allowed(6), 40);
/// assert_eq!(Budget::new().calls_allowed(6), 50);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budget {
    #[serde(skip_serializing_if = "Option::is_none")]
    calls: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retries: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identical: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    early: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<u64>,
    /// In USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_ms: Option<u64>,
    /// The test's own prices.
    prices: Prices,
    /// The file in which more of them stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<PathBuf>,
    /// What stands there.
    prices_of_file: Prices,
    /// Why that file could not be read.
    #[serde(skip)]
    unreadable: Option<String>,
}

/// So many times what the baseline uses.
const TIMES: usize = 5;
/// And so much more, because a baseline of one call says little.
const MORE: usize = 20;
const EARLY_CALLS: usize = 1;

impl Budget {
    /// The budget that follows from the baseline.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// So many calls of any kind, at most. The case ends with the next one.
    #[must_use]
    pub fn calls(mut self, most: usize) -> Self {
        self.calls = Some(most);
        self
    }

    /// So many retries of each request, at most: the same request again after a try that failed.
    #[must_use]
    pub fn retries(mut self, most: usize) -> Self {
        self.retries = Some(most);
        self
    }

    /// The same call so many times in a row, at most, without a second of virtual time between two of them; of a model:
    /// the same tools with the same arguments, answer after answer.
    #[must_use]
    pub fn identical(mut self, most: usize) -> Self {
        self.identical = Some(most);
        self
    }

    /// So many calls before a promised wait is over, at most.
    #[must_use]
    pub fn early(mut self, most: usize) -> Self {
        self.early = Some(most);
        self
    }

    /// So many tokens, at most: those of requests and answers together, as replies of models say.
    #[must_use]
    pub fn tokens(mut self, most: u64) -> Self {
        self.tokens = Some(most);
        self
    }

    /// So many US dollars, at most, for the tokens that replies of models say.
    #[must_use]
    pub fn cost(mut self, most: f64) -> Self {
        self.cost = Some(most);
        self
    }

    /// So much virtual time, at most.
    #[must_use]
    pub fn time(mut self, most: Duration) -> Self {
        self.time_ms = Some(u64::try_from(most.as_millis()).unwrap_or(u64::MAX));
        self
    }

    /// What tokens cost, from a file in the crate's folder, in the form of [`Prices`]. It outranks the built-in table.
    #[must_use]
    pub fn prices(mut self, file: impl Into<PathBuf>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// What the tokens of a model cost, in USD per million; `*` in its name stands for anything. It outranks a file.
    #[must_use]
    pub fn price(mut self, model: &str, input: f64, output: f64) -> Self {
        self.prices.prices.push(Price { models: vec![model.to_owned()], input, output });
        self
    }

    /// The same with the prices of its file, which is looked up in a folder.
    pub(crate) fn with_file(mut self, in_folder: impl Fn(&Path) -> PathBuf) -> Self {
        let Some(path) = self.file.as_deref().map(in_folder) else { return self };
        let read = std::fs::read_to_string(&path).map_err(|error| error.to_string());
        match read.and_then(|text| Prices::parse(&text)) {
            Ok(table) => self.prices_of_file = table,
            Err(error) => self.unreadable = Some(format!("{}: {error}", path.display())),
        }
        self
    }

    /// Calls that a run may make whose baseline makes so many.
    #[must_use]
    pub fn calls_allowed(&self, undisturbed: usize) -> usize {
        self.calls.unwrap_or_else(|| wide(undisturbed))
    }

    /// Identical calls in a row that a run may make whose baseline makes so many.
    #[must_use]
    pub fn identical_allowed(&self, undisturbed: usize) -> usize {
        self.identical.unwrap_or_else(|| wide(undisturbed))
    }

    /// Calls that a run may make before a promised wait is over.
    #[must_use]
    pub fn early_allowed(&self) -> usize {
        self.early.unwrap_or(EARLY_CALLS)
    }

    /// Retries of one request, if the test limits them.
    #[must_use]
    pub fn retries_allowed(&self) -> Option<usize> {
        self.retries
    }

    /// Tokens that a run may use whose baseline used this; `None` where the replies of the baseline do not say.
    #[must_use]
    pub fn tokens_allowed(&self, undisturbed: &Usage) -> Option<u64> {
        let all = undisturbed.all_tokens().all();
        let [times, more] = [TIMES, MORE].map(|factor| factor as u64);
        let derived = all.saturating_mul(times).saturating_add(undisturbed.most_tokens.saturating_mul(more));
        self.tokens.or((all > 0).then_some(derived))
    }

    /// US dollars that a run may cost, if the test limits them.
    #[must_use]
    pub fn cost_allowed(&self) -> Option<f64> {
        self.cost
    }

    /// Virtual time that a run may take, if the test limits it.
    #[must_use]
    pub fn time_allowed(&self) -> Option<Duration> {
        self.time_ms.map(Duration::from_millis)
    }

    /// What a run cost, in US dollars.
    ///
    /// # Errors
    ///
    /// When the price of a model is not known, its name.
    pub fn cost_of(&self, usage: &Usage) -> Result<f64, String> {
        prices::cost(&usage.tokens, &[&self.prices, &self.prices_of_file, Prices::builtin()])
    }

    /// Why a limit of the test cannot be held against runs whose baseline used this, and what to do about it.
    pub(crate) fn undecidable(&self, undisturbed: &Usage) -> Option<String> {
        if let Some(reason) = &self.unreadable {
            return Some(format!("the prices of the budget cannot be read: {reason}"));
        }
        let limits = match (self.cost, self.tokens) {
            (Some(_), _) => "the cost",
            (None, Some(_)) => "tokens",
            (None, None) => return None,
        };
        if undisturbed.untold > 0 {
            let untold = undisturbed.untold;
            let hint = "OpenAI's streams do so with `stream_options: {\"include_usage\": true}`; record again with it, or \
                        limit calls instead";
            return Some(format!(
                "the budget limits {limits}, but {untold} replies of models do not say what they took ({hint})"
            ));
        }
        if undisturbed.tokens.is_empty() {
            let hint = "limit calls instead";
            return Some(format!("the budget limits {limits}, but no model is asked in this recording; {hint}"));
        }
        let unknown = self.cost.and_then(|_| self.cost_of(undisturbed).err())?;
        Some(format!(
            "the budget limits the cost, but what `{unknown}` costs is not known; add it: \
             `Budget::new().price(\"{unknown}\", input, output)` in USD per million tokens, or `.prices(\"prices.json\")`"
        ))
    }
}

fn wide(undisturbed: usize) -> usize {
    undisturbed.saturating_mul(TIMES).saturating_add(MORE)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::ledger::Tokens;

    fn usage(model: &str, input: u64, output: u64) -> Usage {
        let tokens = BTreeMap::from([(model.to_owned(), Tokens { input, output })]);
        Usage { tokens, most_tokens: 7, identical: 2, ..Usage::default() }
    }

    #[test]
    fn without_a_word_limits_follow_from_the_baseline() {
        let budget = Budget::new();
        assert_eq!((budget.calls_allowed(0), budget.calls_allowed(6)), (20, 50));
        assert_eq!((budget.identical_allowed(0), budget.identical_allowed(2)), (20, 30));
        assert_eq!(budget.early_allowed(), 1);
        assert_eq!(budget.tokens_allowed(&usage("m", 100, 10)), Some(5 * 110 + 20 * 7));
        assert_eq!(budget.tokens_allowed(&Usage::default()), None);
        assert_eq!((budget.retries_allowed(), budget.cost_allowed(), budget.time_allowed()), (None, None, None));
        assert_eq!(budget.calls_allowed(usize::MAX), usize::MAX);
    }

    #[test]
    fn what_a_test_says_is_hard() {
        let budget = Budget::new().calls(3).retries(2).identical(4).early(0).tokens(90).cost(0.5);
        let budget = budget.time(Duration::from_secs(60));
        assert_eq!((budget.calls_allowed(6), budget.identical_allowed(6), budget.early_allowed()), (3, 4, 0));
        assert_eq!((budget.retries_allowed(), budget.tokens_allowed(&usage("m", 100, 10))), (Some(2), Some(90)));
        assert_eq!(budget.tokens_allowed(&Usage::default()), Some(90));
        assert_eq!((budget.cost_allowed(), budget.time_allowed()), (Some(0.5), Some(Duration::from_secs(60))));
    }

    #[test]
    fn a_budget_can_be_stored() {
        let budget = Budget::new().calls(3).cost(0.5).price("m", 1.0, 2.0).time(Duration::from_millis(1500));
        let text = serde_json::to_string(&budget).unwrap();
        assert_eq!(serde_json::from_str::<Budget>(&text).unwrap(), budget);
        assert_eq!(serde_json::from_str::<Budget>("{}").unwrap(), Budget::new());
        assert!(serde_json::from_str::<Budget>(r#"{"cals": 3}"#).is_err());
    }

    #[test]
    fn prices_of_the_test_outrank_the_built_in_ones() {
        let own = Budget::new().price("gpt-5", 100.0, 0.0);
        assert_eq!(own.cost_of(&usage("gpt-5", 10_000, 5)), Ok(1.0));
        assert_eq!(own.cost_of(&usage("gpt-4o", 1_000_000, 0)), Ok(2.5));
        assert_eq!(own.cost_of(&usage("in-house", 1, 1)), Err("in-house".to_owned()));
    }

    #[test]
    fn a_file_of_prices_is_read_and_a_value_outranks_it() {
        let folder = tempfile::tempdir().unwrap();
        let lines =
            r#"{"prices": [{"models": ["a"], "input": 1, "output": 0}, {"models": ["b"], "input": 2, "output": 0}]}"#;
        std::fs::write(folder.path().join("prices.json"), lines).unwrap();
        let in_folder = |path: &Path| folder.path().join(path);
        let budget = Budget::new().price("b*", 8.0, 0.0).prices("prices.json").with_file(in_folder);
        assert_eq!(budget.cost_of(&usage("a", 1_000_000, 0)), Ok(1.0));
        assert_eq!(budget.cost_of(&usage("b", 1_000_000, 0)), Ok(8.0));
        assert_eq!(budget.undecidable(&usage("a", 1, 1)), None);
        let missing = Budget::new().cost(1.0).prices("other.json").with_file(in_folder);
        let reason = missing.undecidable(&usage("gpt-5", 1, 1)).unwrap();
        assert!(reason.contains("other.json"), "{reason}");
        std::fs::write(folder.path().join("prices.json"), "{}").unwrap();
        let broken = Budget::new().prices("prices.json").with_file(in_folder).undecidable(&Usage::default()).unwrap();
        assert!(broken.contains("USD per million"), "{broken}");
    }

    #[test]
    fn a_limit_that_nothing_can_be_held_against_says_so() {
        let reason = |budget: Budget, usage: &Usage| budget.undecidable(usage).unwrap_or_default();
        let known = usage("gpt-5", 10, 1);
        let silent = Usage { untold: 2, ..known.clone() };
        assert_eq!(reason(Budget::new().calls(1), &silent), "");
        assert_eq!(reason(Budget::new().cost(1.0).tokens(5), &known), "");
        assert!(reason(Budget::new().tokens(5), &silent).starts_with("the budget limits tokens, but 2 replies"));
        assert!(reason(Budget::new().cost(5.0), &silent).starts_with("the budget limits the cost, but 2 replies"));
        assert!(reason(Budget::new().tokens(5), &Usage::default()).contains("no model is asked"));
        let unpriced = usage("in-house", 1, 1);
        assert!(reason(Budget::new().cost(1.0), &unpriced).contains(".price(\"in-house\", input, output)"));
        assert_eq!(reason(Budget::new().tokens(5), &unpriced), "");
        assert_eq!(reason(Budget::new().cost(1.0).price("in-*", 1.0, 1.0), &unpriced), "");
    }
}
