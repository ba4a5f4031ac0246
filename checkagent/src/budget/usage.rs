//! What a run used.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::streak::Streak;
use crate::ledger::{Ledger, Tokens};

/// What a run used, beside its calls and its time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Tokens by model, as far as replies say it.
    pub tokens: BTreeMap<String, Tokens>,
    /// The most tokens that a single answer of a model took, with its request.
    pub most_tokens: u64,
    /// Answers of models that do not say what they took.
    pub untold: usize,
    /// The longest row of identical calls without a wait between them, see [`Streak`].
    pub identical: usize,
    /// Calls by [operation](crate::Call::operation).
    pub operations: BTreeMap<String, usize>,
}

impl Usage {
    /// What a run used that left this ledger.
    #[must_use]
    pub fn of(ledger: &Ledger) -> Self {
        let identical = Streak::longest(ledger).map_or(0, |streak| streak.length);
        let mut operations = BTreeMap::new();
        for call in &ledger.calls {
            *operations.entry(call.operation()).or_default() += 1;
        }
        Self { identical, operations, ..Self::of_models(ledger) }
    }

    /// What the models took in a run, and nothing else.
    pub(crate) fn of_models(ledger: &Ledger) -> Self {
        let mut usage = Self::default();
        for turn in ledger.calls.iter().filter_map(|call| call.model.as_ref()) {
            let Some(tokens) = turn.tokens else {
                usage.untold += 1;
                continue;
            };
            usage.most_tokens = usage.most_tokens.max(tokens.all());
            let sum = match usage.tokens.get_mut(&turn.model) {
                Some(sum) => sum,
                None => usage.tokens.entry(turn.model.clone()).or_default(),
            };
            *sum = *sum + tokens;
        }
        usage
    }

    /// The tokens of all models.
    #[must_use]
    pub fn all_tokens(&self) -> Tokens {
        self.tokens.values().fold(Tokens::default(), |sum, tokens| sum + *tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Call, ModelTurn, Outcome};

    fn said(model: &str, tokens: Option<[u64; 2]>) -> Call {
        let tokens = tokens.map(|[input, output]| Tokens { input, output });
        let outcome = Outcome::Served { interaction: 1, repeated: false, bent: Vec::new() };
        let turn = ModelTurn { model: model.to_owned(), tokens, ..ModelTurn::default() };
        Call { model: Some(turn), ..Call::new("m", "POST /v1/chat/completions", outcome) }
    }

    #[test]
    fn tokens_are_added_up_by_model_and_silence_is_counted() {
        let calls = vec![
            said("a", Some([10, 1])),
            said("b", Some([7, 5])),
            said("a", Some([20, 2])),
            said("a", None),
            Call::new("api", "GET /x", Outcome::Served { interaction: 2, repeated: false, bent: Vec::new() }),
        ];
        let usage = Usage::of(&Ledger { calls, ..Ledger::default() });
        assert_eq!(usage.tokens["a"], Tokens { input: 30, output: 3 });
        assert_eq!(usage.tokens["b"], Tokens { input: 7, output: 5 });
        assert_eq!(usage.all_tokens(), Tokens { input: 37, output: 8 });
        assert_eq!((usage.most_tokens, usage.untold, usage.identical), (22, 1, 1));
        let operations = [("api GET /x".to_owned(), 1), ("m POST /v1/chat/completions".to_owned(), 4)];
        assert_eq!(usage.operations, BTreeMap::from(operations));
    }

    #[test]
    fn a_run_without_calls_used_nothing() {
        assert_eq!(Usage::of(&Ledger::default()), Usage::default());
    }

    #[test]
    fn what_was_stored_before_there_was_a_usage_is_read_as_none() {
        assert_eq!(serde_json::from_str::<Usage>("{}").unwrap(), Usage::default());
    }
}
