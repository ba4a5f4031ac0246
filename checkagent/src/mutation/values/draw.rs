//! Draws that are the same in every run: a generator that is seeded with a name.

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

/// Numbers that depend on a name alone.
#[derive(Debug)]
pub(crate) struct Draw(TestRng);

impl Draw {
    /// The draws of that name.
    pub(crate) fn named(name: &str) -> Self {
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &seed(name)))
    }

    /// A number below another; 0 for 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let drawn = usize::try_from(self.0.next_u64() >> 1).unwrap_or_default();
        drawn.checked_rem(end).unwrap_or_default()
    }

    /// Puts a list into another order.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }

    /// One of several, by weight; `None` where all weights are 0.
    pub(crate) fn weighted(&mut self, weights: &[u32]) -> Option<usize> {
        let total: usize = weights.iter().map(|weight| *weight as usize).sum();
        let mut drawn = self.below(total);
        weights.iter().position(|weight| {
            let weight = *weight as usize;
            let hit = drawn < weight;
            drawn = drawn.saturating_sub(weight);
            hit
        })
    }
}

/// FNV-1a over the name, spread over 32 bytes; unlike the standard library's hashers it is the same in every release.
pub(super) fn seed(name: &str) -> [u8; 32] {
    let mut seed = [0; 32];
    for (lane, chunk) in seed.chunks_exact_mut(8).enumerate() {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ lane as u64;
        for byte in name.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        chunk.copy_from_slice(&hash.to_le_bytes());
    }
    seed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_draws_the_same_numbers_and_weights_count() {
        let draws = |name: &str| {
            (0..20)
                .map({
                    let mut draw = Draw::named(name);
                    move |_| draw.below(1000)
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(draws("a"), draws("a"));
        assert_ne!(draws("a"), draws("b"));
        let mut draw = Draw::named("w");
        let mut hits = [0; 3];
        for _ in 0..1000 {
            hits[draw.weighted(&[0, 1, 3]).unwrap()] += 1;
        }
        assert!(hits[0] == 0 && hits[2] > 2 * hits[1], "{hits:?}");
        assert_eq!(draw.weighted(&[0, 0]), None);
    }
}
