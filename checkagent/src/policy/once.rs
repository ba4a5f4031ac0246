//! What is done at most once for each.

use std::collections::HashMap;

use super::calls::Calls;
use super::done::{is_done, is_harmless_repeat};
use super::key::Key;
use super::rule::{Sentry, Sight};
use crate::ledger::Call;

/// Calls that are done at most once for each value.
pub(super) struct AtMostOnce<'p> {
    calls: &'p Calls,
    key: &'p Key,
    done: HashMap<String, &'p Call>,
}

impl<'p> AtMostOnce<'p> {
    pub(super) fn new(calls: &'p Calls, key: &'p Key) -> Self {
        Self { calls, key, done: HashMap::new() }
    }
}

impl<'p> Sentry<'p> for AtMostOnce<'p> {
    fn see(&mut self, call: &'p Call) -> Sight {
        if !self.calls.select(call) {
            return Sight::Nothing;
        }
        let values = self.key.values(call);
        if values.is_empty() {
            return Sight::Violation(format!("has nothing at `{}`, by which it is told apart", self.key));
        }
        if !is_done(call) {
            return Sight::Fine;
        }
        let mut twice = None;
        for value in values {
            match self.done.get(&value) {
                Some(first) if is_harmless_repeat(call, first) => {}
                Some(_) => twice = Some(value),
                None => drop(self.done.insert(value, call)),
            }
        }
        twice.map_or(Sight::Fine, |value| Sight::Violation(format!("had been done for `{value}`")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{carrying, check, faulted, met, objected, objections, served};
    use super::super::{Policy, calls};
    use crate::ledger::{Call, Outcome};

    fn policy() -> Policy {
        Policy::new().at_most_once(calls("POST /refunds"), "/order")
    }

    fn refund(order: &str) -> Call {
        carrying(1, "POST /refunds", json!({"order": order}))
    }

    #[test]
    fn for_each_value_it_is_done_once() {
        assert!(objected(&policy(), vec![refund("a"), refund("b"), served(1, "POST /other")]).is_empty());
        assert_eq!(
            objections(&policy(), vec![refund("a"), refund("b"), refund("a")]),
            [(2, "had been done for `a`".to_owned())]
        );
        assert_eq!(objected(&policy(), vec![met(refund("a"), Outcome::Lost { interaction: 1 }), refund("a")]), [1]);
        assert_eq!(check(&policy(), vec![refund("a"), served(1, "GET /x"), refund("b")]).looked_at, [2]);
    }

    #[test]
    fn what_did_nothing_does_not_count_and_what_the_service_does_once_neither() {
        assert!(objected(&policy(), vec![met(refund("a"), faulted()), refund("a")]).is_empty());
        assert!(objected(&policy(), vec![refund("a"), met(refund("a"), faulted())]).is_empty());
        let keyed = || Call { idempotency_key: Some("k".to_owned()), ..refund("a") };
        assert!(objected(&policy(), vec![keyed(), keyed()]).is_empty());
        assert_eq!(objected(&policy(), vec![keyed(), refund("a")]), [1]);
    }

    #[test]
    fn a_call_that_cannot_be_told_apart_is_no_good_call() {
        assert_eq!(objected(&policy(), vec![served(1, "POST /refunds")]), [0]);
        let of_items = Policy::new().at_most_once(calls("POST /ship"), "/items/*");
        let ship = |items: &[&str]| carrying(1, "POST /ship", json!({"items": items}));
        assert_eq!(
            objected(&of_items, vec![ship(&["a", "b"]), ship(&["c"]), ship(&["d", "b", "e"]), ship(&["e"])]),
            [2, 3]
        );
    }
}
