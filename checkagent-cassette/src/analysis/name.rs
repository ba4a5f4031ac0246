//! Names of members, word by word.

/// The words of a name in lower case: at `_`, `-`, spaces and changes to upper case.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::analysis::words;
///
/// assert!(words("created_at").eq(["created", "at"]));
/// assert!(words("createdAt").eq(["created", "at"]));
/// ```
pub fn words(name: &str) -> impl Iterator<Item = String> + '_ {
    let mut rest = name;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let mut before_upper = false;
        let end = rest
            .char_indices()
            .find(|(_, c)| {
                let turns = before_upper && c.is_uppercase();
                before_upper = c.is_lowercase();
                turns || !c.is_alphanumeric()
            })
            .map_or(rest.len(), |(at, _)| at);
        let (word, after) = rest.split_at(end);
        rest = after;
        (!word.is_empty()).then(|| word.to_lowercase())
    })
}
