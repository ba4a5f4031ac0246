//! How many requests a fault makes of one.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ratio::Ratio;
use crate::ledger::Ledger;
use crate::oracle::Baseline;

/// Requests of a case, each time of those undisturbed: the retry amplification of the Google SRE book.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amplification {
    /// All of them.
    pub all: Ratio,
    /// The [operation](crate::Call::operation) with the most, where more were made than undisturbed.
    pub worst: Option<(String, Ratio)>,
}

impl Amplification {
    pub(super) fn of(ledger: &Ledger, baseline: &Baseline) -> Self {
        let mut made = std::collections::BTreeMap::<String, usize>::new();
        for call in &ledger.calls {
            *made.entry(call.operation()).or_default() += 1;
        }
        let undisturbed = |operation: &str| baseline.usage.operations.get(operation).copied().unwrap_or_default();
        let mut worst = None;
        for (operation, times) in made {
            let ratio = Ratio::new(times, undisturbed(&operation));
            consider(&mut worst, operation, ratio);
        }
        Self { all: Ratio::new(ledger.calls.len(), baseline.calls), worst }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.all += other.all;
        if let Some((operation, ratio)) = &other.worst {
            consider(&mut self.worst, operation.clone(), *ratio);
        }
    }
}

/// Keeps the operation with the larger ratio. What is never called undisturbed has none.
fn consider(worst: &mut Option<(String, Ratio)>, operation: String, ratio: Ratio) {
    let most = worst.as_ref().map_or(Ratio::new(1, 1), |(_, most)| *most);
    if ratio.exceeds(most) {
        *worst = Some((operation, ratio));
    }
}

impl fmt::Display for Amplification {
    /// `6 of 4 requests (1.50); at worst api GET /a, 3 of 1 (3.00)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |ratio: Ratio| ratio.rate().map_or_else(String::new, |rate| format!(" ({rate:.2})"));
        write!(f, "{} requests{}", self.all, shown(self.all))?;
        let Some((operation, ratio)) = &self.worst else { return Ok(()) };
        write!(f, "; at worst {operation}, {ratio}{}", shown(*ratio))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::answer::Answer;
    use crate::budget::Usage;
    use crate::ledger::{Call, Outcome};

    fn ledger(labels: &[&str]) -> Ledger {
        let calls = labels.iter().map(|label| Call::new("api", label, Outcome::Indulged)).collect();
        Ledger { calls, ..Ledger::default() }
    }

    fn of(undisturbed: &[&str], case: &[&str]) -> Amplification {
        let clean = ledger(undisturbed);
        let baseline = Baseline {
            answer: Answer::done(json!(1)),
            effects: vec![],
            calls: clean.calls.len(),
            volatile: vec![],
            elapsed_ms: 0,
            usage: Usage::of(&clean),
            in_order: vec![],
            looked_at: vec![],
        };
        Amplification::of(&ledger(case), &baseline)
    }

    #[test]
    fn requests_are_compared_with_those_undisturbed() {
        let found = of(
            &["GET /a", "GET /b", "GET /b", "POST /c"],
            &["GET /a", "GET /a", "GET /a", "GET /b", "GET /b", "GET /b"],
        );
        assert_eq!(found.all, Ratio::new(6, 4));
        assert_eq!(found.worst, Some(("api GET /a".to_owned(), Ratio::new(3, 1))));
        assert_eq!(found.to_string(), "6 of 4 requests (1.50); at worst api GET /a, 3 of 1 (3.00)");
    }

    #[test]
    fn as_many_as_undisturbed_amplify_nothing() {
        let found = of(&["GET /a", "GET /b"], &["GET /a"]);
        assert_eq!((found.all, found.worst.clone()), (Ratio::new(1, 2), None));
        assert_eq!(found.to_string(), "1 of 2 requests (0.50)");
        assert_eq!(of(&["GET /a"], &["GET /a"]).worst, None);
    }

    #[test]
    fn what_is_never_called_undisturbed_counts_in_all_alone() {
        let found = of(&["GET /a"], &["GET /a", "GET /status", "GET /status"]);
        assert_eq!((found.all, found.worst), (Ratio::new(3, 1), None));
    }

    #[test]
    fn of_several_cases_the_worst_stays() {
        let mut sum = of(&["GET /a"], &["GET /a", "GET /a"]);
        sum.add(&of(&["GET /b"], &["GET /b", "GET /b", "GET /b"]));
        sum.add(&of(&["GET /c"], &["GET /c", "GET /c", "GET /c"]));
        sum.add(&of(&["GET /d"], &["GET /d"]));
        assert_eq!(sum.all, Ratio::new(9, 4));
        assert_eq!(sum.worst, Some(("api GET /b".to_owned(), Ratio::new(3, 1))));
    }
}
