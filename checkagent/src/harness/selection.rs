//! The command line: what libtest-mimic does not know of libtest's.

use std::ffi::OsString;

use libtest_mimic::Arguments;

/// Which trials are asked for.
#[derive(Debug)]
pub(super) struct Selection {
    /// For libtest-mimic; its own filter is left empty.
    pub arguments: Arguments,
    filters: Vec<String>,
    exact: bool,
}

/// Options whose value is the next word.
const WITH_VALUE: [&str; 6] = ["--test-threads", "--logfile", "--skip", "--color", "--format", "-Z"];

impl Selection {
    /// Reads the arguments of the process.
    pub(super) fn from_environment() -> Result<Self, String> {
        let words = std::env::args_os().map(|word: OsString| word.to_string_lossy().into_owned()).collect::<Vec<_>>();
        Self::of(&words, std::env::var("RUST_TEST_THREADS").ok())
    }

    /// libtest takes several filters, `--no-capture` and `RUST_TEST_THREADS`; libtest-mimic 0.8 does not.
    fn of(words: &[String], threads: Option<String>) -> Result<Self, String> {
        let mut rest: Vec<String> = words.iter().take(1).cloned().collect();
        let mut filters = Vec::new();
        let mut words = words.iter().skip(1);
        while let Some(word) = words.next() {
            if word == "--no-capture" {
                rest.push("--nocapture".to_owned());
            } else if word == "--" {
                filters.extend(words.by_ref().cloned());
            } else if word.starts_with('-') {
                rest.push(word.clone());
                if WITH_VALUE.contains(&word.as_str()) {
                    rest.extend(words.next().cloned());
                }
            } else {
                filters.push(word.clone());
            }
        }
        let mut arguments = Arguments::from_iter(rest);
        if arguments.test_threads.is_none()
            && let Some(threads) = threads
        {
            let number =
                threads.parse().map_err(|_| format!("RUST_TEST_THREADS=`{threads}` is no number of threads"))?;
            arguments.test_threads = Some(number);
        }
        if arguments.test_threads == Some(0) {
            return Err("0 test-threads (RUST_TEST_THREADS, --test-threads) run nothing; use 1 or more".to_owned());
        }
        let exact = std::mem::take(&mut arguments.exact);
        Ok(Self { arguments, filters, exact })
    }

    /// Whether any trial whose name begins with `path::` may be asked for. `false` saves loading its cassette.
    pub(super) fn may_want(&self, path: &str) -> bool {
        !self.exact
            || self.filters.is_empty()
            || self.filters.iter().any(|filter| filter == path || filter.starts_with(&format!("{path}::")))
    }

    /// The names below a plan that are asked for exactly.
    pub(super) fn exact_below<'s>(&'s self, path: &'s str) -> impl Iterator<Item = &'s str> {
        let below = move |filter: &'s String| filter.strip_prefix(path)?.strip_prefix("::");
        self.filters.iter().filter(|_| self.exact).filter_map(below)
    }

    /// Whether a trial is asked for. The exact name of a plan names all of its trials: that is what an editor's "run"
    /// button sends.
    pub(super) fn wants(&self, path: &str, name: &str) -> bool {
        let wanted = |filter: &String| {
            if self.exact { filter == name || filter == path } else { name.contains(filter.as_str()) }
        };
        self.filters.is_empty() || self.filters.iter().any(wanted)
    }

    /// Whether a plan whose cases are not known may be asked for: not if every filter names another plan.
    pub(super) fn may_want_any_of(&self, path: &str, others: &[String]) -> bool {
        let elsewhere = |filter: &String| {
            !path.contains(filter.as_str())
                && !filter.starts_with(path)
                && others.iter().any(|other| other.contains(filter.as_str()) || filter.starts_with(other.as_str()))
        };
        self.filters.is_empty() || !self.filters.iter().all(elsewhere)
    }

    /// Lets libtest-mimic do what it can do itself: of one substring it counts what it filters out.
    pub(super) fn hand_over(&mut self) {
        if let ([only], false) = (self.filters.as_slice(), self.exact) {
            self.arguments.filter = Some(only.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(words: &[&str]) -> Selection {
        let words: Vec<_> = std::iter::once("test").chain(words.iter().copied()).map(str::to_owned).collect();
        Selection::of(&words, Some("3".to_owned())).unwrap()
    }

    #[test]
    fn several_filters_are_alternatives() {
        let selection = selection(&["timeout", "--test-threads", "1", "rate_limit"]);
        assert!(selection.wants("a::replay", "a::replay::timeout@1"));
        assert!(selection.wants("a::replay", "a::replay::rate_limit@1"));
        assert!(!selection.wants("a::replay", "a::replay::matrix"));
        assert_eq!(selection.arguments.test_threads, Some(1));
    }

    #[test]
    fn the_exact_name_of_a_plan_names_all_of_its_trials() {
        let selection = selection(&["--exact", "a::replay"]);
        assert!(selection.wants("a::replay", "a::replay::timeout@1"));
        assert!(!selection.wants("ba::replay", "ba::replay::timeout@1"));
        assert!(!selection.may_want("ba::replay"));
        assert_eq!(selection.arguments.test_threads, Some(3));
    }

    #[test]
    fn a_plan_whose_cases_are_unknown_is_shown_unless_another_plan_is_meant() {
        let others = ["b::replay".to_owned()];
        assert!(selection(&["rate_limit"]).may_want_any_of("a::replay", &others));
        assert!(selection(&[]).may_want_any_of("a::replay", &others));
        assert!(selection(&["a::"]).may_want_any_of("a::replay", &others));
        assert!(!selection(&["b::replay::timeout@1"]).may_want_any_of("a::replay", &others));
        assert!(selection(&["b::", "timeout"]).may_want_any_of("a::replay", &others));
    }

    #[test]
    fn an_exact_case_names_only_itself() {
        let selection = selection(&["a::replay::timeout@1", "--exact", "--no-capture"]);
        assert!(selection.wants("a::replay", "a::replay::timeout@1"));
        assert!(!selection.wants("a::replay", "a::replay::timeout@11"));
        assert!(selection.arguments.nocapture);
    }
}
