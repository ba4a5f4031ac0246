//! What comes first, and what comes no more.

use super::calls::Calls;
use super::done::{is_answered, is_done};
use super::rule::{Sentry, Sight};
use crate::ledger::Call;

/// Calls that are made only after others.
pub(super) struct OnlyAfter<'p> {
    gated: &'p Calls,
    first: &'p Calls,
    came: bool,
}

impl<'p> OnlyAfter<'p> {
    pub(super) fn new(gated: &'p Calls, first: &'p Calls) -> Self {
        Self { gated, first, came: false }
    }
}

impl<'l> Sentry<'l> for OnlyAfter<'_> {
    fn see(&mut self, call: &'l Call) -> Sight {
        let sight = match (self.gated.select(call), self.came) {
            (false, _) => Sight::Nothing,
            (true, true) => Sight::Fine,
            (true, false) => Sight::Violation(format!("before any `{}` was answered", self.first)),
        };
        self.came = self.came || (self.first.select(call) && is_answered(call));
        sight
    }
}

/// Calls that are no longer made after others.
pub(super) struct NeverAfter<'p> {
    calls: &'p Calls,
    after: &'p Calls,
    came: bool,
}

impl<'p> NeverAfter<'p> {
    pub(super) fn new(calls: &'p Calls, after: &'p Calls) -> Self {
        Self { calls, after, came: false }
    }
}

impl<'l> Sentry<'l> for NeverAfter<'_> {
    fn see(&mut self, call: &'l Call) -> Sight {
        let late = self.came && self.calls.select(call);
        let comes = self.after.select(call) && is_done(call);
        self.came = self.came || comes;
        match (late, comes) {
            (true, _) => Sight::Violation(format!("after `{}`", self.after)),
            (false, true) => Sight::Fine,
            (false, false) => Sight::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, faulted, met, objected, objections, served};
    use super::super::{Policy, calls};
    use crate::ledger::Outcome;

    #[test]
    fn a_call_comes_only_after_another_was_answered() {
        let policy = Policy::new().only_after(calls("POST /refunds"), calls("GET /orders/*"));
        let (look, pay) = (|| served(1, "GET /orders/7"), || served(2, "POST /refunds"));
        let before = "before any `GET /orders/*` was answered".to_owned();
        assert_eq!(objections(&policy, vec![pay(), look(), pay()]), [(0, before)]);
        assert_eq!(objected(&policy, vec![met(look(), faulted()), pay()]), [1]);
        assert_eq!(objected(&policy, vec![met(look(), Outcome::Lost { interaction: 1 }), pay()]), [1]);
        assert_eq!(check(&policy, vec![look(), pay(), pay(), served(3, "GET /x")]).looked_at, [2]);
        assert_eq!(check(&policy, vec![look()]).looked_at, [0], "what is gated never came");
        let own = Policy::new().only_after(calls("POST *"), calls("POST *"));
        assert_eq!(objected(&own, vec![pay(), pay()]), [0], "a call does not come before itself");
    }

    #[test]
    fn a_call_comes_no_more_after_another_was_done() {
        let policy = Policy::new().never_after(calls("POST /refunds"), calls("POST /close"));
        let (close, pay) = (|| served(1, "POST /close"), || served(2, "POST /refunds"));
        assert_eq!(objections(&policy, vec![pay(), close(), pay()]), [(2, "after `POST /close`".to_owned())]);
        assert_eq!(objected(&policy, vec![met(close(), Outcome::Lost { interaction: 1 }), pay()]), [1]);
        assert!(objected(&policy, vec![met(close(), faulted()), pay()]).is_empty());
        assert_eq!(check(&policy, vec![pay(), close(), pay()]).looked_at, [2]);
        assert_eq!(check(&policy, vec![pay()]).looked_at, [0], "nothing came that it could be after");
        let once = Policy::new().never_after(calls("POST /close"), calls("POST /close"));
        assert_eq!(objected(&once, vec![close(), close()]), [1]);
        assert_eq!(check(&once, vec![close(), close()]).looked_at, [2]);
    }
}
