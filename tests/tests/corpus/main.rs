//! The importers against real recordings of other projects.
//!
//! The recordings are no part of the repository; where they are absent, each test says that it was skipped. What is
//! expected of each file stands in `expectations.tsv`; `CHECKAGENT_CORPUS=print` prints the table as it is found,
//! `CHECKAGENT_CORPUS=all` runs every case of every recording instead of the best of each.

mod bodies;
mod client;
mod echo;
mod expansion;
mod flow;
mod matrix;
mod models;
mod script;
mod table;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use checkagent::cassette::import::{Imported, Importer};
use checkagent::cassette::{Cassette, Fidelity};

use table::{Row, corpus, files};

fn import(path: &Path) -> (Imported, Vec<Cassette>) {
    let mut cassettes = Vec::new();
    let imported = Importer::new().file(path, &mut |cassette| cassettes.push(cassette));
    (imported, cassettes)
}

fn found(corpus: &Path, file: &str) -> Row {
    let (imported, _) = import(&corpus.join(file));
    Row {
        file: file.to_owned(),
        format: imported.format.map_or("-".to_owned(), |format| format.to_string()),
        cassettes: imported.cassettes,
        interactions: imported.interactions,
        lifted: imported.by_fidelity.get(&Fidelity::Lifted).copied().unwrap_or_default(),
        refusals: imported.problems.iter().map(ToString::to_string).collect(),
        left_out: imported.left_out.iter().map(|(what, times)| format!("{times} {what}")).collect(),
    }
}

