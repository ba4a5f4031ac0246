//! What tokens cost.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::ledger::Tokens;
use crate::mutation::matches;

/// A table of prices by model.
///
/// The built-in one is `data/prices.json` of this crate: list prices, with their sources and the day on which they were
/// looked up. Prices change; what is billed to you is said by a table of your own ([`Budget::prices`](super::Budget)).
///
/// # Examples
///
/// ```
/// use checkagent::budget::Prices;
///
/// let own = Prices::parse(r#"{"prices": [{"models": ["in-house-*"], "input": 0.5, "output": 2}]}"#)?;
/// assert_eq!(own.of("in-house-7b").map(|price| price.output), Some(2.0));
/// assert!(own.of("gpt-5").is_none());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// Where the prices are from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// The day on which they were looked up, as `2026-11-20`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// What is not in the numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The prices.
    pub prices: Vec<Price>,
}

/// What the tokens of some models cost, in USD per million.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Names of models as requests and replies have them; `*` stands for anything.
    pub models: Vec<String>,
    /// Tokens of requests.
    pub input: f64,
    /// Tokens of answers.
    pub output: f64,
}

impl Prices {
    /// The built-in table.
    #[must_use]
    pub fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Prices> = OnceLock::new();
        BUILTIN.get_or_init(|| Self::parse(include_str!("../../data/prices.json")).unwrap_or_default())
    }

    /// Reads a table.
    ///
    /// # Errors
    ///
    /// When the text is no such table, or a price is no amount.
    pub fn parse(text: &str) -> Result<Self, String> {
        let form =
            r#"write {"prices": [{"models": ["name-*"], "input": 2.5, "output": 10}]}, in USD per million tokens"#;
        let table: Self =
            serde_json::from_str(text).map_err(|error| format!("this is no price table: {error}; {form}"))?;
        let is_amount = |amount: f64| amount.is_finite() && amount >= 0.0;
        match table.prices.iter().find(|price| !(is_amount(price.input) && is_amount(price.output))) {
            Some(price) => Err(format!("the price of {} is no amount; {form}", price.models.join(", "))),
            None => Ok(table),
        }
    }

    /// The price of a model. Of several that fit, the one with the longest name wins; what stands in front of a `/` in
    /// the name (`models/`, `openai/`) does not count.
    #[must_use]
    pub fn of(&self, model: &str) -> Option<&Price> {
        let model = model.rsplit('/').next().unwrap_or(model);
        let fitting = self.prices.iter().flat_map(|price| price.models.iter().map(move |name| (name, price)));
        let fitting = fitting.filter(|(name, _)| matches(name, model));
        fitting.max_by_key(|(name, _)| (name.as_str() == model, name.len())).map(|(_, price)| price)
    }
}

impl Price {
    /// What so many tokens cost, in USD.
    #[must_use]
    pub fn cost(&self, tokens: Tokens) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "nobody pays for 2^53 tokens")]
        let [input, output] = [tokens.input as f64, tokens.output as f64];
        (input * self.input + output * self.output) / 1e6
    }
}

