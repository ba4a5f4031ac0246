//! The person who is asked before much money is paid back, as a rule.

/// What the person says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Yes, at once.
    Approved,
    /// Yes, but only when somebody asks again: the person is not at the desk.
    Later,
    /// No.
    Denied,
}

const AT_ONCE_CENTS: i64 = 30_000;
const AT_ALL_CENTS: i64 = 60_000;

/// Up to 300 it is approved at once, up to 600 after a while, above that never; more than was paid is never approved.
#[must_use]
pub fn decision(amount_cents: i64, left_cents: i64) -> Decision {
    match amount_cents {
        amount if amount <= 0 || amount > left_cents || amount > AT_ALL_CENTS => Decision::Denied,
        amount if amount > AT_ONCE_CENTS => Decision::Later,
        _ => Decision::Approved,
    }
}

impl Decision {
    /// As it stands in a reply, and what the person says to it.
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Approved => ("approved", "Fine with me, the photo shows the crack clearly."),
            Self::Later => ("pending", "Back at my desk in a few minutes."),
            Self::Denied => ("denied", "Not without talking to the customer first."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_has_four_ranges() {
        let of = |amount| decision(amount, 100_000);
        assert_eq!([of(0), of(1), of(30_000)], [Decision::Denied, Decision::Approved, Decision::Approved]);
        assert_eq!([of(30_001), of(60_000), of(60_001)], [Decision::Later, Decision::Later, Decision::Denied]);
        assert_eq!(decision(500, 499), Decision::Denied);
    }
}
