//! Printing.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is where the library prints")]

/// Says something to the person who runs the tests. Captured by libtest where it captures.
pub(crate) fn say(text: &str) {
    println!("{text}");
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
