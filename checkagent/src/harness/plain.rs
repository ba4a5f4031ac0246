//! Plain tests beside agent tests, where `harness = false` would drop them.

use std::fmt::Debug;
use std::path::Path;

use libtest_mimic::{Failed, Trial};

/// A plain test, registered by `#[checkagent::test]`.
#[derive(Debug)]
pub struct PlainTest {
    /// The path of the module that the macro makes: the test's own path.
    pub name: &'static str,
    /// Runs it.
    pub run: fn() -> Result<(), String>,
    /// Why it is ignored; `None` if it is not.
    pub ignored: Option<&'static str>,
}

inventory::collect!(PlainTest);

/// What a plain test may return.
pub trait PlainOutcome {
    /// Passed, or why not.
    ///
    /// # Errors
    ///
    /// What the test returned.
    fn into_result(self) -> Result<(), String>;
}

impl PlainOutcome for () {
    fn into_result(self) -> Result<(), String> {
        Ok(())
    }
}

impl<E: Debug> PlainOutcome for Result<(), E> {
    fn into_result(self) -> Result<(), String> {
        self.map_err(|error| format!("{error:?}"))
    }
}

/// The registered plain tests as trials.
pub(super) fn tests() -> Vec<Trial> {
    let mut tests: Vec<_> = inventory::iter::<PlainTest>
        .into_iter()
        .map(|test| {
            let name = test.name.split_once("::").map_or(test.name, |(_, path)| path);
            Trial::test(name, || (test.run)().map_err(Failed::from)).with_ignored_flag(test.ignored.is_some())
        })
        .collect();
    tests.sort_by(|a, b| a.name().cmp(b.name()));
    tests
}

/// The line of the first bare `#[test]` in the source file of a test target, counted from 1; `None` if there is none,
/// or the sources are not at hand.
pub(super) fn bare_test_in(manifest_dir: &str, file: &str) -> Option<usize> {
    // `file!()` counts from the folder where rustc ran: the package, or the workspace around it.
    let mut places = Path::new(manifest_dir).ancestors().map(|folder| folder.join(file));
    let source = places.find_map(|path| std::fs::read_to_string(path).ok())?;
    bare_test(&source)
}

/// The line of the first bare `#[test]` in a source text, counted from 1.
///
/// Read as text: it is a warning against silence, not a parser. Comments and strings that hold a line `#[test]` are
/// rare in test files, and say so when asked.
fn bare_test(source: &str) -> Option<usize> {
    let bare = |line: &str| matches!(line.trim(), "#[test]" | "#[tokio::test]" | "#[core::prelude::v1::test]");
    source.lines().position(bare).map(|index| index + 1)
}
