//! The entry point of a test target with `harness = false`; with `trials.rs` and `selection.rs` the only modules that
//! know libtest-mimic.

use std::process::ExitCode;

use libtest_mimic::Trial;

use super::selection::Selection;
use super::trials;
use crate::plan::plans;
use crate::record;
use crate::report;

/// Runs every `#[agent_test]` and `#[checkagent::test]` of this program. Called by [`main!`](crate::main).
#[doc(hidden)]
#[must_use]
pub fn main(manifest_dir: &str, file: &str) -> ExitCode {
    let mut selection = match Selection::from_environment() {
        Ok(selection) => selection,
        Err(error) => {
            report::say_error(&error);
            return ExitCode::FAILURE;
        }
    };
    let mode = match record::from_environment() {
        Ok(mode) => mode,
        Err(error) => {
            report::say_error(&error.to_string());
            return ExitCode::FAILURE;
        }
    };
    let plans = plans();
    let plain = super::plain::tests();
    if plans.is_empty() && plain.is_empty() {
        report::say_error(
            "no `#[agent_test]` is linked into this program. If the tests are in a library, use it here: `use my_library as _;`",
        );
        return ExitCode::FAILURE;
    }
    if let Some(line) = super::plain::bare_test_in(manifest_dir, file) {
        report::say_error(&format!(
            "line {line}: a plain `#[test]` is dropped silently where `harness = false`; write `#[checkagent::test]`, or move it to a target of its own"
        ));
        return ExitCode::FAILURE;
    }
    let mut tests: Vec<Trial> = Vec::new();
    let mut unexpanded = false;
    for plan in &plans {
        let trials = trials::of_plan(plan, &plans, mode, &selection);
        unexpanded |= trials.unexpanded;
        tests.extend(trials.list);
    }
    tests.extend(plain.into_iter().filter(|test| selection.wants(test.name(), test.name())));
    if !unexpanded {
        selection.hand_over();
    }
    let conclusion = libtest_mimic::run(&selection.arguments, tests);
    report::say_kept();
    conclusion.exit_code()
}
