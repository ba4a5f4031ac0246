//! How a budget of cases is divided.

/// How many of the sites of each operator are kept, given weights and numbers of sites.
///
/// Every operator gets one first, heavier ones before lighter ones; the rest is divided in proportion to the weights
/// (Sainte-Laguë), so that neither one operator nor one family crowds out the others.
pub(super) fn divide(budget: usize, operators: &[(u32, usize)]) -> Vec<usize> {
    let mut kept = vec![0; operators.len()];
    for _ in 0..budget {
        let open = (0..operators.len()).filter(|index| kept[*index] < operators[*index].1);
        let next = open.max_by(|a, b| {
            let (a, b) = (*a, *b);
            match (kept[a] == 0, kept[b] == 0) {
                (true, false) => std::cmp::Ordering::Greater,
                (false, true) => std::cmp::Ordering::Less,
                _ => {
                    // weight / (2 * kept + 1), compared without fractions; of equals the first.
                    let quotient = |index: usize, other: usize| {
                        u64::from(operators[index].0.max(1)) * (2 * kept[other] as u64 + 1)
                    };
                    quotient(a, b).cmp(&quotient(b, a)).then(b.cmp(&a))
                }
            }
        });
        let Some(next) = next else { break };
        kept[next] += 1;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_gets_a_turn_before_anyone_gets_a_second() {
        assert_eq!(divide(3, &[(1000, 9), (1, 9), (1, 9)]), [1, 1, 1]);
        assert_eq!(divide(2, &[(1, 9), (1000, 9), (500, 9)]), [0, 1, 1]);
    }

    #[test]
    fn the_rest_is_divided_by_weight_and_nothing_is_given_that_is_not_there() {
        assert_eq!(divide(12, &[(300, 99), (100, 99)]), [9, 3]);
        assert_eq!(divide(12, &[(300, 2), (100, 99)]), [2, 10]);
        assert_eq!(divide(99, &[(300, 2), (100, 3)]), [2, 3]);
        assert_eq!(divide(9, &[]), [0; 0]);
    }
}
