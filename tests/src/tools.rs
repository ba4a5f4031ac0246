//! Which cargo subcommands are installed.

use std::io::Write;
use std::process::Command;

/// Whether cargo-nextest is installed. If not, the test says so and is skipped, except where everything has to run.
///
/// # Panics
///
/// If it is missing and `CHECKAGENT_E2E=all` is set.
#[must_use]
pub fn has_nextest() -> bool {
    has("nextest")
}

/// Whether cargo-insta is installed, as [`has_nextest`].
///
/// # Panics
///
/// As [`has_nextest`].
#[must_use]
pub fn has_insta() -> bool {
    has("insta")
}

fn has(subcommand: &str) -> bool {
    let found = Command::new(cargo()).args([subcommand, "--version"]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return true;
    }
    let needed = std::env::var("CHECKAGENT_E2E").is_ok_and(|value| value == "all");
    assert!(!needed, "cargo-{subcommand} is not installed, and CHECKAGENT_E2E=all asks for every test");
    // Past libtest's capture: a skipped test must be seen.
    let line = format!("SKIPPED: cargo-{subcommand} is not installed; CHECKAGENT_E2E=all makes this a failure\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
    false
}

/// The cargo that runs these tests.
pub(crate) fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