/// What these tokens cost together, in USD.
///
/// # Errors
///
/// When none of the tables has the price of a model, its name.
pub(super) fn cost(used: &BTreeMap<String, Tokens>, tables: &[&Prices]) -> Result<f64, String> {
    let price = |model: &str| tables.iter().find_map(|table| table.of(model));
    used.iter().try_fold(0.0, |sum, (model, tokens)| {
        let price = price(model).ok_or_else(|| model.clone())?;
        Ok(sum + price.cost(*tokens))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(model: &str) -> Option<[f64; 2]> {
        Prices::builtin().of(model).map(|price| [price.input, price.output])
    }

    #[test]
    fn the_built_in_table_can_be_read_and_says_where_it_is_from() {
        let table = Prices::builtin();
        assert!(table.prices.len() >= 40, "{}", table.prices.len());
        assert!(table.date.is_some() && !table.sources.is_empty());
        let mut names: Vec<_> = table.prices.iter().flat_map(|price| &price.models).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all, "a name stands there twice");
    }

    #[test]
    fn a_model_is_found_under_the_names_that_it_has() {
        for name in ["gpt-4o-mini", "gpt-4o-mini-2024-07-18", "openai/gpt-4o-mini"] {
            assert_eq!(price(name), Some([0.15, 0.6]), "{name}");
        }
        for name in ["gpt-4o", "gpt-4o-2024-08-06"] {
            assert_eq!(price(name), Some([2.5, 10.0]), "{name}");
        }
        for name in [
            "claude-sonnet-4-5",
            "claude-sonnet-4-5-20250929",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "claude-sonnet-4-5@20250929",
        ] {
            assert_eq!(price(name), Some([3.0, 15.0]), "{name}");
        }
        assert_eq!(price("models/gemini-2.5-flash"), Some([0.3, 2.5]));
        assert_eq!(price("gemini-2.5-flash-lite"), Some([0.1, 0.4]));
        assert_eq!(price("amazon.nova-pro-v1:0"), Some([0.8, 3.2]));
    }

    #[test]
    fn a_model_of_the_same_family_has_no_price_by_its_name_alone() {
        for name in ["gpt-5.99", "gpt-4o-audio-preview", "claude-opus-99", "gemini-99-pro", "", "gpt"] {
            assert_eq!(price(name), None, "{name}");
        }
    }

    #[test]
    fn the_whole_name_outranks_a_pattern_and_a_longer_pattern_a_shorter() {
        let line = |name: &str, input: f64| format!(r#"{{"models": ["{name}"], "input": {input}, "output": 0}}"#);
        let lines = [line("a-*", 1.0), line("a-b-*", 2.0), line("a-b-c", 3.0), line("*-b-c-long-name-of-a-model", 4.0)];
        let table = Prices::parse(&format!(r#"{{"prices": [{}]}}"#, lines.join(","))).unwrap();
        let input = |model: &str| table.of(model).map(|price| price.input);
        assert_eq!(
            (input("a-x"), input("a-b-x"), input("a-b-c"), input("b-x")),
            (Some(1.0), Some(2.0), Some(3.0), None)
        );
    }

    #[test]
    fn tokens_of_both_directions_are_paid_by_the_million() {
        let price = Price { models: vec!["m".to_owned()], input: 3.0, output: 15.0 };
        let cost = |input, output| price.cost(Tokens { input, output });
        assert!((cost(1_000_000, 0) - 3.0).abs() < 1e-12);
        assert!((cost(0, 1_000_000) - 15.0).abs() < 1e-12);
        assert!((cost(2_000, 100) - 0.0075).abs() < 1e-12);
    }

    #[test]
    fn the_first_table_outranks_the_next_and_an_unknown_model_is_named() {
        let table = |input: f64| Prices {
            prices: vec![Price { models: vec!["m".to_owned()], input, output: 0.0 }],
            ..Prices::default()
        };
        let tokens = Tokens { input: 500_000, output: 0 };
        let used = BTreeMap::from([("m".to_owned(), tokens)]);
        assert_eq!(cost(&used, &[&table(4.0), &table(8.0)]), Ok(2.0));
        assert_eq!(cost(&used, &[&Prices::default(), &table(8.0)]), Ok(4.0));
        let two = BTreeMap::from([("m".to_owned(), tokens), ("other".to_owned(), tokens)]);
        assert_eq!(cost(&two, &[&table(4.0), &Prices::default()]), Err("other".to_owned()));
    }

    #[test]
    fn what_is_no_table_says_what_to_write() {
        let bad_amount = r#"{"prices": [{"models": ["m"], "input": -1, "output": 0}]}"#;
        let bad_output = r#"{"prices": [{"models": ["m"], "input": 0, "output": -0.5}]}"#;
        for text in ["", "[]", r#"{"prices": [{"models": ["m"], "input": 1}]}"#, bad_amount, bad_output] {
            assert!(Prices::parse(text).unwrap_err().contains("USD per million"), "{text}");
        }
        assert!(Prices::parse(r#"{"prices": [{"models": ["m"], "input": 0, "output": 0}]}"#).is_ok());
    }
}
