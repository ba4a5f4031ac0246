//! What one case shows beside its verdict.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::amplification::Amplification;
use super::conformance::conformance;
use super::errors::Errors;
use super::partial::Partial;
use super::ratio::Ratio;
use super::recovery::Recovery;
use crate::budget::{Budget, Usage};
use crate::ledger::{Ending, Tokens};
use crate::oracle::Evidence;
use crate::recording::Recording;

/// What one case shows beside its verdict. Counted from the ledger, so it can be counted again.
///
/// # Examples
///
/// ```
/// use checkagent::signals::Signals;
/// use checkagent::{Evidence, Recording};
///
/// fn explain(evidence: &Evidence<'_>, recording: &Recording) -> String {
///     Signals::of_case(evidence, recording).to_string()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signals {
    /// How often calls failed.
    pub errors: Errors,
    /// Replies that fit the schema which the recording shows, of all that were served and are no errors.
    pub conformance: Ratio,
    /// What became of batches that were done in part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<Partial>,
    /// How many requests were made of one.
    pub amplification: Amplification,
    /// Whether the case bent anything that the agent met.
    pub bent: bool,
    /// The way back to a good reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Recovery>,
    /// Whether the agent claims to be done.
    pub claims_done: bool,
    /// Tokens that models took, as far as replies say it.
    pub tokens: Tokens,
    /// What they cost in USD, where the prices of all models are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
}

impl Signals {
    /// Those of a case, at the built-in prices.
    #[must_use]
    pub fn of_case(evidence: &Evidence<'_>, recording: &Recording) -> Self {
        Self::priced(evidence, recording, &Budget::new())
    }

    /// Those of a case, at the prices of a budget.
    #[must_use]
    pub fn priced(evidence: &Evidence<'_>, recording: &Recording, budget: &Budget) -> Self {
        let (run, ledger) = (evidence.run, &evidence.run.ledger);
        let usage = Usage::of_models(ledger);
        Self {
            errors: Errors::of(ledger),
            conformance: conformance(ledger, recording),
            partial: Partial::of(run),
            amplification: Amplification::of(ledger, evidence.baseline),
            bent: ledger.bent_calls().next().is_some(),
            recovery: Recovery::of(ledger),
            claims_done: matches!(&run.ending, Ending::Answered { answer } if answer.claims_done()),
            tokens: usage.all_tokens(),
            cost: budget.cost_of(&usage).ok().filter(|_| !usage.tokens.is_empty()),
        }
    }
}

impl fmt::Display for Signals {
    /// A few lines; what there is nothing to say of is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.errors, self.amplification)?;
        if self.conformance.part < self.conformance.of {
            write!(f, "\n{} replies fit the recorded schema", self.conformance)?;
        }
        if let Some(partial) = &self.partial {
            write!(f, "\n{partial}")?;
        }
        match &self.recovery {
            Some(recovery) => write!(f, "\nrecovered after {recovery}")?,
            None if self.bent => f.write_str("\nno good reply after the fault")?,
            None => {}
        }
        spent(f, self.tokens, self.cost)
    }
}

