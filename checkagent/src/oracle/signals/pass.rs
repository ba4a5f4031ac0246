//! How reliable several trials of one task are.

/// The chance that `k` trials of a task all pass, estimated from `trials` of it of which `passed` did: C(c, k) / C(n, k).
/// `None` where there are fewer trials than `k`.
///
/// pass^k of tau-bench (arXiv 2406.12045); over several tasks it is the mean.
///
/// # Examples
///
/// ```
/// use checkagent::signals::{pass_at_k, pass_hat_k};
///
/// // Three of four pass: of six pairs three consist of passing ones only, and none of failing ones only.
/// assert_eq!(pass_hat_k(4, 3, 2), Some(0.5));
/// assert_eq!(pass_at_k(4, 3, 2), Some(1.0));
/// ```
#[must_use]
pub fn pass_hat_k(trials: usize, passed: usize, k: usize) -> Option<f64> {
    (k <= trials && passed <= trials).then(|| drawn(trials, passed, k))
}

/// The chance that at least one of `k` trials passes: 1 - C(n - c, k) / C(n, k). `None` where there are fewer trials.
#[must_use]
pub fn pass_at_k(trials: usize, passed: usize, k: usize) -> Option<f64> {
    (k <= trials && passed <= trials).then(|| 1.0 - drawn(trials, trials - passed, k))
}

/// C(marked, k) / C(all, k): the chance that all of `k` that are drawn are marked.
fn drawn(all: usize, marked: usize, k: usize) -> f64 {
    if marked < k {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "trials are few")]
    let chance = |taken: usize| (marked - taken) as f64 / (all - taken) as f64;
    (0..k).map(chance).product()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-12)
    }

    #[test]
    fn chances_are_those_counted_by_hand() {
        // Of five trials three pass. Pairs: 10, of which 3 pass as a whole and 1 fails as a whole. Triples: 10, 1, 0.
        for (k, hat, at) in [(1, 0.6, 0.6), (2, 0.3, 0.9), (3, 0.1, 1.0), (4, 0.0, 1.0), (5, 0.0, 1.0)] {
            assert!(near(pass_hat_k(5, 3, k), hat), "{k}");
            assert!(near(pass_at_k(5, 3, k), at), "{k}");
        }
    }

    #[test]
    fn all_and_none_are_certain() {
        for k in 1..=3 {
            assert_eq!((pass_hat_k(3, 3, k), pass_at_k(3, 3, k)), (Some(1.0), Some(1.0)));
            assert_eq!((pass_hat_k(3, 0, k), pass_at_k(3, 0, k)), (Some(0.0), Some(0.0)));
        }
    }

    #[test]
    fn more_than_there_are_cannot_be_drawn() {
        assert_eq!((pass_hat_k(2, 2, 3), pass_at_k(2, 2, 3)), (None, None));
        assert_eq!((pass_hat_k(2, 3, 1), pass_at_k(2, 3, 1)), (None, None));
        assert_eq!((pass_hat_k(2, 1, 0), pass_at_k(2, 1, 0)), (Some(1.0), Some(0.0)));
    }
}
