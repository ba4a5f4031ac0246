//! The command that runs just one case.

use crate::plan::Plan;

/// How the tests of this process are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `harness = false`: a trial per case.
    Trials,
    /// An ordinary `#[test]` that runs the matrix.
    OneTest,
}

/// The environment variable that names one case for [`Style::OneTest`].
pub(crate) const CASE: &str = "CHECKAGENT_CASE";

/// The shell command that runs one case of a plan.
pub(super) fn one_case(plan: &Plan, case: &str, style: Style) -> String {
    let package = std::env::var("CARGO_PKG_NAME").map_or_else(|_| String::new(), |name| format!(" -p {name}"));
    match style {
        Style::Trials => format!("cargo test{package} -- --exact '{}::{case}'", plan.path()),
        Style::OneTest => format!("{CASE}='{case}' cargo test{package} -- --exact '{}'", plan.path()),
    }
}
