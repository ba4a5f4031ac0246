//! What is measured, and what is aimed at.

use std::fmt;

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What people read.
    pub what: &'static str,
    /// What is aimed at; `None` for a figure that explains another one.
    pub target: Option<Target>,
    /// Where the figure comes from.
    pub figure: Figure,
}

/// What is aimed at.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// At most so much time or memory.
    AtMost(Amount),
    /// At most so many times the size of the large cassette's file.
    Files(f64),
}

/// Where a figure comes from.
#[derive(Clone, Copy, Debug)]
pub enum Figure {
    /// The median of a benchmark: its group and name.
    Bench(&'static str, &'static str),
    /// The growth of a fresh process.
    Memory(Growth),
}

/// What a fresh process does to see how much it grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// Loads the large cassette.
    Load,
    /// The same, but the most that was ever resident while it loaded.
    LoadPeak,
    /// Makes a recording of it, and 10,000 cases of an operator that changes nothing.
    PlainCases,
    /// Makes a recording of it, analyses it, and 10,000 cases of the standard operators.
    StandardCases,
    /// Runs cases that end at once, one after the other, and keeps their worlds; the growth of one.
    World,
}

impl Growth {
    /// Every one, with the name that the process is asked by.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Load, "load"),
        (Self::LoadPeak, "load-peak"),
        (Self::PlainCases, "plain-cases"),
        (Self::StandardCases, "standard-cases"),
        (Self::World, "world"),
    ];
}

/// Time or memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// Nanoseconds.
    Nanos(f64),
    /// Bytes.
    Bytes(f64),
}

impl Amount {
    /// The number without its unit.
    #[must_use]
    pub fn number(self) -> f64 {
        match self {
            Self::Nanos(number) | Self::Bytes(number) => number,
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, units) = match self {
            Self::Nanos(number) => (*number, ["ns", "us", "ms", "s"]),
            Self::Bytes(number) => (*number, ["B", "kB", "MB", "GB"]),
        };
        let mut number = number;
        let mut unit = 0;
        while number >= 1000.0 && unit + 1 < units.len() {
            number /= 1000.0;
            unit += 1;
        }
        let digits = if number < 10.0 { 2 } else { usize::from(number < 100.0) };
        f.pad(&format!("{number:.digits$} {}", units[unit]))
    }
}

const fn us(number: f64) -> Target {
    Target::AtMost(Amount::Nanos(number * 1e3))
}

const fn ms(number: f64) -> Target {
    us(number * 1e3)
}

const fn mb(number: f64) -> Target {
    Target::AtMost(Amount::Bytes(number * 1e6))
}

const fn bench(what: &'static str, target: Option<Target>, group: &'static str, name: &'static str) -> Row {
    Row { what, target, figure: Figure::Bench(group, name) }
}

const fn memory(what: &'static str, target: Option<Target>, growth: Growth) -> Row {
    Row { what, target, figure: Figure::Memory(growth) }
}

/// The rows of `DESIGN.md`, section 11, and the figures that explain them.
pub const ROWS: &[Row] = &[
    bench("match: look up a key, as recorded", Some(us(1.0)), "match", "lookup as recorded"),
    bench("match: look up a key, shuffled", Some(us(1.0)), "match", "lookup shuffled"),
    bench("match: key and look up a GET, as recorded", Some(us(1.0)), "match", "get as recorded"),
    bench("match: key and look up a GET, shuffled", Some(us(1.0)), "match", "get shuffled"),
    bench("match: key and look up a POST of 300 bytes, as recorded", Some(us(1.0)), "match", "post as recorded"),
    bench("match: key and look up a POST of 300 bytes, shuffled", Some(us(1.0)), "match", "post shuffled"),
    bench("load 13 MB, 10,000 interactions", Some(ms(40.0)), "load", "cassette"),
    bench("  and index it", None, "load", "recording"),
    memory("  resident after it", Some(Target::Files(2.0)), Growth::Load),
    memory("  most resident while it loads", None, Growth::LoadPeak),
    bench("case of 12 interactions, in process", Some(us(100.0)), "case", "in process"),
    bench("  of it: thread, runtime, world, verdict", None, "case", "silent"),
    bench("  one of 256 in a run of all", None, "case", "in process, together"),
    bench("  with a bent field in the replies", None, "case", "in process with drift"),
    bench("1,000 corrupted values on 12 interactions", Some(ms(200.0)), "case", "1,000 values"),
    bench("case of 12 interactions, over loopback", Some(ms(2.0)), "case", "loopback"),
    bench("case of 600 interactions, an effect fails", None, "case", "600 with a failed effect"),
    bench("judge a case of 50 interactions", Some(us(50.0)), "judge", "50 interactions"),
    bench("  with a policy of six rules", Some(us(50.0)), "judge", "50 interactions with a policy"),
    bench("  and a secret to look for", Some(us(50.0)), "judge", "50 interactions with a secret"),
    bench("list 1,000 cases (4 tests of 60 interactions)", Some(ms(20.0)), "list", "expand 1000"),
    bench("  and load their cassettes", None, "list", "load and expand 1000"),
    bench("  list 256 cases of 10,000 interactions", None, "list", "expand large"),
    bench("standard mutations on 100 interactions: calls of an API", Some(ms(5.0)), "standard", "calls of an API"),
    bench("standard mutations on 100 interactions: a server of tools", Some(ms(5.0)), "standard", "a server of tools"),
    bench("standard mutations on 100 interactions: a model", Some(ms(5.0)), "standard", "a model"),
    bench("standard mutations on 100 interactions: a model, streamed", Some(ms(5.0)), "standard", "a model, streamed"),
    bench("standard mutations on 100 interactions: batches of 20", Some(ms(5.0)), "standard", "batches"),
    bench("import a trace of 370 kB (50 MB/s)", Some(ms(7.4)), "import", "trace"),
    bench("import a recording of 20 kB (2,000 in 10 s)", Some(ms(5.0)), "import", "recording"),
    memory("10,000 cases on 13 MB", Some(mb(100.0)), Growth::StandardCases),
    memory("  of an operator that analyses nothing", Some(mb(100.0)), Growth::PlainCases),
    memory("  the world of one of them while it runs", None, Growth::World),
];