#[test]
fn every_file_is_imported_or_refused_as_the_table_says() {
    let Some(corpus) = corpus("every_file_is_imported_or_refused_as_the_table_says") else { return };
    let expected: BTreeMap<_, _> = Row::all().into_iter().map(|row| (row.file.clone(), row)).collect();
    let rows: Vec<_> = files(&corpus).iter().map(|file| found(&corpus, file)).collect();
    if std::env::var("CHECKAGENT_CORPUS").is_ok_and(|mode| mode == "print") {
        for row in &rows {
            println!("{}", row.line());
        }
        return;
    }
    let mut wrong = Vec::new();
    for row in &rows {
        match expected.get(&row.file) {
            Some(expected) if expected == row => {}
            Some(expected) => wrong.push(format!("expected {}\n   found {}", expected.line(), row.line())),
            None => wrong.push(format!("not in the table: {}", row.line())),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let interactions: usize = rows.iter().map(|row| row.interactions).sum();
    println!("{} files, {interactions} interactions", rows.len());
}

#[test]
fn an_echo_of_each_recording_is_answered_completely_and_equal() {
    let Some(corpus) = corpus("an_echo_of_each_recording_is_answered_completely_and_equal") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("echo.json");
    let (mut cassettes, mut interactions) = (0, 0);
    for file in files(&corpus) {
        for cassette in import(&corpus.join(&file)).1 {
            if cassette.interactions().iter().all(|interaction| interaction.channel == *"model") {
                println!("{file}: only a model's side of a trace, which has no seam");
                continue;
            }
            cassette.save(&path).unwrap();
            interactions += echo::echo(&path).unwrap_or_else(|problem| panic!("{file}: {problem}"));
            cassettes += 1;
        }
    }
    println!("{cassettes} cassettes, {interactions} interactions answered");
}

#[test]
fn bodies_are_those_of_the_source_byte_for_byte() {
    const TEST: &str = "bodies_are_those_of_the_source_byte_for_byte";
    let Some(corpus) = corpus(TEST) else { return };
    let files = files(&corpus);
    let Some(listed) = script::run(TEST, "list_bodies.py", &corpus, &files) else { return };
    let mut comparison = bodies::Comparison::default();
    for (file, exchanges) in &listed {
        comparison.add(file, &import(&corpus.join(file)).1, exchanges.as_array().unwrap());
    }
    assert!(comparison.wrong.is_empty(), "{}", comparison.wrong.join("\n"));
    let bodies::Comparison { exact, trees, redacted, .. } = comparison;
    println!(
        "{} files: {exact} bodies exact, {trees} equal documents, {redacted} equal but for a secret",
        listed.len()
    );
    assert!(exact > 0);
}

#[test]
fn at_least_95_of_100_tool_results_in_model_requests_are_lifted() {
    const TEST: &str = "at_least_95_of_100_tool_results_in_model_requests_are_lifted";
    let Some(corpus) = corpus(TEST) else { return };
    let files = files(&corpus);
    let Some(counted) = script::run(TEST, "count_tool_results.py", &corpus, &files) else { return };
    let (mut lifted, mut expected) = (0, 0);
    for file in &files {
        let counted = counted.get(file).and_then(|counted| counted["results"].as_u64()).unwrap_or_default();
        let found = found(&corpus, file).lifted as u64;
        assert!(found <= counted, "{file}: {found} lifted of {counted}");
        if found < counted {
            println!("{file}: {found} of {counted}");
        }
        lifted += found;
        expected += counted;
    }
    println!("{lifted} of {expected} tool results lifted");
    assert!(expected > 0 && lifted * 100 >= expected * 95, "{lifted} of {expected}");
}

#[test]
fn the_standard_mutations_expand_over_every_recording_as_the_table_says() {
    let name = "the_standard_mutations_expand_over_every_recording_as_the_table_says";
    let Some(corpus) = corpus(name) else { return };
    let mut lines = Vec::new();
    let (mut interactions, mut took, mut slowest) = (0, Duration::ZERO, (Duration::ZERO, String::new()));
    for file in files(&corpus) {
        for cassette in import(&corpus.join(&file)).1 {
            let (line, time) = expansion::expand(&file, &cassette);
            slowest = slowest.max((time, format!("{} interactions of {file}", cassette.interactions().len())));
            lines.push(line);
            interactions += cassette.interactions().len();
            took += time;
        }
    }
    if std::env::var("CHECKAGENT_CORPUS").is_ok_and(|mode| mode == "print") {
        for line in &lines {
            println!("{line}");
        }
        return;
    }
    let expected: Vec<_> = include_str!("expansion.tsv").lines().filter(|line| !line.starts_with('#')).collect();
    let wrong: Vec<_> = lines.iter().filter(|line| !expected.contains(&line.as_str())).collect();
    assert!(wrong.is_empty() && expected.len() == lines.len(), "not in expansion.tsv: {wrong:#?}");
    let (longest, of) = slowest;
    println!("{} cassettes, {interactions} interactions, {took:?}; the longest {longest:?} for {of}", lines.len());
}

#[test]
fn every_case_over_every_recording_ends_in_the_same_verdict_twice_and_every_fault_is_met() {
    let name = "every_case_over_every_recording_ends_in_the_same_verdict_twice_and_every_fault_is_met";
    let Some(corpus) = corpus(name) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut tally = matrix::Tally::new(std::env::var("CHECKAGENT_CORPUS").is_ok_and(|mode| mode == "all"));
    for file in files(&corpus) {
        for cassette in import(&corpus.join(&file)).1 {
            if cassette.interactions().iter().any(client::has_seam) {
                tally.add(&file, &cassette, folder.path());
            }
        }
    }
    println!("{}{} cases, {} of them about what has no seam", tally.lines(), tally.cases, tally.without_seam);
    assert!(tally.broken.is_empty(), "{}", tally.broken.join("\n"));
    assert!(tally.unreached.is_empty(), "{}", tally.unreached.join("\n"));
    assert!(tally.cases > 0);
}

#[test]
fn every_stand_in_answers_the_models_of_every_recording_in_their_own_format() {
    let Some(corpus) = corpus("every_stand_in_answers_the_models_of_every_recording_in_their_own_format") else {
        return;
    };
    let mut said = models::Said::default();
    for file in files(&corpus) {
        for cassette in import(&corpus.join(&file)).1 {
            said.add(&file, &cassette);
        }
    }
    println!("{} requests to models, {} answers of stand-ins", said.requests, said.answers);
    assert!(said.wrong.is_empty(), "{}", said.wrong.join("\n"));
    assert!(said.answers > 0);
}
