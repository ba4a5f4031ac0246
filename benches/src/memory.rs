//! The memory of a fresh process. Only Linux tells; elsewhere the rows stay empty.

use std::path::Path;
use std::sync::Arc;

use checkagent::cassette::Cassette;
use checkagent::{Case, Matrix, Plan, Recording};

use crate::agent::{self, Untouched, Way, first_case};
use crate::rows::Growth;

/// The cases whose memory is measured.
const CASES: usize = 10_000;

/// The worlds whose memory is measured.
const WORLDS: usize = 200;

/// By how many bytes this process grows; call it in a fresh one, with the large cassette.
///
/// `None` where the system does not tell.
///
/// # Panics
///
/// If the cassette cannot be used.
#[must_use]
pub fn growth(growth: Growth, cassette: &Path) -> Option<u64> {
    let before = resident()?;
    let load = || Cassette::load(cassette).expect("the cassette is good");
    let recording = || Recording::new(load(), Vec::new());
    let after = match growth {
        Growth::Load => while_alive(load(), resident),
        Growth::LoadPeak => while_alive(load(), peak),
        Growth::PlainCases => {
            let recording = recording();
            let plan = agent::plan("memory").mutations(Untouched { sites: CASES });
            let cases = cases(&plan, &recording);
            while_alive((recording, cases), resident)
        }
        Growth::StandardCases => {
            let recording = recording();
            let cases = cases(&agent::plan("memory"), &recording);
            while_alive((recording, cases), resident)
        }
        Growth::World => return world(cassette),
    };
    Some(after?.saturating_sub(before))
}

/// A test has at most 256 cases, and what they know of the recording is in the recording: as many tests as it takes.
fn cases(plan: &Plan, recording: &Arc<Recording>) -> Vec<Case> {
    let matrix = Matrix::expand(plan, recording).expect("nothing is expected of the cases");
    let mut cases = Vec::with_capacity(CASES);
    while cases.len() < CASES {
        cases.extend(matrix.cases.iter().cloned());
    }
    cases.truncate(CASES);
    cases
}

fn world(cassette: &Path) -> Option<u64> {
    let suite = agent::suite(cassette, Way::Keeping, Untouched { sites: 1 });
    let run = || drop(suite.run(first_case(&suite)));
    // The first ones also pay for what all of them share.
    (0..WORLDS).for_each(|_| run());
    let before = resident()?;
    (0..WORLDS).for_each(|_| run());
    Some(resident()?.saturating_sub(before) / WORLDS as u64)
}

fn while_alive<T>(value: T, measure: fn() -> Option<u64>) -> Option<u64> {
    let measured = measure();
    drop(std::hint::black_box(value));
    measured
}

/// Bytes that are resident. From `smaps_rollup`: exact, and in kB, where `statm` lags behind and counts in pages.
fn resident() -> Option<u64> {
    field("/proc/self/smaps_rollup", "Rss:")
}

/// The most bytes that were ever resident.
fn peak() -> Option<u64> {
    field("/proc/self/status", "VmHWM:")
}

fn field(file: &str, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}
