//! So many of so many.

use std::fmt;
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// So many of so many, kept as whole numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratio {
    /// So many.
    pub part: usize,
    /// Of so many.
    pub of: usize,
}

impl Ratio {
    /// So many of so many.
    #[must_use]
    pub fn new(part: usize, of: usize) -> Self {
        Self { part, of }
    }

    /// The quotient; `None` of nothing.
    #[must_use]
    pub fn rate(self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "calls are counted, not measured")]
        let [part, of] = [self.part as f64, self.of as f64];
        (self.of > 0).then_some(part / of)
    }

    /// Whether its quotient is larger; a ratio of nothing is smaller than any other.
    #[must_use]
    pub fn exceeds(self, other: Self) -> bool {
        match (self.of, other.of) {
            (0, _) => false,
            (_, 0) => true,
            _ => self.part as u128 * other.of as u128 > other.part as u128 * self.of as u128,
        }
    }

    /// One more, which is part of it or not.
    pub(super) fn count(&mut self, part: bool) {
        *self += Self::new(usize::from(part), 1);
    }
}

impl AddAssign for Ratio {
    fn add_assign(&mut self, other: Self) {
        self.part += other.part;
        self.of += other.of;
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.part, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_of_nothing_has_no_rate() {
        assert_eq!(Ratio::new(1, 4).rate(), Some(0.25));
        assert_eq!(Ratio::new(0, 4).rate(), Some(0.0));
        assert_eq!(Ratio::new(0, 0).rate(), None);
        assert_eq!(Ratio::new(1, 4).to_string(), "1 of 4");
    }

    #[test]
    fn ratios_are_compared_exactly() {
        let exceeds = |a: [usize; 2], b: [usize; 2]| Ratio::new(a[0], a[1]).exceeds(Ratio::new(b[0], b[1]));
        assert!(exceeds([1, 2], [1, 3]) && exceeds([3, 1], [2, 1]));
        assert!(!exceeds([1, 2], [2, 4]) && !exceeds([1, 3], [1, 2]));
        assert!(exceeds([0, 1], [0, 0]) && !exceeds([0, 0], [0, 1]) && !exceeds([5, 0], [0, 0]));
    }

    #[test]
    fn counting_adds_one_of_one_or_none_of_one() {
        let mut ratio = Ratio::new(2, 3);
        ratio.count(true);
        assert_eq!(ratio, Ratio::new(3, 4));
        ratio.count(false);
        assert_eq!(ratio, Ratio::new(3, 5));
        ratio += Ratio::new(10, 20);
        assert_eq!(ratio, Ratio::new(13, 25));
    }
}
