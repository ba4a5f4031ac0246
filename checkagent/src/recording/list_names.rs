//! What the names beside a list say: how many there are, whether there is more, where it goes on.

use checkagent_cassette::analysis::words;

/// Whether a truth value of that name says `there is more` (`Some(true)`) or `this is the end` (`Some(false)`).
pub(crate) fn says_more(name: &str) -> Option<bool> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    match plain.as_str() {
        "hasmore" | "hasnext" | "hasnextpage" | "more" | "moreresults" | "istruncated" | "truncated" => Some(true),
        "islast" | "islastpage" | "lastpage" | "last" | "done" | "endofresults" => Some(false),
        _ => None,
    }
}

/// Whether a number of that name counts: `total_count`, `numFound`, `KeyCount`; not `number`, `account` or `country`.
pub(super) fn counts(name: &str) -> bool {
    words(name).any(|word| {
        ["total", "totals", "count", "counts", "hits", "found"].contains(&word.as_str())
            || ["totalcount", "totalitems", "totalresults", "totalsize", "itemcount", "keycount"]
                .contains(&word.as_str())
    })
}

/// A cursor, a link or a number that leads on: `next_page`, `nextCursor`, `LastEvaluatedKey`.
pub(super) fn names_what_comes(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["next", "cursor", "continu", "marker", "lastevaluated"].iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_only_hold_the_letters_of_a_count_are_none() {
        for name in ["total", "total_count", "Total-Objects", "numFound", "KeyCount", "x-total-count", "totalResults"] {
            assert!(counts(name), "{name}");
        }
        for name in ["number", "account", "account_id", "country", "discount", "page_size", "limit"] {
            assert!(!counts(name), "{name}");
        }
    }
}
