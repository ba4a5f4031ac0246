//! The moment at which a reply is sent: what the numbers in it are made of.

use std::time::{Duration, SystemTime};

use crate::mutation::wait::{WaitEncoding, whole_seconds};
use crate::time::since_epoch;

const DAY: u64 = 24 * 60 * 60;

/// The moment at which a reply is sent, for the numbers in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What is left of the wait.
    pub wait: Duration,
    /// The wall clock, which clients compare dates with.
    pub now: SystemTime,
    /// A number that differs from call to call and not from run to run, for request ids.
    pub number: u64,
}

impl Moment {
    /// A moment with that wait left, at the current wall clock.
    #[must_use]
    pub fn with_wait(wait: Duration) -> Self {
        Self { wait, now: SystemTime::now(), number: 1 }
    }

    /// The wait as people write it into a header or a sentence.
    pub(super) fn write(&self, encoding: WaitEncoding) -> String {
        encoding.write(self.wait, self.now)
    }

    /// Whole seconds, rounded up.
    pub(super) fn seconds(&self) -> u64 {
        whole_seconds(self.wait)
    }

    /// The same with what is left of the day as its wait, where it has none: quotas of a day come back at midnight UTC.
    pub(super) fn until_midnight(self) -> Self {
        if !self.wait.is_zero() {
            return self;
        }
        Self { wait: Duration::from_secs(DAY - since_epoch(self.now).as_secs() % DAY), ..self }
    }

    /// An id of hexadecimal digits.
    pub(super) fn hex(&self, length: usize) -> String {
        self.letters(length, b"0123456789abcdef")
    }

    /// An id of capital letters and digits.
    pub(super) fn capitals(&self, length: usize) -> String {
        self.letters(length, b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    }

    /// An id of letters and digits.
    pub(super) fn word(&self, length: usize) -> String {
        self.letters(length, b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
    }

    /// A UUID of version 4.
    pub(super) fn uuid(&self) -> String {
        let mut uuid = self.hex(32);
        uuid.replace_range(12..13, "4");
        uuid.replace_range(16..17, "a");
        for at in [20, 16, 12, 8] {
            uuid.insert(at, '-');
        }
        uuid
    }

    fn letters(&self, length: usize, alphabet: &[u8]) -> String {
        let mut state = self.number;
        let mut letter = || {
            // SplitMix64: neighbouring numbers give ids that have nothing in common.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let index = usize::try_from((mixed ^ (mixed >> 31)) % alphabet.len() as u64).unwrap_or_default();
            char::from(alphabet[index])
        };
        (0..length).map(|_| letter()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_from_call_to_call_and_not_from_run_to_run() {
        let id = |number| Moment { number, ..Moment::with_wait(Duration::ZERO) }.uuid();
        assert_eq!(id(1), id(1));
        assert_ne!(id(1), id(2));
        assert_eq!(id(1).len(), 36);
        assert_eq!(id(1).as_bytes()[14], b'4');
    }

    #[test]
    fn a_quota_of_a_day_comes_back_at_midnight() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(3 * DAY + 7517);
        let moment = Moment { wait: Duration::ZERO, now, number: 1 };
        assert_eq!(moment.until_midnight().wait, Duration::from_secs(78_883));
        let told = Moment { wait: Duration::from_secs(5), ..moment };
        assert_eq!(told.until_midnight(), told);
    }
}
