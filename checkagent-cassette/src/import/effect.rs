//! Whether a tool changes the outside, as far as its name says.

use crate::analysis::words;

/// Verbs with which names of tools begin that only look.
const LOOKS: [&str; 36] = [
    "add",
    "analyze",
    "calc",
    "calculate",
    "check",
    "compare",
    "compute",
    "convert",
    "count",
    "describe",
    "divide",
    "echo",
    "estimate",
    "evaluate",
    "explain",
    "fetch",
    "find",
    "get",
    "head",
    "inspect",
    "list",
    "lookup",
    "multiply",
    "parse",
    "peek",
    "query",
    "read",
    "retrieve",
    "scan",
    "search",
    "show",
    "subtract",
    "summarize",
    "think",
    "validate",
    "view",
];

/// Whether a tool of that name changes the outside. What is not known to look does: a mistake of that kind is seen in
/// review, while an effect that was taken for a look would hide duplicates.
pub(super) fn changes(name: &str) -> bool {
    let name = name.rsplit(['.', ':', '/']).next().unwrap_or(name);
    let mut words = words(name);
    let looks = |word: &String| LOOKS.contains(&word.as_str());
    // `github_get_issue`: the verb stands behind the service's name.
    let verb = words.next();
    let arithmetic = |word: &String| word == "add";
    match (verb, words.next()) {
        // `add` alone is arithmetic, `add_label` is not.
        (Some(verb), Some(_)) if arithmetic(&verb) => true,
        (Some(verb), next) => !(looks(&verb) || next.is_some_and(|next| looks(&next) && !arithmetic(&next))),
        (None, _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_whether_a_tool_only_looks() {
        for name in ["get_user", "listFiles", "search", "add", "helm_list_releases", "Read-File", "srv.lookup_order"] {
            assert!(!changes(name), "{name}");
        }
        for name in ["cancel_reservation", "add_label", "send", "", "transfer_to_human_agents", "bash"] {
            assert!(changes(name), "{name}");
        }
    }
}
