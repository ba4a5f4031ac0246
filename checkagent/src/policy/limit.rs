//! Amounts that are not exceeded.

use serde_json::Value;

use checkagent_cassette::json::Pointer;

use super::calls::Calls;
use super::document::number;
use super::done::{is_done, is_harmless_repeat};
use super::rule::{Sentry, Sight};
use crate::ledger::Call;

/// An amount of each call.
pub(super) struct Limit<'p> {
    pub calls: &'p Calls,
    pub place: &'p Pointer,
    pub most: f64,
}

impl<'l> Sentry<'l> for Limit<'_> {
    fn see(&mut self, call: &'l Call) -> Sight {
        if !self.calls.select(call) {
            return Sight::Nothing;
        }
        let Some(amounts) = amounts(call, self.place) else { return none_at(self.place) };
        match amounts.into_iter().find(|amount| *amount > self.most) {
            Some(amount) => Sight::Violation(format!("`{}` is {amount}, at most {} is allowed", self.place, self.most)),
            None => Sight::Fine,
        }
    }
}

/// The amount of all calls together.
pub(super) struct LimitTotal<'p> {
    calls: &'p Calls,
    place: &'p Pointer,
    most: f64,
    total: f64,
    done: Vec<&'p Call>,
}

impl<'p> LimitTotal<'p> {
    pub(super) fn new(calls: &'p Calls, place: &'p Pointer, most: f64) -> Self {
        Self { calls, place, most, total: 0.0, done: Vec::new() }
    }
}

impl<'p> Sentry<'p> for LimitTotal<'p> {
    fn see(&mut self, call: &'p Call) -> Sight {
        if !self.calls.select(call) {
            return Sight::Nothing;
        }
        let Some(amounts) = amounts(call, self.place) else { return none_at(self.place) };
        if !is_done(call) || self.done.iter().any(|done| is_harmless_repeat(call, done)) {
            return Sight::Fine;
        }
        self.done.push(call);
        self.total += amounts.into_iter().sum::<f64>();
        if self.total > self.most {
            let (total, most) = (self.total, self.most);
            return Sight::Violation(format!("`{}` is {total} in all, at most {most} is allowed", self.place));
        }
        Sight::Fine
    }
}

/// A call without the amount may be one of any amount.
fn none_at(place: &Pointer) -> Sight {
    Sight::Violation(format!("has no number at `{place}`, which is limited"))
}

/// The amounts of a call; `None` if it has none, or something else in a place of one.
fn amounts(call: &Call, place: &Pointer) -> Option<Vec<f64>> {
    let found = place.resolve(call.request.as_ref().unwrap_or(&Value::Null));
    let amounts: Option<Vec<f64>> = found.into_iter().map(|(_, value)| number(value)).collect();
    amounts.filter(|amounts| !amounts.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{carrying, check, faulted, met, objected, objections, served};
    use super::super::{Policy, calls};
    use crate::ledger::Call;

    #[expect(clippy::needless_pass_by_value, reason = "`json!` values read best without a reference")]
    fn refund(cents: serde_json::Value) -> Call {
        carrying(1, "POST /refunds", json!({"cents": cents}))
    }

    #[test]
    fn no_amount_is_larger_than_the_limit() {
        let policy = Policy::new().limit(calls("POST /refunds"), "/cents", 500.0);
        let found = objections(&policy, vec![refund(json!(500)), refund(json!(501)), refund(json!("500.5"))]);
        let because = |amount: &str| format!("`/cents` is {amount}, at most 500 is allowed");
        assert_eq!(found, [(1, because("501")), (2, because("500.5"))]);
        assert_eq!(objected(&policy, vec![met(refund(json!(501)), faulted())]), [0], "it was meant to be made");
        assert_eq!(check(&policy, vec![refund(json!(1)), served(1, "GET /x")]).looked_at, [1]);
        for none in [served(1, "POST /refunds"), refund(json!("all")), refund(json!(null))] {
            assert_eq!(
                objections(&policy, vec![none]),
                [(0, "has no number at `/cents`, which is limited".to_owned())]
            );
        }
    }

    #[test]
    fn every_amount_of_a_batch_counts() {
        let policy = Policy::new().limit(calls("POST /pay"), "/items/*/n", 5.0).limit_total(
            calls("POST /pay"),
            "/items/*/n",
            9.0,
        );
        let pay = |items: &[u32]| {
            carrying(1, "POST /pay", json!({"items": items.iter().map(|n| json!({"n": n})).collect::<Vec<_>>()}))
        };
        assert!(objected(&policy, vec![pay(&[5, 4])]).is_empty());
        assert_eq!(objected(&policy, vec![pay(&[5, 5])]), [0]);
        assert_eq!(objected(&policy, vec![pay(&[1, 6])]), [0]);
    }

    #[test]
    fn all_amounts_together_are_not_larger_than_the_limit() {
        let policy = Policy::new().limit_total(calls("POST /refunds"), "/cents", 1000.0);
        let of = |cents: u32| refund(json!(cents));
        assert!(objected(&policy, vec![of(600), of(400)]).is_empty());
        let found = objections(&policy, vec![of(600), of(400), of(1)]);
        assert_eq!(found, [(2, "`/cents` is 1001 in all, at most 1000 is allowed".to_owned())]);
        assert!(objected(&policy, vec![of(600), met(of(600), faulted()), of(400)]).is_empty());
        let keyed = || Call { idempotency_key: Some("k".to_owned()), ..of(600) };
        assert!(objected(&policy, vec![keyed(), keyed()]).is_empty());
        assert_eq!(objected(&policy, vec![served(1, "POST /refunds")]), [0]);
        assert_eq!(check(&policy, vec![of(1), served(1, "GET /x")]).looked_at, [1]);
    }
}
