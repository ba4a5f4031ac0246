//! Prints what was measured beside what is aimed at: the median, and the best sample, which tells how much of the median
//! is the load of the machine.
//!
//! Reads the estimates that criterion left in `CRITERION_HOME`, and starts itself again for every figure that needs a
//! fresh process. Called by `scripts/bench`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what this program is for")]
#![expect(clippy::cast_precision_loss, reason = "sizes of files and times are far below 2^52")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use checkagent_benches::memory;
use checkagent_benches::rows::{Amount, Figure, Growth, ROWS, Target};
use checkagent_benches::synthetic::{LARGE, Saved};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, cassette] = arguments.as_slice() else {
        let Some(home) = std::env::var_os("CRITERION_HOME") else {
            eprintln!("CRITERION_HOME does not say where the estimates are; call scripts/bench");
            return ExitCode::FAILURE;
        };
        report(Path::new(&home));
        return ExitCode::SUCCESS;
    };
    let Some((growth, _)) = Growth::ALL.iter().find(|(_, known)| known == name) else {
        eprintln!("there is no figure `{name}`");
        return ExitCode::FAILURE;
    };
    if let Some(bytes) = memory::growth(*growth, Path::new(cassette)) {
        println!("{bytes}");
    }
    ExitCode::SUCCESS
}

fn report(home: &Path) {
    let saved = Saved::new(LARGE);
    let width = ROWS.iter().map(|row| row.what.len()).max().unwrap_or_default();
    println!("| {:width$} |    target |    median | x target |      |      best |", "what");
    println!("|-{:-<width$}-|----------:|----------:|---------:|------|----------:|", "");
    for row in ROWS {
        let (measured, best) = match row.figure {
            Figure::Bench(group, name) => {
                let folder: PathBuf = [home, Path::new(group), Path::new(name), Path::new("new")].iter().collect();
                (median(&folder).map(Amount::Nanos), best(&folder).map(Amount::Nanos))
            }
            Figure::Memory(growth) => (grown(growth, &saved).map(Amount::Bytes), None),
        };
        let target = row.target.map(|target| match target {
            Target::AtMost(amount) => amount,
            Target::Files(times) => Amount::Bytes(times * saved.size() as f64),
        });
        let ratio = measured.zip(target).map(|(measured, target)| measured.number() / target.number());
        let cell = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        println!(
            "| {:width$} | {:>9} | {:>9} | {:>8} | {:4} | {:>9} |",
            row.what,
            cell(target.map(|target| target.to_string())),
            cell(measured.map(|measured| measured.to_string())),
            cell(ratio.map(|ratio| format!("{ratio:.2}"))),
            ratio.map_or("", |ratio| if ratio <= 1.0 { "ok" } else { "over" }),
            cell(best.map(|best| best.to_string())),
        );
    }
    println!("\nThe large cassette has {}.", Amount::Bytes(saved.size() as f64));
}

/// The median in nanoseconds, as criterion wrote it down.
fn median(folder: &Path) -> Option<f64> {
    json(&folder.join("estimates.json"))?["median"]["point_estimate"].as_f64()
}

/// The least time that one iteration took in any sample, in nanoseconds.
fn best(folder: &Path) -> Option<f64> {
    let sample = json(&folder.join("sample.json"))?;
    let (times, iterations) = (sample["times"].as_array()?, sample["iters"].as_array()?);
    let each = times.iter().zip(iterations).filter_map(|(time, count)| Some(time.as_f64()? / count.as_f64()?));
    each.min_by(f64::total_cmp)
}

fn json(file: &Path) -> Option<serde_json::Value> {
    serde_json::from_str(&std::fs::read_to_string(file).ok()?).ok()
}

/// By how many bytes a fresh process grows.
fn grown(growth: Growth, saved: &Saved) -> Option<f64> {
    let (_, name) = Growth::ALL.iter().find(|(known, _)| *known == growth)?;
    let program = std::env::current_exe().ok()?;
    let output = Command::new(program).arg(name).arg(saved.path()).stderr(Stdio::inherit()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
