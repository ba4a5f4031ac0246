//! Printing.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is where the library prints")]

use std::sync::Mutex;

use crate::sync::lock;

/// Says something to the person who runs the tests. Captured by libtest where it captures.
pub(crate) fn say(text: &str) {
    println!("{text}");
}

static LATER: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Keeps something to be said when all trials are through. Said at once by a trial of several that run at a time, it
/// would stand in the middle of the harness's lines, which programs read.
pub(crate) fn later(text: String) {
    lock(&LATER).push(text);
}

/// Says what was kept, in the order of the alphabet: trials end in any order.
pub(crate) fn say_kept() {
    let mut kept = std::mem::take(&mut *lock(&LATER));
    kept.sort();
    say_all(&kept);
}

/// Says several lines.
pub(crate) fn say_all(lines: &[String]) {
    for line in lines {
        say(line);
    }
}

/// Says what is wrong, in the form that nextest puts into its reports.
pub(crate) fn say_error(text: &str) {
    eprintln!("Error: {text}");
}
