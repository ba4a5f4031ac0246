//! Pairwise covering arrays: every two values of every two factors meet in at least one row.
//!
//! Greedy, row by row, after AETG (Cohen, Dalal, Fredman, Patton: The AETG System, IEEE TSE 23(7), 1997): several rows
//! are grown from the value that has most open pairs, and the one that covers most is kept. Deterministic.

use crate::mutation::Draw;

/// Rows that are tried for each one that is kept.
const CANDIDATES: usize = 60;
/// Arrays that are tried at most, and pairs in all of them together, roughly.
const MOST_ATTEMPTS: usize = 40;
const ATTEMPTED_PAIRS: usize = 3_000;

/// The pairs that are still open.
#[derive(Clone)]
struct Open {
    /// Where the values of each factor begin in a row of `pairs`.
    starts: Vec<usize>,
    levels: Vec<usize>,
    total: usize,
    /// `pairs[a * total + b]` for two values of different factors.
    pairs: Vec<bool>,
    /// How many open pairs each value is in.
    of_value: Vec<usize>,
    left: usize,
}

impl Open {
    fn new(levels: &[usize]) -> Self {
        let mut starts = Vec::with_capacity(levels.len());
        let mut total = 0;
        for count in levels {
            starts.push(total);
            total += count;
        }
        let mut pairs = vec![false; total * total];
        let mut of_value = vec![0; total];
        let mut left = 0;
        for (one, a) in levels.iter().enumerate() {
            for (other, b) in levels.iter().enumerate().filter(|(other, _)| *other != one) {
                for x in starts[one]..starts[one] + a {
                    for y in starts[other]..starts[other] + b {
                        pairs[x * total + y] = true;
                        of_value[x] += 1;
                        left += usize::from(one < other);
                    }
                }
            }
        }
        Self { starts, levels: levels.to_vec(), total, pairs, of_value, left }
    }

    fn value(&self, factor: usize, level: usize) -> usize {
        self.starts[factor] + level
    }

    /// How many open pairs a value makes with those that are chosen.
    fn gain(&self, value: usize, chosen: &[(usize, usize)]) -> usize {
        let row = &self.pairs[value * self.total..(value + 1) * self.total];
        chosen.iter().filter(|(factor, level)| row[self.value(*factor, *level)]).count()
    }

    /// Marks the pairs of a row as covered.
    fn cover(&mut self, row: &Row) {
        for one in 0..row.len() {
            for other in one + 1..row.len() {
                let (Some(a), Some(b)) = (row[one], row[other]) else { continue };
                let (a, b) = (self.value(one, a), self.value(other, b));
                if self.pairs[a * self.total + b] {
                    self.pairs[a * self.total + b] = false;
                    self.pairs[b * self.total + a] = false;
                    self.of_value[a] -= 1;
                    self.of_value[b] -= 1;
                    self.left -= 1;
                }
            }
        }
    }

    /// A row grown from the value with most open pairs, and how many it covers. At most so many factors take part.
    fn grow(&self, widest: usize, draw: &mut Draw) -> (usize, Row) {
        let factors = self.levels.len();
        let most = self.of_value.iter().copied().max().unwrap_or_default();
        let best: Vec<_> = (0..self.total).filter(|value| self.of_value[*value] == most).collect();
        let first = best[draw.below(best.len())];
        let start = (0..factors).rev().find(|factor| self.starts[*factor] <= first).unwrap_or_default();
        let mut chosen = Vec::with_capacity(factors);
        chosen.push((start, first - self.starts[start]));
        let mut order: Vec<_> = (0..factors).filter(|factor| *factor != start).collect();
        draw.shuffle(&mut order);
        let mut covered = 0;
        for factor in order {
            if chosen.len() >= widest {
                break;
            }
            let gains: Vec<_> =
                (0..self.levels[factor]).map(|level| self.gain(self.value(factor, level), &chosen)).collect();
            let gain = gains.iter().copied().max().unwrap_or_default();
            // In a narrow row there is no room for what covers nothing.
            if gain == 0 && widest < factors {
                continue;
            }
            let ties: Vec<_> = (0..gains.len()).filter(|level| gains[*level] == gain).collect();
            let level = &ties[draw.below(ties.len())];
            covered += gain;
            chosen.push((factor, *level));
        }
        let mut row = vec![None; factors];
        for (factor, level) in chosen {
            row[factor] = Some(level);
        }
        (covered, row)
    }
}

/// The level of each factor, or nothing for one that does not take part.
type Row = Vec<Option<usize>>;

