//! How long it takes from the first fault to the first good reply.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ledger::{Ledger, Outcome, seconds};

/// The way from the first bent call of a case to the first good reply of the same interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// Calls that were made on the way, the good one with them.
    pub steps: usize,
    /// Virtual time, in milliseconds.
    pub ms: u64,
}

impl Recovery {
    /// `None` where nothing was bent, or no good reply came. Of a batch that was done in part the good reply is the one
    /// with which the last of the failed items was done.
    pub(super) fn of(ledger: &Ledger) -> Option<Self> {
        let first = ledger.calls.iter().position(|call| call.outcome.is_bent())?;
        let (bent, later) = ledger.calls[first..].split_first()?;
        let (number, mut open) = match &bent.outcome {
            Outcome::Faulted { interaction, .. } | Outcome::Limited { interaction, .. } => {
                ((*interaction)?, BTreeSet::new())
            }
            Outcome::Served { interaction, .. } | Outcome::Lost { interaction } => (*interaction, BTreeSet::new()),
            Outcome::PartlyDone { interaction, failed, .. } => (*interaction, failed.iter().copied().collect()),
            _ => return None,
        };
        let batch = !open.is_empty();
        let good = later.iter().position(|call| match &call.outcome {
            Outcome::Served { interaction, bent, .. } => *interaction == number && bent.is_empty(),
            Outcome::FollowedUp { interaction, items } if *interaction == number => {
                open.retain(|item| !items.contains(item));
                batch && open.is_empty()
            }
            _ => false,
        })?;
        Some(Self { steps: good + 1, ms: later.get(good)?.at_ms.saturating_sub(bent.at_ms) })
    }
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} calls and {} s", self.steps, seconds(self.ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Call, Change};

    fn at(at_ms: u64, outcome: Outcome) -> Call {
        Call { at_ms, ..Call::new("api", "GET /a", outcome) }
    }

    fn good(at_ms: u64, interaction: usize) -> Call {
        at(at_ms, Outcome::Served { interaction, repeated: false, bent: vec![] })
    }

    fn bent(at_ms: u64, interaction: usize) -> Call {
        at(at_ms, Outcome::Served { interaction, repeated: false, bent: vec![Change::Late { by_ms: 1 }] })
    }

    fn failed(at_ms: u64, interaction: Option<usize>) -> Call {
        at(at_ms, Outcome::Faulted { interaction, fault: "503".to_owned() })
    }

    fn again(at_ms: u64, interaction: usize, items: &[usize]) -> Call {
        at(at_ms, Outcome::FollowedUp { interaction, items: items.to_vec() })
    }

    fn of(calls: Vec<Call>) -> Option<(usize, u64)> {
        Recovery::of(&Ledger { calls, ..Ledger::default() }).map(|recovery| (recovery.steps, recovery.ms))
    }

    #[test]
    fn it_is_counted_from_the_first_fault_to_the_good_reply_of_the_same_interaction() {
        let calls =
            vec![good(5, 1), failed(10, Some(2)), good(20, 3), failed(1000, Some(2)), good(3010, 2), good(9000, 2)];
        assert_eq!(of(calls), Some((3, 3000)));
        let limited = at(10, Outcome::Limited { interaction: Some(2), wait_ms: 5, early: false });
        assert_eq!(of(vec![limited, good(15, 2)]), Some((1, 5)));
        assert_eq!(of(vec![at(0, Outcome::Lost { interaction: 2 }), good(7, 2)]), Some((1, 7)));
        assert_eq!(of(vec![bent(0, 2), bent(1, 2), good(7, 2)]), Some((2, 7)));
    }

    #[test]
    fn who_never_gets_a_good_reply_has_not_recovered() {
        assert_eq!(of(vec![good(0, 2), failed(10, Some(2)), bent(20, 2), good(30, 3)]), None);
        assert_eq!(of(vec![failed(10, None), good(20, 2)]), None);
        assert_eq!(of(vec![good(0, 1)]), None);
        assert_eq!(of(vec![]), None);
    }

    #[test]
    fn a_batch_has_recovered_when_the_last_item_is_done() {
        let partly = || at(10, Outcome::PartlyDone { interaction: 2, failed: vec![1, 3], of: 4 });
        assert_eq!(of(vec![partly(), again(20, 2, &[1]), again(30, 3, &[3]), again(50, 2, &[3])]), Some((3, 40)));
        assert_eq!(of(vec![partly(), again(20, 2, &[1])]), None);
        assert_eq!(of(vec![partly(), again(20, 2, &[1, 3])]), Some((1, 10)));
        assert_eq!(of(vec![partly(), again(20, 2, &[0, 2])]), None, "items that had not failed");
        // What only a fault provokes is not the reply that was asked for.
        assert_eq!(of(vec![failed(0, Some(2)), again(20, 2, &[])]), None);
    }

    #[test]
    fn it_is_said_in_calls_and_seconds() {
        assert_eq!(Recovery { steps: 3, ms: 1500 }.to_string(), "3 calls and 1.500 s");
    }
}
