//! Other items of the same list on a page.

use std::ops::Range;

use serde_json::Value;

use checkagent_cassette::json::{Edit, Pointer};

/// The edits that make the items `new` of a list that shows the items `old`; what is on both stays as it is.
pub(super) fn relaid(list: &Pointer, old: &Range<usize>, new: &Range<usize>, items: &[Value]) -> Vec<Edit> {
    let gone = old.clone().rev().filter(|item| !new.contains(item));
    let mut edits: Vec<_> = gone.map(|item| Edit::Remove { at: list.index(item - old.start) }).collect();
    let before = new.clone().filter(|item| *item < old.start).enumerate();
    let after = new.clone().filter(|item| *item >= old.end).map(|item| (usize::MAX, item));
    let come = before.chain(after);
    edits.extend(come.map(|(index, item)| Edit::Insert { at: list.clone(), index, value: items[item].clone() }));
    edits
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn items_that_are_on_both_pages_keep_their_bytes() {
        let items: Vec<_> = (0..5).map(|n| json!({ "n": n })).collect();
        let relaid = |old: Range<usize>, new: Range<usize>, text: &str| {
            checkagent_cassette::json::apply_all(text, &relaid(&Pointer::root(), &old, &new, &items)).unwrap()
        };
        assert_eq!(relaid(2..4, 1..3, r#"[{"n": 2.0}, {"n": 3.0}]"#), r#"[{"n":1},{"n": 2.0}]"#);
        assert_eq!(relaid(2..4, 3..5, r#"[{"n": 2.0}, {"n": 3.0}]"#), r#"[{"n": 3.0},{"n":4}]"#);
        assert_eq!(relaid(0..2, 0..0, r#"[{"n": 0}, {"n": 1}]"#), "[]");
        assert_eq!(relaid(2..2, 0..2, "[]"), r#"[{"n":0},{"n":1}]"#);
    }
}
