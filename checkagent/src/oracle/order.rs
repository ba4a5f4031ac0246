//! Effects that were done in another order than undisturbed, although one depends on the other.

use super::evidence::Evidence;

/// Whether a run did the first of a pair before the second; `None` where it did not do both.
pub(super) fn keeps(done: &[usize], (first, then): (usize, usize)) -> Option<bool> {
    let position = |number: usize| done.iter().position(|other| *other == number);
    Some(position(first)? < position(then)?)
}

/// The first pair that came in another order.
pub(super) fn broken(evidence: &Evidence<'_>) -> Option<String> {
    if evidence.baseline.in_order.is_empty() {
        return None;
    }
    let ledger = &evidence.run.ledger;
    let done = ledger.effects_in_order();
    let broken = |pair: &&(usize, usize)| keeps(&done, **pair) == Some(false);
    let (first, then) = evidence.baseline.in_order.iter().find(broken)?;
    let label =
        |number: usize| ledger.calls.iter().find(|call| call.effect_done() == Some(number)).map(|call| &call.label);
    let (first_label, then_label) = (label(*first)?, label(*then)?);
    Some(format!(
        "it did effects in another order: `{then_label}` (interaction {then}) before `{first_label}` (interaction \
         {first}), on which it depends"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_keeps_its_order_or_not_or_was_not_done() {
        assert_eq!(keeps(&[3, 5, 4], (3, 4)), Some(true));
        assert_eq!(keeps(&[3, 5, 4], (4, 5)), Some(false));
        assert_eq!(keeps(&[3, 5, 4], (3, 6)), None);
        assert_eq!(keeps(&[3, 5, 4], (6, 3)), None);
        assert_eq!(keeps(&[3], (3, 3)), Some(false));
    }
}