/// `\n1200 tokens in, 80 out, 0.0040 USD`.
pub(super) fn spent(f: &mut fmt::Formatter<'_>, tokens: Tokens, cost: Option<f64>) -> fmt::Result {
    if tokens.all() > 0 {
        write!(f, "\n{} tokens in, {} out", tokens.input, tokens.output)?;
    }
    cost.map_or(Ok(()), |cost| write!(f, ", {cost:.4} USD"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::answer::Answer;
    use crate::fixture::recording;
    use crate::ledger::{Call, ErrorClass, Ledger, ModelTurn, Outcome, Run};
    use crate::mutation::{Lie, Site, Truth};
    use crate::oracle::Baseline;
    use crate::oracle::signals::Handling;
    use crate::plan::Nature;

    fn signals(answer: Answer, calls: Vec<Call>) -> Signals {
        let recording = recording(&[("GET", "/a", Value::Null, json!({"n": 1}))]);
        let clean = Ledger { calls: vec![good(0)], ..Ledger::default() };
        let baseline = Baseline {
            answer: Answer::done(json!(1)),
            effects: vec![],
            calls: 1,
            volatile: vec![],
            elapsed_ms: 0,
            usage: Usage::of(&clean),
            in_order: vec![],
            looked_at: vec![],
        };
        let ledger = Ledger { calls, ..Ledger::default() };
        let run = Run { ending: Ending::Answered { answer }, ledger, unused: vec![], notes: vec![], elapsed_ms: 0 };
        let nature = Nature::of(Truth::Masked, &Site::at(1).lie(Lie::None));
        let evidence = Evidence { baseline: &baseline, nature: &nature, run: &run, twin: None };
        Signals::of_case(&evidence, &recording)
    }

    fn good(at_ms: u64) -> Call {
        let outcome = Outcome::Served { interaction: 1, repeated: false, bent: vec![] };
        Call { at_ms, ..Call::new("api", "GET /a", outcome) }
    }

    fn failed() -> Call {
        let outcome = Outcome::Faulted { interaction: Some(1), fault: "503".to_owned() };
        Call { failed: Some(ErrorClass::Server), ..Call::new("api", "GET /a", outcome) }
    }

    fn said(model: &str) -> Call {
        let tokens = Some(Tokens { input: 1_000_000, output: 100 });
        Call { model: Some(ModelTurn { model: model.to_owned(), tokens, ..ModelTurn::default() }), ..good(0) }
    }

    #[test]
    fn a_case_is_said_in_few_lines() {
        let signals = signals(Answer::done(json!(1)), vec![failed(), failed(), good(2500), said("gpt-4o")]);
        assert_eq!(
            signals.to_string(),
            "2 of 4 calls failed (server 2); most often api GET /a, 2 of 4\n4 of 1 requests (4.00); at worst api GET /a, \
             4 of 1 (4.00)\nrecovered after 2 calls and 2.500 s\n1000000 tokens in, 100 out, 2.5010 USD"
        );
        assert!(signals.bent && signals.claims_done);
        assert_eq!(signals.conformance, Ratio::new(2, 2));
    }

    #[test]
    fn what_there_is_nothing_to_say_of_is_left_out() {
        let quiet = signals(Answer::error("no"), vec![good(0)]);
        assert_eq!(quiet.to_string(), "0 of 1 calls failed\n1 of 1 requests (1.00)");
        assert!(!quiet.bent && !quiet.claims_done);
        assert_eq!((quiet.cost, quiet.partial, quiet.recovery), (None, None, None));
        let lost = signals(Answer::error("no"), vec![failed()]);
        assert!(lost.to_string().ends_with("\nno good reply after the fault"));
        assert_eq!(signals(Answer::error("no"), vec![said("in-house")]).cost, None);
    }

    #[test]
    fn partial_success_and_schema_are_said_where_something_is_wrong() {
        let partly = Call::new("api", "POST /b", Outcome::PartlyDone { interaction: 1, failed: vec![0], of: 2 });
        let broken = Call { failed: Some(ErrorClass::Malformed), ..good(0) };
        let signals = signals(Answer::done(json!(1)), vec![partly, broken]);
        assert_eq!(signals.partial.map(|partial| partial.handling), Some(Handling::Ignored));
        let text = signals.to_string();
        assert!(
            text.contains(
                "\n0 of 1 replies fit the recorded schema\n1 of 2 items done at once, 0 of 1 later (ignored)"
            )
        );
    }

    #[test]
    fn signals_can_be_stored() {
        let signals = signals(Answer::done(json!(1)), vec![failed(), good(3), said("gpt-4o")]);
        let text = serde_json::to_string(&signals).unwrap();
        assert_eq!(serde_json::from_str::<Signals>(&text).unwrap(), signals);
    }
}
