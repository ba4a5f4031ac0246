//! The standard mutations over real recordings: which apply, and whether each is met.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::{Duration, Instant};

use checkagent::cassette::Cassette;
use checkagent::mutation::standard;
use checkagent::{Matrix, Recording};

/// How many cases of each operator a cassette gets, as a line of `expansion.tsv`; and how long the first expansion took.
///
/// # Panics
///
/// If two expansions differ.
#[must_use]
pub fn expand(file: &str, cassette: &Cassette) -> (String, Duration) {
    let cassette_of = || cassette.clone();
    let recording = Recording::new(cassette_of(), Vec::new());
    let started = Instant::now();
    let matrix = Matrix::of(standard(), &recording).unwrap_or_else(|problem| panic!("{file}: {problem}"));
    let took = started.elapsed();
    let again = Matrix::of(standard(), &Recording::new(cassette_of(), Vec::new()));
    let again = again.unwrap_or_else(|problem| panic!("{file}: {problem}"));
    let names = |matrix: &Matrix| matrix.cases.iter().map(|case| case.name().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&matrix), names(&again), "{file}: two expansions differ");
    let mut counts = BTreeMap::new();
    for case in &matrix.cases {
        *counts.entry(case.group()).or_insert(0) += 1;
    }
    let left_out: usize = matrix.left_out.values().sum();
    let interactions = cassette.interactions().len();
    let mut line = format!("{file}\t{interactions}\t{}\t{left_out}\t", matrix.cases.len());
    for (index, (operator, count)) in counts.iter().enumerate() {
        let _ = write!(line, "{}{operator} {count}", if index == 0 { "" } else { ", " });
    }
    (line, took)
}
