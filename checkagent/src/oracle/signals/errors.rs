//! How often calls fail, by operation and class.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::ratio::Ratio;
use crate::ledger::{ErrorClass, Ledger};

/// How often calls failed. Models are called like any other service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errors {
    /// Calls that failed, of all.
    pub all: Ratio,
    /// The same by [operation](crate::Call::operation).
    pub by_operation: BTreeMap<String, Ratio>,
    /// Calls that failed, by class.
    pub by_class: BTreeMap<ErrorClass, usize>,
}

impl Errors {
    pub(super) fn of(ledger: &Ledger) -> Self {
        let mut errors = Self::default();
        for call in &ledger.calls {
            errors.all.count(call.failed.is_some());
            errors.by_operation.entry(call.operation()).or_default().count(call.failed.is_some());
            if let Some(class) = call.failed {
                *errors.by_class.entry(class).or_default() += 1;
            }
        }
        errors
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.all += other.all;
        for (operation, ratio) in &other.by_operation {
            *self.by_operation.entry(operation.clone()).or_default() += *ratio;
        }
        for (class, times) in &other.by_class {
            *self.by_class.entry(*class).or_default() += times;
        }
    }

    /// The operation that fails most often, the first of several by name; `None` if none does.
    #[must_use]
    pub fn worst(&self) -> Option<(&str, Ratio)> {
        let failing = self.by_operation.iter().filter(|(_, ratio)| ratio.part > 0);
        failing.fold(None, |worst, (operation, ratio)| match worst {
            Some((_, most)) if !ratio.exceeds(most) => worst,
            _ => Some((operation.as_str(), *ratio)),
        })
    }
}

impl fmt::Display for Errors {
    /// `3 of 12 calls failed (rate limit 2, server 1); most often api GET /a, 2 of 4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} calls failed", self.all)?;
        let classes: Vec<_> = self.by_class.iter().map(|(class, times)| format!("{class} {times}")).collect();
        if !classes.is_empty() {
            write!(f, " ({})", classes.join(", "))?;
        }
        self.worst().map_or(Ok(()), |(operation, ratio)| write!(f, "; most often {operation}, {ratio}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Call, Outcome};

    fn call(label: &str, failed: Option<ErrorClass>) -> Call {
        Call { failed, ..Call::new("api", label, Outcome::Indulged) }
    }

    fn errors() -> Errors {
        let calls = vec![
            call("GET /a/1", Some(ErrorClass::RateLimit)),
            call("GET /a/2", Some(ErrorClass::RateLimit)),
            call("GET /a/2", None),
            call("POST /b", Some(ErrorClass::Server)),
            call("POST /b", None),
            call("GET /c", None),
        ];
        Errors::of(&Ledger { calls, ..Ledger::default() })
    }

    #[test]
    fn failures_are_counted_by_operation_and_class() {
        let errors = errors();
        assert_eq!(errors.all, Ratio::new(3, 6));
        let by = |operation: &str| errors.by_operation[operation];
        assert_eq!(
            (by("api GET /a/{id}"), by("api POST /b"), by("api GET /c")),
            (Ratio::new(2, 3), Ratio::new(1, 2), Ratio::new(0, 1))
        );
        assert_eq!(errors.by_class, BTreeMap::from([(ErrorClass::RateLimit, 2), (ErrorClass::Server, 1)]));
        assert_eq!(
            errors.to_string(),
            "3 of 6 calls failed (rate limit 2, server 1); most often api GET /a/{id}, 2 of 3"
        );
    }

    #[test]
    fn the_counts_of_several_cases_are_added_up() {
        let mut sum = errors();
        sum.add(&errors());
        assert_eq!((sum.all, sum.by_operation["api POST /b"]), (Ratio::new(6, 12), Ratio::new(2, 4)));
        assert_eq!(sum.by_class[&ErrorClass::RateLimit], 4);
    }

    #[test]
    fn where_nothing_fails_nothing_is_worst() {
        let errors = Errors::of(&Ledger { calls: vec![call("GET /a", None)], ..Ledger::default() });
        assert_eq!(errors.worst(), None);
        assert_eq!(errors.to_string(), "0 of 1 calls failed");
    }

    #[test]
    fn the_operation_that_fails_most_often_is_worst_not_the_first_by_name_nor_the_most_called() {
        let failed = Some(ErrorClass::Client);
        let calls = [("GET /a", failed), ("GET /a", failed), ("GET /a", None), ("GET /b", failed), ("GET /c", None)];
        let calls = calls.map(|(label, failed)| call(label, failed)).to_vec();
        let errors = Errors::of(&Ledger { calls, ..Ledger::default() });
        assert_eq!(errors.worst(), Some(("api GET /b", Ratio::new(1, 1))));
    }

    #[test]
    fn of_equal_operations_the_first_by_name_is_worst() {
        let calls = vec![call("GET /b", Some(ErrorClass::Client)), call("GET /a", Some(ErrorClass::Client))];
        let errors = Errors::of(&Ledger { calls, ..Ledger::default() });
        assert_eq!(errors.worst(), Some(("api GET /a", Ratio::new(1, 1))));
    }
}