/// A pairwise covering array, at most so many rows of it; the first rows cover most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Covering {
    /// Row by row.
    pub rows: Vec<Row>,
    /// How many pairs there are, and how many no row covers.
    pub pairs: usize,
    pub open: usize,
}

/// Covers every pair of levels of factors with so many levels each, with at most so many factors in a row. A factor needs
/// at least one level.
pub(super) fn covering(levels: &[usize], widest: usize, most_rows: usize) -> Covering {
    let open = Open::new(levels);
    // Small arrays are cheap, and luck matters most there: of several, the shortest.
    let attempts = (ATTEMPTED_PAIRS / open.left.max(1)).clamp(1, MOST_ATTEMPTS);
    let better = |best: Covering, other: Covering| {
        if (other.open, other.rows.len()) < (best.open, best.rows.len()) { other } else { best }
    };
    let all = (0..attempts)
        .map(|attempt| greedy(&open, widest.max(2), most_rows, &mut Draw::named(&format!("pairwise {attempt}"))));
    all.reduce(better).unwrap_or_default()
}

fn greedy(open: &Open, widest: usize, most_rows: usize, draw: &mut Draw) -> Covering {
    let mut open = open.clone();
    let pairs = open.left;
    let mut rows = Vec::new();
    while open.left > 0 && rows.len() < most_rows {
        let grown = (0..CANDIDATES).map(|_| open.grow(widest, draw));
        let Some((_, row)) = grown.reduce(|best, other| if other.0 > best.0 { other } else { best }) else { break };
        open.cover(&row);
        rows.push(row);
    }
    Covering { rows, pairs, open: open.left }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Counts the pairs anew, without anything of the generator.
    fn uncovered(levels: &[usize], rows: &[Row]) -> usize {
        let mut seen = BTreeSet::new();
        for row in rows {
            for a in 0..row.len() {
                for b in a + 1..row.len() {
                    if let (Some(x), Some(y)) = (row[a], row[b]) {
                        seen.insert((a, x, b, y));
                    }
                }
            }
        }
        let mut missing = 0;
        for a in 0..levels.len() {
            for b in a + 1..levels.len() {
                for x in 0..levels[a] {
                    missing += (0..levels[b]).filter(|y| !seen.contains(&(a, x, b, *y))).count();
                }
            }
        }
        missing
    }

    fn mixed(groups: &[(usize, usize)]) -> Vec<usize> {
        groups.iter().flat_map(|(levels, factors)| std::iter::repeat_n(*levels, *factors)).collect()
    }

    #[test]
    fn every_pair_is_covered_in_not_many_more_rows_than_good_generators_need() {
        // Three configurations by which generators are compared, and a small one; rows that allpairspy 2.5.1 needs.
        for (groups, other) in [
            (vec![(3, 4)], 9),
            (vec![(3, 13)], 17),
            (vec![(4, 15), (3, 17), (2, 29)], 37),
            (vec![(4, 1), (3, 39), (2, 35)], 27),
        ] {
            let levels = mixed(&groups);
            let covering = covering(&levels, usize::MAX, usize::MAX);
            assert_eq!((covering.open, uncovered(&levels, &covering.rows)), (0, 0), "{groups:?}");
            let rows = covering.rows.len();
            println!("{groups:?}: {rows} rows, another generator {other}");
            assert!(rows * 10 <= other * 13, "{groups:?}: {rows} rows, another generator {other}");
        }
    }

    #[test]
    fn a_budget_leaves_pairs_open_and_says_how_many() {
        let levels = mixed(&[(5, 6)]);
        let covering = covering(&levels, usize::MAX, 10);
        assert_eq!((covering.rows.len(), covering.pairs), (10, 15 * 25));
        assert_eq!(covering.open, uncovered(&levels, &covering.rows));
        assert!(covering.open > 0);
    }

    #[test]
    fn a_single_factor_has_no_pairs() {
        assert_eq!(covering(&[4], 9, 9), Covering { rows: Vec::new(), pairs: 0, open: 0 });
        assert_eq!(covering(&[], 9, 9).rows.len(), 0);
    }

    #[test]
    fn narrow_rows_cover_every_pair_too_and_need_more_of_them() {
        let levels = mixed(&[(6, 6)]);
        let covering = covering(&levels, 3, usize::MAX);
        assert_eq!((covering.open, uncovered(&levels, &covering.rows)), (0, 0));
        assert!(covering.rows.iter().all(|row| (2..=3).contains(&row.iter().flatten().count())));
        // 15 x 36 pairs, three a row at best.
        assert!((180..=230).contains(&covering.rows.len()), "{} rows", covering.rows.len());
    }
}
